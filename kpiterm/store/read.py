"""The readers' side: an immutable snapshot under the names of the canonical tables, as known at any moment.

A reader holds no lock that anyone waits for. It sees no file but its snapshot, so SQL typed by a person can do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from kpiterm.errors import StoreError, UsageError
from kpiterm.paths import Paths
from kpiterm.plugins import facts
from kpiterm.plugins.sql import MACROS
from kpiterm.store import journal, snapshot, twice
from kpiterm.store.damage import damaged, first_line
from kpiterm.store.migrate import migrations, refuse_newer

_ENTRY = """
CREATE VIEW entry AS SELECT
    detail->>'kpi' AS kpi, detail->>'channel' AS channel,
    cast(detail->>'period_start' AS DATE) AS period_start, cast(detail->>'period_end' AS DATE) AS period_end,
    detail->>'value' AS value, detail->>'note' AS note, actor AS author, happened_at AS entered_at
FROM event WHERE kind = 'kpi.enter'
"""
# The operations as known at a moment. A watermark is written over, but every run keeps the one that it reached.
_AS_OF = {
    "run": "SELECT * FROM snap.run WHERE finished_at <= {moment}",
    "payload": "SELECT * FROM snap.payload WHERE loaded_at <= {moment}",
    "watermark": "SELECT account, stream, max(watermark) AS watermark, max(finished_at) AS updated_at FROM snap.run "
    "WHERE finished_at <= {moment} AND watermark IS NOT NULL GROUP BY account, stream",
}
_ROLLUPS = ("kpi_day", "kpi_day_history", "kpi_rollup")
# Columns of the operations that snapshots of an earlier version lack.
_LATER = {"run": {"note": "VARCHAR", "read_from": "TIMESTAMP"}}


class Reader:
    """Context manager over the current snapshot. `as_of` shows the store as it was known at that moment (aware UTC).

    `zone` cuts the days of channels that are no known marketplace.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        as_of: datetime | None = None,
        zone: str = "UTC",
        memory_limit: str = "256MB",
        threads: int = 1,
    ) -> None:
        self._zone = zone
        self._paths, self._asked, self._memory_limit, self._threads = paths, as_of, memory_limit, threads
        self.as_of = as_of or datetime.now(UTC)
        self.snapshot: str | None = None
        self.rollups: Mapping[str, int] = {}
        self.twice: tuple[twice.Pair, ...] = ()

    def __enter__(self) -> Self:
        import duckdb

        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": self._threads,
            "memory_limit": self._memory_limit,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        self.con = duckdb.connect(":memory:", config=config)
        try:
            self.con.execute(f"{MACROS}SET VARIABLE timezone = '{self._zone}'")
            if not self._attach():
                self._attach_empty()
            elif row := self.con.execute("SELECT coalesce(max(version), 0) FROM snap.schema_version").fetchone():
                refuse_newer(int(row[0]))
            self._make_views()
            self._overlay_journal()
            self.con.execute("SET temp_directory = ''")
            self.con.execute("SET enable_external_access = false")
            self.con.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            self.con.close()
            raise self._broken(error) from error
        except StoreError:
            self.con.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.con.close()

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query of the program's own."""
        with self._broken_told():
            return self.con.execute(sql, list(params)).fetchall()

    def arrays(self, sql: str, params: Sequence[object] = ()) -> Mapping[str, Any]:
        """The columns of a query of the program's own as numpy arrays, masked where they have NULLs."""
        with self._broken_told():
            return self.con.execute(sql, list(params)).fetchnumpy()

    @contextmanager
    def _broken_told(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            if damaged(error):
                raise self._broken(error) from error
            raise

    def query(self, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        """Column names and rows of one SELECT that a person typed; UsageError says what is wrong with it."""
        import duckdb

        try:
            statements = self.con.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in (
                duckdb.StatementType.SELECT,
                duckdb.StatementType.EXPLAIN,
            ):
                raise UsageError("one SELECT at a time: `kpiterm query` only reads")
            result = self.con.execute(sql)
            return [d[0] for d in result.description or ()], result.fetchall()
        except duckdb.Error as error:
            if damaged(error):
                raise self._broken(error) from error
            if "pytz" in str(error):
                raise UsageError(
                    "moments with a time zone cannot be shown", hint="cast them to UTC: now()::TIMESTAMP"
                ) from None
            raise UsageError(str(error).strip(), hint="`kpiterm query 'SHOW TABLES'` lists what there is") from error

    def _broken(self, error: Exception) -> StoreError:
        return StoreError(
            f"the snapshot {self.snapshot} cannot be read: {first_line(error)}",
            hint="run `kpiterm sync` to publish a new one; `kpiterm doctor` checks the store",
        )

    def _attach(self) -> bool:
        """Open what `CURRENT` names; again, if that was swept between the look and the opening."""
        import duckdb

        while path := snapshot.current(self._paths.store):
            self.snapshot = path.name
            try:
                self.con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS snap (READ_ONLY)")
            except duckdb.IOException:
                if snapshot.current(self._paths.store) == path:
                    raise
            else:
                return True
        self.snapshot = None
        return False

    def _make_views(self) -> None:
        moment = self._moment()
        stored = self.con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'snap'")
        have = {(str(table), str(column)) for table, column in stored.fetchall()}
        kept: dict[str, int] = {}
        if ("kpi_rollup", "key") in have:  # an earlier version kept no daily sums
            kept = {key: number for number, key in self.con.execute("SELECT * FROM snap.kpi_rollup").fetchall()}
        self.twice = twice.pairs_of(kept) or ()
        statements = [_table_view(table, have, moment, self.twice) for table in facts.TABLES.values()]
        if self.twice:
            statements.append(f"CREATE VIEW {twice.EVERY} AS {_rows(facts.TABLES['order_line'], have, moment)}")
        rolled = moment is None and ("kpi_rollup", "key") in have
        if rolled:
            statements += [f"CREATE VIEW {name} AS SELECT * FROM snap.{name}" for name in _ROLLUPS]
        for name, known in _AS_OF.items():
            sql = known.format(moment=moment) if moment else f"SELECT * FROM snap.{name}"
            sql = sql.replace("SELECT *", ", ".join(("SELECT *", *_lacking(name, have))))
            statements.append(f"CREATE VIEW {name} AS {sql}")
        self.con.execute(";\n".join(statements))
        if rolled and not self.con.execute("SELECT 1 FROM snap.changed_day LIMIT 1").fetchall():
            self.rollups = kept

    def _attach_empty(self) -> None:
        self.con.execute("ATTACH ':memory:' AS snap")
        self.con.execute("USE snap")
        for _, _, sql in migrations():
            self.con.execute(sql)
        self.con.execute("USE memory")

    def _overlay_journal(self) -> None:
        """The operation log: what the snapshot holds, and what people entered since."""
        moment = self._moment()
        self.con.execute(
            "CREATE TABLE event (seq BIGINT, happened_at TIMESTAMP, actor VARCHAR, kind VARCHAR, "
            "detail VARCHAR, hash VARCHAR)"
        )
        if self.snapshot:
            self.con.execute("INSERT INTO event SELECT * FROM snap.event")
        row = self.con.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
        if newer := journal.event_rows(journal.read(self._paths.journal, after=int(row[0]) if row else 0)):
            journal.insert_events(self.con, newer)
        if moment:
            self.con.execute(f"DELETE FROM event WHERE happened_at > {moment}")
        self.con.execute(_ENTRY)

    def _moment(self) -> str | None:
        if self._asked is None:
            return None
        return f"TIMESTAMP '{self._asked.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"


def _lacking(name: str, have: set[tuple[str, str]]) -> list[str]:
    """Blank columns in place of those that the snapshot's table does not have yet."""
    later = _LATER.get(name, {})
    return [f"cast(NULL AS {type_}) AS {column}" for column, type_ in later.items() if (name, column) not in have]


def _table_view(
    table: facts.Table, have: set[tuple[str, str]], moment: str | None, told: tuple[twice.Pair, ...]
) -> str:
    """The table as described; an order that two accounts tell of is in it once."""
    rows = _rows(table, have, moment)
    if told and table.name in twice.DAYS:
        rows = twice.once(table.name, f"({rows})", told)
    return f"CREATE VIEW {table.name} AS {rows}"


def _rows(table: facts.Table, have: set[tuple[str, str]], moment: str | None) -> str:
    """All rows, whatever version wrote the snapshot: columns that it lacks are blank."""
    columns = ", ".join(
        c.name if (table.name, c.name) in have else f"cast(NULL AS {c.type}) AS {c.name}" for c in table.all_columns
    )
    live = f"SELECT {columns} FROM snap.{table.name}"
    if moment is None:
        return live
    return (
        f"{live} WHERE loaded_at <= {moment} UNION ALL SELECT {columns} FROM snap.{table.name}_history "
        f"WHERE loaded_at <= {moment} AND superseded_at > {moment}"
    )
