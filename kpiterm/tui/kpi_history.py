"""A KPI's past periods as bars, with its target and what happened in them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from textual.content import Content

from kpiterm.analysis.pages.kpi import KpiPage
from kpiterm.analysis.pages.marks import Kind, Occasion
from kpiterm.analysis.view import Gauge, Span
from kpiterm.i18n import N_, said
from kpiterm.tui import gauge_text
from kpiterm.tui.charts import Feet, Mark, bars
from kpiterm.tui.draw import cell, fit
from kpiterm.tui.figures import day, day_and_year, format_target, month
from kpiterm.tui.kpi_text import heading, wrapped
from kpiterm.tui.tongue import _

MUTED = "$text-muted"
SIGNS: dict[Kind, tuple[str, str, str]] = {
    "sale": ("*", N_("sale"), "bold $primary"),
    "own": ("+", N_("own event"), "bold $primary"),
    "stock": ("x", N_("sold out"), "bold $error"),
    "price": ("$", N_("price"), "bold $warning"),
    "entry": ("#", N_("log"), "bold $foreground"),
}
"""Sign, word and style of each kind; letters that every terminal has."""
MOST = 9
"""Occasions that are told under the chart, the newest first."""


def history(gauge: Gauge, page: KpiPage | None, height: int, width: int) -> list[Content]:
    """The KPI's last periods as bars, with its target; once the page is there, their names and what happened."""
    known = [value for value in gauge.history if value is not None]
    if len(known) < 2:
        return []
    mark = Mark(gauge.target.value, format_target(gauge.target, gauge.unit, gauge.currency)) if gauge.target else None
    ends = gauge_text.amount(gauge, min(known)), gauge_text.amount(gauge, max(known))
    low = gauge_text.amount(gauge, min(Decimal(0), *known))
    feet = _feet(page, len(gauge.history)) if page else []
    drawn = bars(gauge.history, mark, (low, ends[1]), width, height, feet)
    under = _(said("{0} periods, the newest at the right; least {1}, greatest {2}", len(gauge.history), *ends))
    told = _told(page.occasions, width) if page else []
    return [heading(_("history"), width), *drawn, Content.styled(fit(under, width), MUTED), *told]


def _feet(page: KpiPage, periods: int) -> list[Feet]:
    """The periods' names, and under each the signs of what happened in it."""
    spans = page.spans[-periods:]
    if len(spans) < periods:
        return []
    names = [(_name(span), MUTED) for span in spans]
    happened = [
        [one.kind for one in page.occasions if one.first <= span.end and one.last >= span.start] for span in spans
    ]
    signs = ["".join(SIGNS[kind][0] for kind in SIGNS if kind in kinds) for kinds in happened]
    return [names, [(text, "bold $primary") for text in signs]] if any(signs) else [names]


def _name(span: Span) -> str:
    """`Nov` for a month, else the first day."""
    return month(span.start) if span.start.day == 1 else day(span.start)


def _told(occasions: Sequence[Occasion], width: int) -> list[Content]:
    """What each sign stands for."""
    lines = [line for one in occasions[:MOST] for line in _line(one, width)]
    if len(occasions) > MOST:
        lines.append(Content.styled(fit(_(said("and {0} earlier ones", len(occasions) - MOST)), width), MUTED))
    return lines


def _line(one: Occasion, width: int) -> list[Content]:
    """In columns where there is room, else as a sentence."""
    sign, name, style = SIGNS[one.kind]
    if width < 90:
        first, *others = wrapped(f"{_days(one)}  {_(one.text)}", width, "", indent=2)
        return [Content.assemble((f"{sign} ", style), first[2:]), *others]
    head = Content.assemble((f"{sign} ", style), cell(_(name), 10, style), cell(_days(one), 25))
    return [Content.assemble(head, cell(_(one.text), max(width - head.cell_length, 10)))]


def _days(one: Occasion) -> str:
    return day_and_year(one.first) if one.first == one.last else f"{day(one.first)} – {day_and_year(one.last)}"
