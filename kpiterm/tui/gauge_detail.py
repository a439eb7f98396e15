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
    title = Content.assemble((clean(gauge.name), "bold"), (f"  {clean(gauge.channel)}", "$text-muted"))
    found = [
        title.truncate(width, ellipsis=True),
        Content.assemble(badge(gauge.state, LABEL, agreed=gauge.target is not None), (text.value(gauge), "bold")),
    ]
    if gauge.value is not None and gauge.target is not None:
        found.append(
            Content.assemble(" " * LABEL, bar(gauge.value, gauge.target, max(width - LABEL, 8), STATES[gauge.state][2]))
        )
    for label, value in _facts(gauge):
        found += row(label, value, width)
    return found


def row(label: str, value: str | Content, width: int) -> list[Content]:
    """`label` in its own column, `value` wrapped beside it."""
    wrapped = Content(clean(value)).wrap(max(width - LABEL, 10)) if isinstance(value, str) else [value]
    heads = [cell(label, LABEL, "$text-muted"), *[Content(fit("", LABEL))] * (len(wrapped) - 1)]
    return [head + part for head, part in zip(heads, wrapped, strict=True)]


def _facts(gauge: Gauge) -> list[tuple[str, str | Content]]:
    span = gauge.period
    facts: list[tuple[str, str | Content | None]] = [
        ("reason", gauge.reason),
        ("target", format_target(gauge.target, gauge.unit, gauge.currency)),
        ("weight", f"{gauge.weight.normalize():f} in the contract" if gauge.weight is not None else None),
        ("previous", text.amount(gauge, gauge.previous) if gauge.previous is not None else "no data"),
        ("change", text.change(gauge) or None),
        ("outlook", text.outlook(gauge)),
        ("settles at", text.amount(gauge, gauge.expected.value) if gauge.expected else None),
        ("history", _history(gauge)),
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
