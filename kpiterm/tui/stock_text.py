"""Reorder suggestions as rows of a table, and one of them in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from textual.content import Content

from kpiterm.analysis.inventory.order.decisions import is_open
from kpiterm.analysis.inventory.order.line import Line
from kpiterm.analysis.inventory.order.plan import Plan
from kpiterm.analysis.inventory.order.words import line_name, sentence
from kpiterm.i18n import N_, Said, listing, said, word
from kpiterm.tui import stock_chart
from kpiterm.tui.charts import Step, waterfall
from kpiterm.tui.contract_text import Parts, columns
from kpiterm.tui.draw import clean, fit
from kpiterm.tui.figures import compact_value, day, day_cells, format_value
from kpiterm.tui.gauge_detail import row as fact
from kpiterm.tui.kpi_text import heading, wrapped
from kpiterm.tui.messages import PageState
from kpiterm.tui.stock_chart import MODES
from kpiterm.tui.tongue import _, spoken
from kpiterm.tui.widgets.row_list import Row

MUTED = "$text-muted"
FAR = date.max
_SKU = 20

SORTS: dict[str, Callable[[Line], tuple[object, ...]]] = {
    N_("urgency"): lambda _: (),
    N_("order by"): lambda line: (line.order_by or FAR,),
    N_("quantity"): lambda line: (-line.quantity,),
    N_("cash"): lambda line: (-(line.cash or 0),),
    N_("lost"): lambda line: (-line.lost,),
    N_("lasts until"): lambda line: (line.gone or FAR,),
    N_("on hand"): lambda line: (line.available,),
    N_("SKU"): lambda line: (line.sku, line.channel),
}
"""By what the table can be ordered; the plan's own order, by urgency, stays among equals."""

BOUNDS = {
    "moq": N_("MOQ"), "carton": N_("whole cartons"), "transfer": N_("transfer from another channel"),
    "no_supply_terms": N_("purchase terms are not known"), "cash": N_("cash"), "capacity": N_("storage"),
}  # fmt: skip
Column = tuple[str, int, bool, Callable[[Line], tuple[str, str]]]


def key(line: Line) -> str:
    """What tells a line from the others."""
    return f"{line.account}\t{line.channel}\t{line.sku}"


def row(line: Line) -> Row:
    """A line of the table."""
    title = f"  {line.title}" if line.title else ""
    by = line.order_by or said("no day")
    order = said("order {0} by {1}", f"{line.quantity:,}", by)
    told = _(said("{0} late", order) if line.late else order)
    parts = [f"{line.sku}{title}", line.channel, line.account, told]
    return Row(partial(_drawn, line), key(line), "  ".join([*parts, *([decided(line)] if line.decision else [])]))


def decided(line: Line) -> str:
    """What a person decided on it."""
    return _(line.decision.sentence()) if line.decision else ""


def is_due(line: Line) -> bool:
    """Whether it needs an order on which nobody has decided."""
    return line.quantity > 0 and is_open(line)


def told(text: str, width: int) -> Content:
    """How many there are, and which are shown."""
    return Content.styled(fit(text, width), MUTED)


def head(width: int) -> Content:
    """The names of the columns."""
    parts: Parts = [(_indented(name), cells, MUTED, right) for name, cells, right, _read in _columns(width)]
    return columns(parts, width)


def _indented(name: str) -> str:
    """A column's name with the blanks before it."""
    return " " * (len(name) - len(name.lstrip())) + _(name.lstrip())


def _drawn(line: Line, width: int) -> Content:
    return columns([(*_cell(line, read, cells), right) for _, cells, right, read in _columns(width)], width)


def _cell(line: Line, read: Callable[[Line], tuple[str, str]], cells: int) -> tuple[str, int, str]:
    text, style = read(line)
    return text, cells, style


def _columns(width: int) -> list[Column]:
    """Those that fit; the SKU takes what is left."""
    narrow: list[Column] = [
        (N_("order by"), day_cells() + 7, False, _due),
        (
            N_("order"),
            7,
            True,
            lambda line: (f"{line.quantity:,}" if line.quantity else "–", "bold" if line.quantity else MUTED),
        ),
        ("  " + N_("mode"), 7, False, lambda line: (f"  {_(MODES[line.mode])}" if line.quantity else "", "")),
        (" " + N_("SKU"), 0, False, lambda line: (f" {_named(line, width)}", MUTED if not is_open(line) else "")),
        (" " + N_("channel"), 13, False, lambda line: (f" {line.channel}", "")),
        (N_("on hand"), 8, True, lambda line: (f"{line.available:,}", "")),
        (N_("lasts to"), 10, True, lambda line: (_day(line.gone), "")),
    ]
    if width < 76:
        return [column for column in narrow if column[0] not in ("  mode", " channel")] if width < 60 else narrow[:-1]
    if width < 110:
        return narrow
    return [
        *narrow[:-1],
        (N_("inbound"), 9, True, lambda line: (f"{line.inbound:,}" if line.inbound else "–", "")),
        (N_("a day"), 7, True, lambda line: (f"{line.daily:.1f}", "")),
        narrow[-1],
        (N_("lost"), 7, True, lambda line: (f"{line.lost:.0f}" if line.lost >= 0.5 else "–", "")),
        (
            N_("cash"),
            10,
            True,
            lambda line: (compact_value(line.cash, "money", line.currency) if line.quantity else "", ""),
        ),
        ("  decided", 26 if width >= 156 else 0, False, lambda line: (f"  {decided(line)}", MUTED)),
    ][: None if width >= 156 else -1]


def _named(line: Line, width: int) -> str:
    """The SKU, with its title where there is room."""
    return f"{fit(line.sku, _SKU)} {line.title or ''}" if width >= 130 else line.sku


def _due(line: Line) -> tuple[str, str]:
    """`✗ 6 Sep late`: state as a symbol and in words."""
    if not line.quantity:
        return "✓ " + _("enough"), "$success"
    if not is_open(line):
        return "– " + _("decided"), MUTED
    if line.late:
        return "✗ " + _(said("{0} late", _day(line.order_by))), "bold $error"
    return f"! {_day(line.order_by)}", "bold $warning"


def _day(value: date | None) -> str:
    return day(value) if value else "—"


def full(line: Line, plan: Plan, stock: PageState, width: int) -> list[Content]:
    """The suggestion with its reason, what it adds up from, and its days."""
    today = plan.today[line.channel]
    title = Content.assemble((clean(line.sku), "bold"), (f"  {line.channel} · {line.account}", MUTED))
    return [
        title.truncate(width, ellipsis=True),
        *(wrapped(line.title, width) if line.title else []),
        Content(""),
        *wrapped(sentence(line, today, spoken()), width, ""),
        *(wrapped(decided(line), width, "bold $warning") if line.decision else []),
        Content(""),
        heading(_("stock if nothing is ordered, and its days"), width),
        *stock_chart.chart(line, today, stock, width),
        Content(""),
        heading(_("how the quantity adds up"), width),
        *waterfall(list(_steps(line, plan)), width),
        Content(""),
        heading(_("figures"), width),
        *(part for label, text in _facts(line) for part in fact(label, text, width)),
    ]


def _steps(line: Line, plan: Plan) -> Iterator[Step]:
    for code, units in line.waterfall.items():
        if units:
            yield Step(line_name(code, line, plan.review, spoken()), units, f"{units:+,}".replace("-", "−"))
    yield Step(_("to order"), line.quantity, f"{line.quantity:,}", total=True)


def _facts(line: Line) -> Iterator[tuple[str, str]]:
    """What is known of it, with the labels in English: they are told where they are drawn."""
    bounds = [word(BOUNDS.get(name, name)) for name in line.constraints]
    moves = [said("{0} from {1}", f"{move.units:,}", move.channel) for move in line.transfers]
    others = [said("{0} suggests {1} ({2})", one.by, f"{one.units:,.0f}", one.day) for one in line.advice]
    found: list[tuple[str, str]] = [
        (N_("stock"), said("{0} on hand, {1} inbound; {2} a day are expected", *_units(line), f"{line.daily:.1f}")),
        (N_("lead time"), said("{0} days, nine times in ten at most {1}", *line.lead)),
        (N_("order"), _terms(line)),
        (N_("lost"), _lost(line)),
        (N_("service"), said("{0} of such orders should last", f"{line.service:.0%}")),
        (N_("bound by"), listing(bounds)),
        (N_("transfers"), listing(moves)),
        (N_("others"), listing(others)),
    ]
    if track := line.track:
        found.append((N_("back-test"), said("the last {0} intervals held what came {1} times", track.of, track.hit)))
    return ((label, _(text)) for label, text in found if text)


def _units(line: Line) -> tuple[str, str]:
    return f"{line.available:,}", f"{line.inbound:,}"


def _terms(line: Line) -> Said:
    money = format_value(line.cash, "money", line.currency)
    return said("MOQ {0}, cartons of {1}; cash {2}", f"{line.moq:,}", f"{line.carton:,}", money)


def _lost(line: Line) -> Said:
    lost = (f"{units:.0f}" for units in (line.lost, line.lost_without, line.lost_waiting))
    return said("{0} units with this order, {1} without, {2} more by waiting", *lost)
