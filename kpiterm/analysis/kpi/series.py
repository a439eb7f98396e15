"""Daily series of measured KPIs as arrays: what the simulation of the days to come is learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from kpiterm.analysis.kpi.compile import at_moment, daily, rollup_key, rows_between
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.fx import RatesMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Pair = tuple[Column, Column]


@dataclass(frozen=True, slots=True)
class Series:
    """Numerators and denominators by measured KPI and channel, one value a day from `first` on; NaN before the data
    begin, 0 on a day without rows."""

    first: date
    by_channel: Mapping[tuple[str, str], Pair]

    def of(
        self, leaf: Definition, channel: str | None, stand_ins: Mapping[str, frozenset[str]], through: date
    ) -> Pair | None:
        """The series of a channel, or of all of them together; None where there is none."""
        import numpy as np

        elsewhere = stand_ins.get(leaf.id, frozenset())
        found = []
        for (kpi, where), pair in self.by_channel.items():
            wanted = leaf.instead if where in elsewhere else leaf.id
            if kpi == wanted and channel in {None, where}:
                found.append(pair)
        if not found:
            return None
        days = (through - self.first).days + 1
        upper, lower = (np.array([pair[side][:days] for pair in found]) for side in (0, 1))
        return _total(upper), _total(lower)


def daily_series(question: Question, leaves: Sequence[Definition], first: date) -> Series:
    """The series of all channels; of KPIs that have one named `instead`, its series too."""
    import numpy as np

    named = {d.id: d for leaf in leaves for d in (leaf, *_stand_in(question, leaf))}
    channels = {c.channel for d in named.values() for c in question.covers(d)} or {"all"}
    last = max(map(question.clock.today, channels))
    days = (last - first).days + 1
    found: dict[tuple[str, str], Pair] = {}
    for definition in named.values():
        begun: dict[str, date] = {}
        for cover in question.covers(definition):
            begun[cover.channel] = min(begun.get(cover.channel, cover.first_day), cover.first_day)
        for channel, day in begun.items():
            start = max(0, (day - first).days)
            pair = np.full(days, np.nan), np.full(days, np.nan)
            for column in pair:
                column[start:] = 0.0
            found[definition.id, channel] = pair
        _fill(question, definition, first, last, found)
    return Series(first, found)


def _stand_in(question: Question, leaf: Definition) -> list[Definition]:
    return [question.catalogue[leaf.instead]] if leaf.instead else []


def _fill(
    question: Question, definition: Definition, first: date, last: date, found: dict[tuple[str, str], Pair]
) -> None:
    assert definition.measure
    amounts = definition.measure.amounts
    for day, channel, currency, upper, lower in question.reader.rows(_sql(question, definition, first, last)):
        pair = found.get((definition.id, str(channel)))
        if pair is None:
            continue
        try:
            rate = _rate(question, definition, cast("str | None", currency), cast("date", day))
        except RatesMissing:
            del found[definition.id, str(channel)]
            continue
        at = (cast("date", day) - first).days
        for column, amount, is_money in zip(pair, (upper, lower), amounts, strict=True):
            if amount is not None:
                column[at] += float(str(amount)) * (rate if is_money else 1.0)


def _sql(question: Question, definition: Definition, first: date, last: date) -> str:
    measure = definition.measure
    assert measure
    number = question.reader.rollups.get(rollup_key(measure, question.clock.fallback))
    if number is None:
        source = f"WITH {daily(measure, rows_between(measure, first, last))} SELECT period_day AS day"
        return at_moment(
            f"{source}, channel, currency, sum(upper), sum(lower) FROM single GROUP BY ALL", question.reader.as_of
        )
    return (
        "SELECT day, channel, currency, CAST(sum(upper) AS DOUBLE), CAST(sum(lower) AS DOUBLE) FROM kpi_day "
        f"WHERE measure = {number} AND day BETWEEN DATE '{first}' AND DATE '{last}' GROUP BY ALL"
    )


def _rate(question: Question, definition: Definition, currency: str | None, day: date) -> float:
    base = question.rates.base
    if base is None or not any(definition.measure.amounts if definition.measure else ()) or currency is None:
        return 1.0
    return float(question.rates.rate(currency, base, day.replace(day=1)))


def _total(columns: Column) -> Column:
    """Sums over channels; a day on which none has begun stays unknown."""
    import numpy as np

    known = ~np.isnan(columns)
    return np.where(known.any(axis=0), np.where(known, columns, 0.0).sum(axis=0), np.nan)
