"""Which days the store covers: by its watermark for a source that is synced, by its last row for an imported file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import cast

from kpiterm.analysis.clock import Clock
from kpiterm.analysis.kpi.compile import LEVELS
from kpiterm.analysis.kpi.definition import columns_of
from kpiterm.analysis.kpi.relations import RELATIONS, business_day
from kpiterm.analysis.period import comparison
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span
from kpiterm.plugins import facts

_DAY = timedelta(days=1)
# A file does not say which days it covers, and a small shop may sell nothing on the first or last days of a month.
QUIET = timedelta(days=3)

Watermarks = Mapping[tuple[str, str], datetime]
Kept = Mapping[str, Sequence[tuple[object, ...]]]
_DAYS_OF = "days of "


@dataclass(frozen=True, slots=True)
class Cover:
    """The days on which one source of an account has rows. `synced` is its watermark's day; None for imports.

    `files` are the first and last days of what was imported, file by file; empty for a source that is synced.
    """

    channel: str
    account: str
    source: str
    first_day: date
    last_day: date
    synced: date | None
    files: tuple[tuple[date, date], ...] = ()


def read_watermarks(reader: Reader) -> Watermarks:
    """The moment up to which each (account, stream) has been read."""
    rows = reader.rows("SELECT account, stream, watermark FROM watermark WHERE watermark IS NOT NULL")
    return {(str(a), str(s)): cast("datetime", moment).replace(tzinfo=UTC) for a, s, moment in rows}


def read_coverage(
    reader: Reader,
    table: str,
    day: str,
    *,
    watermarks: Watermarks,
    accounts: Collection[str],
    clock: Clock,
    kept: Kept,
    zone: str | None = None,
) -> list[Cover]:
    """Every source of `table`; one whose account is no longer declared counts as imported: nobody updates it.

    `kept` is what `kept_days` gives; `zone` cuts the days instead of the marketplace's own.
    """
    name, column, where = rows_with_days(table, day)
    known = kept.get(cover_key(name, column))
    rows = reader.rows(_first_and_last(name, column, where)) if known is None else known
    found = []
    for channel, account, source, first, last in cast("Iterable[tuple[str, str, str, date, date]]", rows):
        moment = watermarks.get((account, source.partition(".")[2])) if account in accounts else None
        synced = clock.day(moment, channel, zone) if moment else None
        found.append(Cover(channel, account, source, first, last, synced))
    imported = {c.account for c in found if not c.synced}
    if not imported:
        return found
    files = _files(reader, table, day, imported)
    return [c if c.synced else replace(c, files=files[c.channel, c.account, c.source]) for c in found]


def kept_days(reader: Reader) -> Kept:
    """Channel, account, source, first and last day of every table whose days are kept, by `cover_key`."""
    numbers = {number: key for key, number in reader.rollups.items() if key.startswith(_DAYS_OF)}
    found: dict[str, list[tuple[object, ...]]] = {key: [] for key in numbers.values()}
    if numbers:
        listed = ", ".join(map(str, numbers))
        sql = f"""SELECT measure, channel, account, source, min(day), max(day) FROM kpi_day WHERE measure IN ({listed})
            GROUP BY measure, channel, account, source ORDER BY ALL"""
        for number, *row in reader.rows(sql):
            found[numbers[cast("int", number)]].append(tuple(row))
    return found


def cover_key(table: str, day: str) -> str:
    """Names the days with rows of a table among the daily sums that are kept."""
    return f"{_DAYS_OF}{table} by {day}"


def rows_with_days(table: str, day: str) -> tuple[str, str, str]:
    """The canonical table behind `table`, its day column, and what its rows must pass to have a day."""
    if relation := RELATIONS.get(table):
        table, day = next((name, column) for name, column in relation.tables.items() if column)
    levels = LEVELS.get(table)
    placed = f" AND {levels.column} IN {levels.order}" if levels and levels.column and not levels.other else ""
    return table, day, f"{day} IS NOT NULL AND channel IS NOT NULL{placed}"


def _first_and_last(table: str, day: str, where: str) -> str:
    found = f"SELECT channel, account, source, min({day}) AS a, max({day}) AS b FROM {table} WHERE {where} GROUP BY ALL"
    first, last = (_as_day(table, day, name) for name in "ab")
    return f"SELECT channel, account, source, {first} AS first, {last} AS last FROM ({found}) ORDER BY ALL"


def _as_day(table: str, day: str, name: str) -> str:
    return name if columns_of(table)[day] == facts.DAY else business_day(name)


def _files(
    reader: Reader, table: str, day: str, accounts: Collection[str]
) -> dict[tuple[str, str, str], tuple[tuple[date, date], ...]]:
    table, day, where = rows_with_days(table, day)
    names = ", ".join(f"${number}" for number in range(1, len(accounts) + 1))
    first, last = (_as_day(table, day, name) for name in "ab")
    rows = reader.rows(
        f"SELECT channel, account, source, {first}, {last} FROM ("
        f"SELECT channel, account, source, payload, min({day}) AS a, max({day}) AS b FROM {table} "
        f"WHERE {where} AND account IN ({names}) GROUP BY ALL)",
        sorted(accounts),
    )
    found: dict[tuple[str, str, str], tuple[tuple[date, date], ...]] = {}
    for channel, account, source, begin, end in cast("list[tuple[str, str, str, date, date]]", rows):
        key = channel, account, source
        found[key] = (*found.get(key, ()), (begin, end))
    return found


def gap(covers: Sequence[Cover], span: Span) -> tuple[date, date] | None:
    """The first stretch of `span` that no imported file covers; None where a source of it is synced."""
    if not covers or any(c.synced for c in covers):
        return None
    expected = span.start
    for first, last in sorted(f for c in covers for f in c.files if f[1] >= span.start and f[0] <= span.through):
        if first - expected > QUIET:
            return expected, first - _DAY
        expected = max(expected, last + _DAY)
    return None


def covered_through(covers: Sequence[Cover], span: Span, *, today: date, readings: bool = False) -> date | None:
    """The last day that every account which matters to `span` covers completely; None without any.

    A watermark's own day is not over, except for `readings`, which are complete in themselves.
    """
    relevant = _relevant(covers, span)
    if not relevant:
        return None
    days = []
    for _, group in groupby(sorted(relevant, key=lambda c: c.account), key=lambda c: c.account):
        sources = list(group)
        synced = [c.synced if readings else c.synced - _DAY for c in sources if c.synced]
        days.append(min(synced) if synced else max(_imported_through(c, span, today) for c in sources))
    return min(days)


def last_data_day(covers: Sequence[Cover], span: Span, *, readings: bool) -> date | None:
    """The day to show as "data through": the watermark's last whole day, or the last day of an imported file."""
    return covered_through(covers, span, readings=readings, today=date.min)


def late_start(covers: Iterable[Cover], span: Span) -> Cover | None:
    """A contributor to `span` whose data begin inside the period that it is compared with."""
    begin: dict[tuple[str, str], Cover] = {}
    for cover in covers:
        if cover.first_day <= span.through and cover.last_day >= span.start:
            key = cover.account, cover.channel
            begin[key] = min(begin.get(key, cover), cover, key=lambda c: c.first_day)
    earlier = comparison(span)
    late = [c for c in begin.values() if earlier.start + QUIET < c.first_day <= earlier.through]
    return min(late, key=lambda c: c.first_day, default=None)


def _relevant(covers: Sequence[Cover], span: Span) -> list[Cover]:
    """Sources that lately had rows; of imports only those with rows in the period, unless there is nothing else."""
    begun = [c for c in covers if c.first_day <= span.end]
    recent = [c for c in begun if c.last_day >= comparison(span).start] or begun
    return [c for c in recent if c.synced or c.last_day >= span.start] or recent


def _imported_through(cover: Cover, span: Span, today: date) -> date:
    if span.end < today and span.end - QUIET <= cover.last_day:
        return max(span.end, cover.last_day)
    return cover.last_day
