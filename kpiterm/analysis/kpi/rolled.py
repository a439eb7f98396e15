"""Reading the daily sums that are kept beside the rows (table kpi_day), for many KPIs and periods at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import cast

from kpiterm.analysis.kpi.compile import Days
from kpiterm.analysis.kpi.outcome import Part, part_of
from kpiterm.analysis.reader import Reader

_SUMS = "channel, account, source, currency, {month}, sum(upper), sum(lower), sum(sample), sum(missing)"
_LAST = "dense_rank() OVER (PARTITION BY {span}, measure, channel, account, part ORDER BY day DESC) = 1"


def kept_sums(
    reader: Reader, wanted: Mapping[int, set[Days]], *, readings: bool, by_month: bool
) -> Iterator[tuple[int, Days, Part]]:
    """Number of the measure, period and part, for every measure and period asked for; of `readings` the last ones."""
    months = {number: {span for span in spans if _is_month(span)} for number, spans in wanted.items()}
    ranges = {number: spans - months[number] for number, spans in wanted.items()}
    if any(months.values()):
        yield from _by_month(reader, months, readings=readings)
    if any(ranges.values()):
        yield from _by_range(reader, ranges, readings=readings, by_month=by_month)


def _by_month(reader: Reader, months: Mapping[int, set[Days]], *, readings: bool) -> Iterator[tuple[int, Days, Part]]:
    """Whole months need no join."""
    first = min(a for spans in months.values() for a, _ in spans)
    last = max(b for spans in months.values() for _, b in spans)
    month = "CAST(date_trunc('month', day) AS DATE)"
    sql = f"""SELECT measure, {_SUMS.format(month=f"{month} AS month")}
    FROM (SELECT * FROM kpi_day WHERE measure IN ({_numbers(months)}) AND day BETWEEN DATE '{first}' AND DATE '{last}'
        {f"QUALIFY {_LAST.format(span=month)}" if readings else ""})
    GROUP BY measure, channel, account, source, currency, month"""
    spans_of = {number: {span[0]: span for span in spans} for number, spans in months.items()}
    for number, *values in reader.rows(sql):
        span = spans_of[cast("int", number)].get(cast("date", values[4]))
        if span:
            yield cast("int", number), span, part_of(values)


def _by_range(
    reader: Reader, ranges: Mapping[int, set[Days]], *, readings: bool, by_month: bool
) -> Iterator[tuple[int, Days, Part]]:
    values = ",\n        ".join(
        f"({number}, DATE '{a}', DATE '{b}')" for number, spans in ranges.items() for a, b in sorted(spans)
    )
    first = min(a for spans in ranges.values() for a, _ in spans)
    last = max(b for spans in ranges.values() for _, b in spans)
    month = "CAST(date_trunc('month', day) AS DATE) AS month" if by_month else "CAST(NULL AS DATE) AS month"
    sql = f"""WITH span(number, first_day, last_day) AS (VALUES
        {values})
    SELECT measure, first_day, last_day, {_SUMS.format(month=month)}
    FROM (
        SELECT * FROM (SELECT * FROM kpi_day
            WHERE measure IN ({_numbers(ranges)}) AND day BETWEEN DATE '{first}' AND DATE '{last}') AS kept
        JOIN span ON number = measure AND day BETWEEN first_day AND last_day
        {f"QUALIFY {_LAST.format(span='first_day, last_day')}" if readings else ""}
    )
    GROUP BY measure, first_day, last_day, channel, account, source, currency, month"""
    for number, a, b, *rest in reader.rows(sql):
        yield cast("int", number), (cast("date", a), cast("date", b)), part_of(rest)


def _numbers(measures: Mapping[int, object]) -> str:
    return ", ".join(map(str, measures))


def _is_month(span: Days) -> bool:
    first, last = span
    return first.day == 1 and (last + timedelta(1)).day == 1 and (first.year, first.month) == (last.year, last.month)
