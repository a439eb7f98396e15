"""What `kpiterm kpi show` says below the board's row: history, outlook, budget and where the number comes from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpiterm.analysis.format import amount_digits, format_value, plain
from kpiterm.analysis.period import label, past
from kpiterm.analysis.view import Budget, Gauge


def details(gauge: Gauge) -> Iterator[str]:
    """One paragraph for each gauge."""
    yield f"{gauge.channel}: {_parts(gauge)}  {gauge.period.start} to {gauge.period.through}  {' '.join(gauge.sources)}"
    if any(value is not None for value in gauge.history[:-1]):
        yield f"  before: {_history(gauge)}"
    if outlook := gauge.projection:
        low, high = (_value(gauge, value) for value in (outlook.low, outlook.high))
        chance = f"; target met with a probability of {outlook.p_hit * 100:.0f} %" if outlook.p_hit is not None else ""
        yield f"  by {gauge.period.end}: {_value(gauge, outlook.value)}, in four of five cases {low} to {high}{chance}"
    if gauge.budget:
        yield f"  budget: {_budget(gauge, gauge.budget)}"
    if gauge.interval:
        low, high = (format_value(value, "ratio") for value in (gauge.interval.low, gauge.interval.high))
        verdict = f": {gauge.interval.verdict}" if gauge.interval.verdict else ""
        yield f"  so few cases show {low} to {high}{verdict}"
    if gauge.expected and gauge.expected.value != gauge.value:
        settled = _value(gauge, gauge.expected.value)
        yield f"  once settled: about {settled}, as {gauge.expected.days} earlier days were restated"


def _parts(gauge: Gauge) -> str:
    digits = (lambda v: amount_digits(v, gauge.currency)) if gauge.currency else plain
    above = "—" if gauge.numerator is None else digits(gauge.numerator)
    if gauge.denominator is None:
        return above
    below = round(gauge.denominator, 4)
    return f"{above} / {plain(below) if gauge.unit == 'money' else digits(below)}"


def _history(gauge: Gauge) -> str:
    """Earlier periods, the latest first; leading ones without data are left out."""
    spans = past(gauge.period, len(gauge.history))[:-1]
    pairs = [(label(span), value) for span, value in zip(spans, gauge.history[:-1], strict=True)]
    while pairs and pairs[0][1] is None:
        pairs.pop(0)
    return ", ".join(f"{name} {_value(gauge, value) if value is not None else '—'}" for name, value in reversed(pairs))


def _budget(gauge: Gauge, room: Budget) -> str:
    allowed, used, left = (_count(gauge, abs(amount)) for amount in (room.allowed, room.used, room.left))
    if room.left < 0:
        return f"{allowed} allowed, {used} used: {left} too much"
    text = f"{allowed} allowed, {used} used, {left} left"
    if room.burn_rate:
        text += f", used {plain(round(room.burn_rate, 1))} times as fast as planned"
    if room.days_left is not None:
        text += f"; at the rate of the last days it lasts {plain(Decimal(round(room.days_left)))} more"
    return text


def _count(gauge: Gauge, value: Decimal) -> str:
    return format_value(value, "money", gauge.currency) if gauge.currency else plain(value)


def _value(gauge: Gauge, value: Decimal) -> str:
    return format_value(value, gauge.unit, gauge.currency)
