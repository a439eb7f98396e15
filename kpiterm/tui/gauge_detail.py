"""All that is known about one gauge, as label and text."""

from __future__ import annotations

from decimal import Decimal

from textual.content import Content

from kpiterm.analysis.format import format_target, plain
from kpiterm.analysis.view import Gauge
from kpiterm.tui import gauge_text as text
from kpiterm.tui.draw import STATES, badge, bar, cell, clean, day, fit, freshness, sparkline

LABEL = 13
MEANING = {
    "provisional": "days are still missing or orders still pending",
    "settling": "refunds and ad attribution still change it",
    "final": "it will not change any more",
}


def detail(gauge: Gauge, width: int) -> list[Content]:
    """The gauge's facts, one under the other, wrapped to `width`."""
    facts = [*_standing(gauge), *_evidence(gauge)]
    return [*_head(gauge, width), *(line for label, value in facts for line in row(label, value, width))]


def brief(gauge: Gauge, width: int) -> list[Content]:
    """How it stands, where its history is drawn beside it."""
    facts = [fact for fact in _standing(gauge) if fact[0] != "history"]
    return [*_head(gauge, width), *(line for label, value in facts for line in row(label, value, width))]


def evidence(gauge: Gauge, width: int) -> list[Content]:
    """What the value rests on."""
    return [line for label, value in _evidence(gauge) for line in row(label, value, width)]


def _head(gauge: Gauge, width: int) -> list[Content]:
    title = Content.assemble((clean(gauge.name), "bold"), (f"  {clean(gauge.channel)}", "$text-muted"))
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
    """`label` in its own column, `value` wrapped beside it."""
    wrapped = Content(clean(value)).wrap(max(width - LABEL, 10)) if isinstance(value, str) else [value]
    heads = [cell(label, LABEL, "$text-muted"), *[Content(fit("", LABEL))] * (len(wrapped) - 1)]
    return [head + part for head, part in zip(heads, wrapped, strict=True)]


Facts = list[tuple[str, str | Content]]


def _standing(gauge: Gauge) -> Facts:
    facts: list[tuple[str, str | Content | None]] = [
        ("reason", gauge.reason),
        ("target", format_target(gauge.target, gauge.unit, gauge.currency)),
        ("weight", f"{gauge.weight.normalize():f} in the contract" if gauge.weight is not None else None),
        ("previous", text.amount(gauge, gauge.previous) if gauge.previous is not None else "no data"),
        ("change", text.change(gauge) or None),
        ("outlook", text.outlook(gauge)),
        ("settles at", text.amount(gauge, gauge.expected.value) if gauge.expected else None),
        ("history", _history(gauge)),
    ]
    return [(label, value) for label, value in facts if value]


def _evidence(gauge: Gauge) -> Facts:
    span = gauge.period
    facts: list[tuple[str, str | Content | None]] = [
        ("period", f"{day(span.start)} – {day(span.end)} {span.end.year}, counted to {day(span.through)}"),
        ("data", freshness(gauge)),
        ("maturity", f"{gauge.maturity}: {MEANING[gauge.maturity]}"),
        ("numerator", _plain(gauge.numerator)),
        ("denominator", _plain(gauge.denominator)),
        ("sources", ", ".join(gauge.sources) or "none"),
        ("definition", f"{gauge.id} version {gauge.definition_version}, {gauge.definition_hash}"),
    ]
    return [(label, value) for label, value in facts if value]


def _history(gauge: Gauge) -> Content | None:
    known = [value for value in gauge.history if value is not None]
    if not known:
        return None
    ends = f"{text.amount(gauge, min(known))} … {text.amount(gauge, max(known))}"
    return Content.assemble(sparkline(gauge.history), ("  " + ends, "$text-muted"))


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{Decimal(plain(round(number, 4))):,f}"
