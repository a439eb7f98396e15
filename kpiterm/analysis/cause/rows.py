"""The rows of the two periods, each fact once: reports repeat the same money by level, and two sources the same day.

Which level and source count on a day is decided here, from sums by day; the statements then name them, since joining
a million rows with that decision would take longer than everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import cast

from kpiterm.analysis.cause.result import By
from kpiterm.analysis.kpi.compile import LEVELS, day_of, rows_between
from kpiterm.analysis.kpi.definition import Measure, columns_of
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.view import Span

# By SKU the levels that name one come first; what only comes without is kept, as a line of its own.
SKU_LEVELS = {
    "traffic_day": ("sku", "child", "parent", "account"),
    "ad_day": ("product", "campaign", "search_term", "targeting", "placement"),
}
KEYS: Mapping[By, tuple[str, ...]] = {"channel": (), "sku": ("sku", "item_id"), "campaign": ("campaign_id", "campaign")}
EVERYTHING = "true"


@dataclass(frozen=True, slots=True)
class Sides:
    """The period, the one it is compared with, and the one channel that is asked for, if any. `into` is the currency
    that amounts are converted into, where they were in several."""

    period: Span
    against: Span
    channel: str | None
    into: str | None = None

    @property
    def params(self) -> tuple[str, ...]:
        return (self.channel,) if self.channel else ()

    def where(self, day: str) -> str:
        """The condition for a row to be in either."""
        parts = (f"{day} BETWEEN DATE '{s.start}' AND DATE '{s.through}'" for s in (self.against, self.period))
        return f"({' OR '.join(parts)})" + (" AND channel = $1" if self.channel else "")

    def expression(self) -> str:
        """`sides`: side (0 before, 1 after) with its days; windows of many days may share some, which count on both."""
        rows = ", ".join(
            f"({side}, DATE '{span.start}', DATE '{span.through}')"
            for side, span in enumerate((self.against, self.period))
        )
        return f"sides(side, side_first, side_last) AS (VALUES {rows})"

    def joined(self, rows: str, day: str) -> str:
        """`FROM …` for the rows of a SELECT, once for each side that they are in."""
        return f"FROM (\n        SELECT * {rows}\n    ) JOIN sides ON {day} BETWEEN side_first AND side_last"

    def places(self, day: date) -> Iterator[tuple[int, int]]:
        """The sides that a day is in, with its number in each."""
        for side, span in enumerate((self.against, self.period)):
            if span.start <= day <= span.through:
                yield side, (day - span.start).days


@dataclass(frozen=True, slots=True)
class Picked:
    """The rows that count: their condition, and their sums by account, channel, day and currency."""

    condition: str
    days: Mapping[tuple[str, str, date, str | None], tuple[float, ...]]


def pick(
    question: Question, measure: Measure, sides: Sides, sums: Mapping[str, str], levels: Sequence[str] = ()
) -> Picked:
    """The level and source that count on each day: those of the KPI itself, or the best of `levels`."""
    known, order = columns_of(measure.table), LEVELS.get(measure.table)
    level = order.column if order and order.column else "NULL"
    within = order.within[0] if order and order.within else "NULL"
    currency = f"CASE WHEN {next(iter(sums.values()))} <> 0 THEN currency END" if "currency" in known else "NULL"
    added = ", ".join(f"CAST(coalesce(sum({sql}), 0) AS DOUBLE)" for sql in sums.values())
    sql = f"""SELECT account, channel, {within} AS part, {day_of(measure)} AS day, {level} AS level, source,
    {currency} AS money, {added}
{_rows(measure, sides, levels)}
    AND channel IS NOT NULL
GROUP BY ALL"""
    found = cast(
        "list[tuple[str, str, str | None, date, str | None, str, str | None]]",
        question.reader.rows(finished(sql, question), sides.params),
    )
    if order is None and not measure.sources:
        return Picked(EVERYTHING, _by_day(found))
    ranks = {name: rank for rank, name in enumerate(levels or (order.order if order else ()))}
    best: dict[tuple[str, str, str | None, date], tuple[int, int, str]] = {}
    for row in found:
        best[row[:4]] = min(best.get(row[:4], _LAST), _place(row, ranks, measure.sources))
    chosen = [row for row in found if _place(row, ranks, measure.sources) == best[row[:4]]]
    return Picked(_condition(measure, found, chosen), _by_day(chosen))


def selected(measure: Measure, sides: Sides, by: By, columns: Sequence[str], condition: str) -> str:
    """`SELECT channel, side, the line's keys, columns FROM …`: the rows that count, to be grouped or added up."""
    day, known = day_of(measure), columns_of(measure.table)
    keys = [key if key in known else f"CAST(NULL AS VARCHAR) AS {key}" for key in KEYS[by]]
    rows = f"{_rows(measure, sides, ())}\n        AND ({condition})\n        AND channel IS NOT NULL"
    return f"SELECT {', '.join(['channel', 'side', *keys, *columns])}\n    {sides.joined(rows, day)}"


def owners(tables: Mapping[str, str]) -> str:
    """The expression `owner`: the SKU of each item that has only one; `tables` are read, each with its condition."""
    rows = "\n        UNION ALL ".join(
        f"SELECT channel, item_id, sku FROM {table} WHERE {where} GROUP BY ALL" for table, where in tables.items()
    )
    return f"""owner AS (
    SELECT channel, item_id, min(sku) AS owned_sku
    FROM (
        {rows}
    )
    WHERE item_id IS NOT NULL AND sku IS NOT NULL
    GROUP BY channel, item_id HAVING count(DISTINCT sku) = 1
)"""


def on_days(day: str, days: Mapping[tuple[str, str], Collection[date]]) -> str:
    """The condition for a row to be of an account and channel on one of its days."""
    parts = [
        f"account = {quoted(account)} AND channel = {quoted(channel)} AND {day} IN ({_dates(dates)})"
        for (account, channel), dates in sorted(days.items())
    ]
    return f"({' OR '.join(parts)})" if parts else "false"


def finished(sql: str, question: Question) -> str:
    """The statement with the question's moment in its place."""
    moment = f"TIMESTAMP '{question.reader.as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
    return sql.replace("{as_of}", moment)


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


_LAST = 1 << 30, 1 << 30, ""
_Row = tuple[str, str, str | None, date, str | None, str, str | None]


def _place(row: _Row, ranks: Mapping[str, int], sources: Sequence[str]) -> tuple[int, int, str]:
    level, source = row[4], row[5]
    return ranks.get(level or "", len(ranks)), sources.index(source) if source in sources else 0, source


def _rows(measure: Measure, sides: Sides, levels: Sequence[str]) -> str:
    also = sides.where(day_of(measure))
    if levels:
        also += f" AND level IN ({', '.join(map(quoted, levels))})"
    first = min(sides.against.start, sides.period.start)
    return rows_between(measure, first, sides.period.through, also)


def _by_day(rows: Iterable[_Row]) -> dict[tuple[str, str, date, str | None], tuple[float, ...]]:
    days: dict[tuple[str, str, date, str | None], tuple[float, ...]] = {}
    for row in rows:
        key, sums = (row[0], row[1], row[3], row[6]), cast("tuple[float, ...]", row[7:])
        days[key] = tuple(a + b for a, b in zip(days[key], sums, strict=True)) if key in days else sums
    return days


def _condition(measure: Measure, found: Sequence[_Row], chosen: Sequence[_Row]) -> str:
    """The chosen levels and sources; their days are named only where another was chosen on other days."""
    order = LEVELS.get(measure.table)
    seen, wanted = _days_of(found), _days_of(chosen)
    if seen == wanted:
        return EVERYTHING
    parts = []
    for (account, channel, part, level, source), days in wanted.items():
        tests = [f"account = {quoted(account)}", f"channel = {quoted(channel)}", f"source = {quoted(source)}"]
        if order and order.column:
            tests.append(f"{order.column} IS NOT DISTINCT FROM {quoted(level) if level else 'NULL'}")
        if order and order.within:
            tests.append(f"{order.within[0]} IS NOT DISTINCT FROM {quoted(part) if part else 'NULL'}")
        if days != seen[account, channel, part, level, source]:
            tests.append(f"{day_of(measure)} IN ({_dates(days)})")
        parts.append(" AND ".join(tests))
    return " OR ".join(parts) or "false"


def _days_of(rows: Iterable[_Row]) -> dict[tuple[str, str, str | None, str | None, str], set[date]]:
    found: dict[tuple[str, str, str | None, str | None, str], set[date]] = {}
    for account, channel, part, day, level, source, *_ in rows:
        found.setdefault((account, channel, part, level, source), set()).add(day)
    return found


def _dates(days: Iterable[date]) -> str:
    return ", ".join(f"DATE '{day}'" for day in sorted(days))
