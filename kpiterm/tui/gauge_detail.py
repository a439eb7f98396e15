"""All that is known about one gauge, as label and text."""

from __future__ import annotations

from decimal import Decimal

from textual.content import Content

from kpiterm.analysis.format import plain
from kpiterm.analysis.view import Gauge
from kpiterm.i18n import N_, said, word
from kpiterm.tui import gauge_text as text
from kpiterm.tui import wrap
from kpiterm.tui.draw import STATES, badge, bar, cell, clean, fit, freshness, sparkline
from kpiterm.tui.figures import day, day_and_year, format_target
from kpiterm.tui.tongue import _

LABEL = 13
HISTORY = N_("history")
MEANING = {
    "provisional": N_("days are still missing or orders still pending"),
    "settling": N_("refunds and ad attribution still change it"),
    "final": N_("it will not change any more"),
}


def detail(gauge: Gauge, width: int) -> list[Content]:
    """The gauge's facts, one under the other, wrapped to `width`."""
    facts = [*_standing(gauge), *_evidence(gauge)]
    return [*_head(gauge, width), *(line for label, value in facts for line in row(label, value, width))]


def brief(gauge: Gauge, width: int) -> list[Content]:
    """How it stands, where its history is drawn beside it."""
    facts = [fact for fact in _standing(gauge) if fact[0] != HISTORY]
    return [*_head(gauge, width), *(line for label, value in facts for line in row(label, value, width))]


def evidence(gauge: Gauge, width: int) -> list[Content]:
    """What the value rests on."""
    return [line for label, value in _evidence(gauge) for line in row(label, value, width)]


def _head(gauge: Gauge, width: int) -> list[Content]:
    title = Content.assemble((clean(_(gauge.name)), "bold"), (f"  {clean(text.channel(gauge))}", "$text-muted"))
    found = [
        title.truncate(width, ellipsis=True),
        Content.assemble(badge(gauge.state, LABEL, agreed=gauge.target is not None), (text.value(gauge), "bold")),
    ]
    if gauge.value is not None and gauge.target is not None:
        found.append(
            Content.assemble(" " * LABEL, bar(gauge.value, gauge.target, max(width - LABEL, 8), STATES[gauge.state][2]))
        )
    return found


def row(label: str, value: str | Content, width: int) -> list[Content]:
    """`label`, a word of the catalogue, in its own column, `value` wrapped beside it."""
    wrapped = wrap.wrapped(clean(value), "", max(width - LABEL, 10)) if isinstance(value, str) else [value]
    heads = [cell(_(label), LABEL, "$text-muted"), *[Content(fit("", LABEL))] * (len(wrapped) - 1)]
    return [head + part for head, part in zip(heads, wrapped, strict=True)]


Facts = list[tuple[str, str | Content]]


def _standing(gauge: Gauge) -> Facts:
    facts: list[tuple[str, str | Content | None]] = [
        (N_("reason"), _(gauge.reason)),
        (N_("target"), format_target(gauge.target, gauge.unit, gauge.currency)),
        (N_("weight"), _weight(gauge.weight)),
        (N_("previous"), text.amount(gauge, gauge.previous) if gauge.previous is not None else _("no data")),
        (N_("change"), text.change(gauge) or None),
        (N_("outlook"), text.outlook(gauge)),
        (N_("budget"), text.budget(gauge)),
        (N_("settles at"), text.amount(gauge, gauge.expected.value) if gauge.expected else None),
        (HISTORY, _history(gauge)),
    ]
    return [(label, value) for label, value in facts if value]


def _evidence(gauge: Gauge) -> Facts:
    span = gauge.period
    days = said("{0} – {1}, counted to {2}", day(span.start), day_and_year(span.end), day(span.through))
    facts: list[tuple[str, str | Content | None]] = [
        (N_("period"), _(days)),
        (N_("data"), freshness(gauge)),
        (N_("maturity"), _(said("{0}: {1}", word(gauge.maturity), word(MEANING[gauge.maturity])))),
        (N_("numerator"), _plain(gauge.numerator)),
        (N_("denominator"), _plain(gauge.denominator)),
        (N_("sources"), ", ".join(gauge.sources) or _("none")),
        (N_("definition"), _(said("{0} version {1}, {2}", gauge.id, gauge.definition_version, gauge.definition_hash))),
    ]
    return [(label, value) for label, value in facts if value]


def _weight(weight: Decimal | None) -> str | None:
    return None if weight is None else _(said("{0} in the contract", f"{weight.normalize():f}"))


def _history(gauge: Gauge) -> Content | None:
    known = [value for value in gauge.history if value is not None]
    if not known:
        return None
    ends = f"{text.amount(gauge, min(known))} … {text.amount(gauge, max(known))}"
    return Content.assemble(sparkline(gauge.history), ("  " + ends, "$text-muted"))


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{Decimal(plain(round(number, 4))):,f}"
