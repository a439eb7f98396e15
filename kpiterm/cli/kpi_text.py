"""What `kpiterm kpi show` says below the board's row: history, outlook, budget and where the number comes from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpiterm.analysis.format import amount_digits, format_value, plain
from kpiterm.analysis.period import label, past
from kpiterm.analysis.view import Budget, Gauge
from kpiterm.i18n import N_, Translate, said, word


def details(gauge: Gauge, _: Translate) -> Iterator[str]:
    """One paragraph for each gauge."""
    days = _(said("{0} to {1}", gauge.period.start, gauge.period.through))
    channel = _("all") if gauge.channel == "all" else gauge.channel
    yield f"{channel}: {_parts(gauge)}  {days}  {' '.join(map(_, gauge.sources))}"
    yield from (f"  {_(sentence)}" for sentence in _sentences(gauge))


_AHEAD = N_("by {0}: {1}, in four of five cases {2} to {3}")
_CHANCE = N_("by {0}: {1}, in four of five cases {2} to {3}; target met with a probability of {4} %")


def _sentences(gauge: Gauge) -> Iterator[str]:
    if any(value is not None for value in gauge.history[:-1]):
        yield said("before: {0}", _history(gauge))
    if outlook := gauge.projection:
        values = [_value(gauge, value) for value in (outlook.value, outlook.low, outlook.high)]
        chance = None if outlook.p_hit is None else f"{outlook.p_hit * 100:.0f}"
        yield said(_AHEAD if chance is None else _CHANCE, gauge.period.end, *values, *([chance] if chance else []))
    if gauge.budget:
        yield said("budget: {0}", _budget(gauge, gauge.budget))
    if gauge.interval:
        low, high = (format_value(value, "ratio") for value in (gauge.interval.low, gauge.interval.high))
        shown = said("so few cases show {0} to {1}", low, high)
        yield said("{0}: {1}", shown, word(gauge.interval.verdict)) if gauge.interval.verdict else shown
    if gauge.expected and gauge.expected.value != gauge.value:
        settled = _value(gauge, gauge.expected.value)
        yield said("once settled: about {0}, as {1} earlier days were restated", settled, gauge.expected.days)


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
        return said("{0} allowed, {1} used: {2} too much", allowed, used, left)
    text = said("{0} allowed, {1} used, {2} left", allowed, used, left)
    if room.burn_rate:
        text = said("{0}, used {1} times as fast as planned", text, plain(round(room.burn_rate, 1)))
    if room.days_left is not None:
        days = plain(Decimal(round(room.days_left)))
        text = said("{0}; at the rate of the last days it lasts {1} more", text, days)
    return text


def _count(gauge: Gauge, value: Decimal) -> str:
    return format_value(value, "money", gauge.currency) if gauge.currency else plain(value)


def _value(gauge: Gauge, value: Decimal) -> str:
    return format_value(value, gauge.unit, gauge.currency)
