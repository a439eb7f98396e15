"""Keeps the daily sums of all measures true: after a sync, those of the days that changed are made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from kpiterm.analysis.kpi.compile import daily, rollup_key, rows_between
from kpiterm.analysis.kpi.coverage import cover_key, rows_with_days
from kpiterm.analysis.kpi.definition import Measure
from kpiterm.analysis.kpi.relations import RELATIONS, business_day
from kpiterm.plugins import facts
from kpiterm.store import twice

if TYPE_CHECKING:
    import duckdb

    from kpiterm.analysis.kpi.definition import Definition

Days = tuple[date, date]
EVER = date(2000, 1, 1), date(2100, 12, 31)
_DAY = timedelta(days=1)
_COLUMNS = "measure, day, channel, account, source, currency, part, upper, lower, sample, missing"
_SAME = f"hash({_COLUMNS})"


def refresh(con: duckdb.DuckDBPyConnection, definitions: Iterable[Definition], zone: str) -> int:
    """Make the sums of every measure agree with the rows; the number of daily sums that were new or changed.

    `zone` cuts the days of channels that are no known marketplace. All in one transaction of its own.
    """
    wanted = {rollup_key(m, zone): m for d in definitions if (m := d.measure) and _keeps(d)}
    covers = {cover_key(*place): place for m in wanted.values() for place in [rows_with_days(m.table, m.day)[:2]]}
    now = datetime.now(UTC).replace(tzinfo=None)
    con.execute(f"SET VARIABLE timezone = '{zone}'")
    con.execute("BEGIN")
    try:
        changed = _changed(con)
        pairs = _told_twice(con, changed)
        numbers, known = _number(con, [*wanted, *covers, twice.key(pairs)])
        if pairs and twice.key(pairs) not in known:
            known -= _naming_orders(wanted, covers)
        twice.shadow(con, pairs)
        con.execute(f"CREATE OR REPLACE TEMP TABLE fresh_day AS SELECT {_COLUMNS} FROM kpi_day LIMIT 0")
        con.execute("CREATE OR REPLACE TEMP TABLE redone (measure BIGINT, first_day DATE, last_day DATE)")
        empty = {name for name in facts.TABLES if not con.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchall()}
        sources: dict[str, tuple[str, str, _Sums | _Rows]] = {
            **{key: (m.table, m.day, _Sums(m)) for key, m in wanted.items()},
            **{key: (table, day, _Rows(table, day)) for key, (table, day) in covers.items()},
        }
        for key, (table, day, source) in sources.items():
            if key in known or not empty.issuperset(_tables(table)):
                _fill(con, numbers[key], _days(table, day, changed, known=key in known), source)
        twice.unshadow(con)
        count = _merge(con, now)
        con.execute("DELETE FROM changed_day; DROP TABLE fresh_day; DROP TABLE redone")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
    return count


def _told_twice(con: duckdb.DuckDBPyConnection, changed: Mapping[tuple[str, str], set[date]]) -> tuple[twice.Pair, ...]:
    """The accounts that tell of the same orders."""
    kept = twice.pairs_of(str(key) for (key,) in con.execute("SELECT key FROM kpi_rollup").fetchall())
    days = {table: changed.get((table, column), set()) for table, column in twice.COLUMNS.items()}
    return tuple(twice.find(con, kept, days, _places(con)))


def _places(con: duckdb.DuckDBPyConnection) -> Mapping[str, set[twice.Place]]:
    """Channels and accounts that had rows when the sums were last made, by table that may be told twice."""
    keys = {cover_key(table, column): table for table, column in twice.COLUMNS.items()}
    listed = ", ".join(f"'{key}'" for key in keys)
    found: dict[str, set[twice.Place]] = {}
    kept = "SELECT DISTINCT key, channel, account FROM kpi_day JOIN kpi_rollup ON number = measure"
    for key, channel, account in con.execute(f"{kept} WHERE key IN ({listed})").fetchall():
        found.setdefault(keys[key], set()).add((channel, account))
    return found


def _naming_orders(wanted: Mapping[str, Measure], covers: Mapping[str, tuple[str, str]]) -> set[str]:
    """The keys of sums that are made of tables which name orders."""
    tables = {key: m.table for key, m in wanted.items()} | {key: table for key, (table, _) in covers.items()}
    return {key for key, table in tables.items() if not twice.DAYS.keys().isdisjoint(_tables(table))}


def _tables(table: str) -> Collection[str]:
    """The canonical tables behind a table or relation."""
    return RELATIONS[table].tables if table in RELATIONS else {table}


def _keeps(definition: Definition) -> bool:
    """Whether days can be added up: not those of a quantile, nor what depends on the moment of the question."""
    return definition.kind != "percentile" and definition.measure is not None and not definition.measure.is_timely


class _Sums:
    """The daily sums of a measure."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure

    def sql(self, number: int, days: Days) -> str:
        ctes = daily(self.measure, rows_between(self.measure, *days))
        return (
            f"WITH {ctes} SELECT {number}, period_day, channel, account, source, currency, part, "
            "upper, lower, sample, missing FROM single"
        )


class _Rows:
    """The days on which each source of a table has rows."""

    def __init__(self, table: str, day: str) -> None:
        self.table, _, self.where = rows_with_days(table, day)
        column = next(c for c in facts.TABLES[self.table].all_columns if c.name == day)
        self.day = day if column.type == facts.DAY else business_day(day)

    def sql(self, number: int, days: Days) -> str:
        return (
            f"SELECT {number}, {self.day} AS found_day, channel, account, source, NULL, NULL, NULL, NULL, count(*), 0 "
            f"FROM {self.table} WHERE {self.where} AND {self.day} BETWEEN DATE '{days[0]}' AND DATE '{days[1]}' "
            "GROUP BY ALL"
        )


def _number(con: duckdb.DuckDBPyConnection, keys: list[str]) -> tuple[dict[str, int], set[str]]:
    """A number for every key, and the keys that had one; sums that nobody wants any more are dropped."""
    have = {str(key): int(number) for number, key in con.execute("SELECT number, key FROM kpi_rollup").fetchall()}
    if gone := [number for key, number in have.items() if key not in set(keys)]:
        listed = ", ".join(map(str, gone))
        for table in ("kpi_day", "kpi_day_history"):
            con.execute(f"DELETE FROM {table} WHERE measure IN ({listed})")
        con.execute(f"DELETE FROM kpi_rollup WHERE number IN ({listed})")
    lacking = [key for key in dict.fromkeys(keys) if key not in have]
    new = {key: number for number, key in enumerate(lacking, max(have.values(), default=0) + 1)}
    if new:
        rows = ", ".join(f"({number}, ?)" for number in new.values())
        con.execute(f"INSERT INTO kpi_rollup VALUES {rows}", list(new))
    return {**have, **new}, set(keys) & have.keys()


def _changed(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], set[date]]:
    found: dict[tuple[str, str], set[date]] = {}
    for fact, column, day in con.execute("SELECT DISTINCT fact, day_column, day FROM changed_day").fetchall():
        found.setdefault((fact, column), set()).add(day)
    return found


def _days(table: str, day: str, changed: Mapping[tuple[str, str], set[date]], *, known: bool) -> list[Days]:
    """The stretches of days that are to be made anew."""
    if not known:
        return [EVER]
    relation = RELATIONS.get(table)
    found: set[date] = set()
    for name, column in (relation.tables if relation else {table: day}).items():
        if column is None:
            if any(fact == name for fact, _ in changed):
                return [EVER]
            continue
        mine = changed.get((name, column), set())
        if next(c.type for c in facts.TABLES[name].all_columns if c.name == column) == facts.MOMENT:
            mine = {d + n * _DAY for d in mine for n in (-1, 0, 1)}  # a UTC day touches two business days
        found |= {d + n * _DAY for d in mine for n in range((relation.after if relation else 0) + 1)}
    return list(_stretches(sorted(found)))


def _stretches(days: list[date]) -> Iterator[Days]:
    """Days as ranges; gaps of up to two weeks are read again rather than asked about one by one."""
    first = last = None
    for day in days:
        if first is None or last is None or (day - last).days > 14:
            if first and last:
                yield first, last
            first = day
        last = day
    if first and last:
        yield first, last


def _fill(con: duckdb.DuckDBPyConnection, number: int, stretches: list[Days], source: _Sums | _Rows) -> None:
    for first, last in stretches:
        con.execute(f"INSERT INTO fresh_day {source.sql(number, (first, last))}")
    if stretches:
        listed = ", ".join(f"({number}, DATE '{first}', DATE '{last}')" for first, last in stretches)
        con.execute(f"INSERT INTO redone VALUES {listed}")


def _merge(con: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """Sums that changed move to the history; those that did not stay as they are."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE old_day AS SELECT k.rowid AS id, {_SAME.replace('measure', 'k.measure')} AS h "
        "FROM kpi_day AS k JOIN redone AS r ON r.measure = k.measure AND k.day BETWEEN r.first_day AND r.last_day"
    )
    gone = f"SELECT id FROM old_day WHERE h NOT IN (SELECT {_SAME} FROM fresh_day)"
    con.execute(f"INSERT INTO kpi_day_history SELECT *, ? FROM kpi_day WHERE rowid IN ({gone})", [now])
    con.execute(f"DELETE FROM kpi_day WHERE rowid IN ({gone})")
    con.execute(
        f"INSERT INTO kpi_day SELECT {_COLUMNS}, ? FROM fresh_day WHERE {_SAME} NOT IN (SELECT h FROM old_day) "
        "ORDER BY measure, day",
        [now],
    )
    row = con.execute(f"SELECT count(*) FROM fresh_day WHERE {_SAME} NOT IN (SELECT h FROM old_day)").fetchone()
    con.execute("DROP TABLE old_day")
    return int(cast("tuple[int]", row)[0])
