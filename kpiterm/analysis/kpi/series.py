"""Daily series of measured KPIs as arrays: what the simulation of the days to come is learnt from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

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
    _fill(question, list(named.values()), first, last, found)
    return Series(first, found)


def _stand_in(question: Question, leaf: Definition) -> list[Definition]:
    return [question.catalogue[leaf.instead]] if leaf.instead else []


def _fill(
    question: Question,
    definitions: Sequence[Definition],
    first: date,
    last: date,
    found: dict[tuple[str, str], Pair],
) -> None:
    unknown: set[tuple[str, str]] = set()
    for definition, row in _rows(question, definitions, first, last):
        place = definition.id, row.channel
        try:
            if place in found:
                _add(question, definition, row, first, found[place])
        except RatesMissing:
            unknown.add(place)
    for place in unknown:
        del found[place]


def _rows(
    question: Question, definitions: Sequence[Definition], first: date, last: date
) -> Iterator[tuple[Definition, _Row]]:
    """From one query over the daily sums that are kept; from one each over the rows where they are not."""
    kept: dict[int, list[Definition]] = {}
    for definition in definitions:
        assert definition.measure
        number = question.reader.rollups.get(rollup_key(definition.measure, question.clock.fallback))
        if number is not None:
            kept.setdefault(number, []).append(definition)
            continue
        sums = f"WITH {daily(definition.measure, rows_between(definition.measure, first, last))}"
        sql = _columns(f"{sums} SELECT 0 AS measure, period_day AS day, * FROM single", first)
        for _, *values in question.reader.rows(at_moment(sql, question.reader.as_of)):
            yield definition, _Row(*cast("list[Any]", values))
    if kept:
        numbers = ", ".join(map(str, kept))
        span = f"day BETWEEN DATE '{first}' AND DATE '{last}'"
        sql = _columns(f"SELECT * FROM kpi_day WHERE measure IN ({numbers}) AND {span}", first)
        for measure, *values in question.reader.rows(sql):
            for definition in kept[cast("int", measure)]:
                yield definition, _Row(*cast("list[Any]", values))


class _Row(NamedTuple):
    """A channel's sums of some days, `days` after the first one."""

    channel: str
    currency: str | None
    days: list[int]
    upper: list[float | None]
    lower: list[float | None]


def _columns(sums: str, first: date) -> str:
    """A row a measure, channel and currency: lists come to Python much faster than rows."""
    return f"""SELECT measure, CAST(channel AS VARCHAR), currency, list(index), list(upper), list(lower) FROM (
        SELECT measure, channel, currency, day - DATE '{first}' AS index,
            CAST(sum(upper) AS DOUBLE) AS upper, CAST(sum(lower) AS DOUBLE) AS lower
        FROM ({sums}) GROUP BY ALL
    ) GROUP BY measure, channel, currency ORDER BY ALL"""


def _add(question: Question, definition: Definition, row: _Row, first: date, pair: Pair) -> None:
    import numpy as np

    assert definition.measure
    at = np.array(row.days)
    rates = _rates(question, definition, row, first)
    for column, amounts, is_money in zip(pair, (row.upper, row.lower), definition.measure.amounts, strict=True):
        given = np.array(amounts, dtype=np.float64)
        known = ~np.isnan(given)
        column[at[known]] += (given * rates if is_money else given)[known]


def _rates(question: Question, definition: Definition, row: _Row, first: date) -> Column | float:
    """What an amount of the row is worth on each of its days."""
    import numpy as np

    base = question.rates.base
    if base is None or row.currency is None or not (definition.measure and definition.measure.is_money):
        return 1.0
    months = [(first + timedelta(days)).replace(day=1) for days in row.days]
    rates = {month: float(question.rates.rate(row.currency, base, month)) for month in set(months)}
    return np.array([rates[month] for month in months])


def _total(columns: Column) -> Column:
    """Sums over channels; a day on which none has begun stays unknown."""
    import numpy as np

    known = ~np.isnan(columns)
    return np.where(known.any(axis=0), np.where(known, columns, 0.0).sum(axis=0), np.nan)
