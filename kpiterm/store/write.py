"""Merging a window's rows into a canonical table: new rows in, superseded ones to history, the rest untouched.

All set-based SQL inside the caller's transaction. Rows are compared by content, so that reading the same thing twice
changes nothing; rows that are equal in every column count as often as the source holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from kpiterm.plugins import DataError, Output, facts

if TYPE_CHECKING:
    import duckdb

_OF_THE_RUN = {"run_id", "loaded_at"}
_UNCOMPARED = {*_OF_THE_RUN, "payload"}
_GONE = "SELECT id FROM live_rows AS l ANTI JOIN new_rows AS s ON l.h = s.h AND l.n = s.n"
_FRESH = "SELECT id FROM new_rows AS s ANTI JOIN live_rows AS l ON l.h = s.h AND l.n = s.n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the rows of one window share. `days` are the business days that the window covers."""

    account: str
    channel: str
    source: str
    run_id: str
    loaded_at: datetime  # naive UTC
    days: Sequence[date] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows the source gave, rows that are new or changed, versions that they superseded; first and last business day
    and the currencies of the rows given."""

    rows: int
    added: int
    superseded: int
    first: date | None
    last: date | None
    currencies: tuple[str, ...]


def merge(con: duckdb.DuckDBPyConnection, output: Output, batch: Batch) -> Merged:
    """Run `output.select` over the relation `source` and merge its rows. Needs the temp table `payloads`."""
    stage(con, output, batch)
    return merge_staged(con, output, batch)


def merge_staged(con: duckdb.DuckDBPyConnection, output: Output, batch: Batch) -> Merged:
    """Merge what `stage` has made."""
    table = facts.TABLES[output.into]
    rows, first, last, currencies = _describe(con, table)
    if window := _window_column(output):
        _keep_latest(con, ("channel", *table.identity))
        scope = _scope_window(con, window, batch)
    else:
        # Only what says when it last changed is whole in one body; the rows of other keys may go over several pages.
        _keep_latest(con, output.replaces if table.version else ("channel", *table.identity), table.version)
        known = _find_known(con, table, output.replaces, batch)
        if known and table.version:
            _drop_outdated(con, table, output.replaces, batch)
        scope = "rowid IN (SELECT id FROM known)" if known else "false"
    if _compare(con, table, scope):
        _note_days(con, table, gone=f"rowid IN ({_GONE})", fresh=f"rowid IN ({_FRESH})")
        superseded, added = _supersede(con, table, batch), _add(con, table, batch, where=f"rowid IN ({_FRESH})")
    else:
        _note_days(con, table, gone=None, fresh="true")
        superseded, added = 0, _add(con, table, batch)
    con.execute("DROP TABLE stage; DROP TABLE live_rows; DROP TABLE IF EXISTS new_rows; DROP TABLE IF EXISTS known")
    return Merged(rows, added, superseded, first, last, currencies)


def _describe(
    con: duckdb.DuckDBPyConnection, table: facts.Table
) -> tuple[int, date | None, date | None, tuple[str, ...]]:
    names = [c.name for c in table.columns]
    day = next((name for name in ("business_day", "day") if name in names), "NULL::DATE")
    currency = "currency" if "currency" in names else "NULL::VARCHAR"
    row = con.execute(
        f"SELECT count(*), min({day}), max({day}), list_sort(list(DISTINCT {currency})) FROM stage"
    ).fetchone()
    assert row
    return row[0], row[1], row[2], tuple(c for c in row[3] or () if c)


def _window_column(output: Output) -> str | None:
    first = output.replaces[0]
    return first.removeprefix("window:") if first.startswith("window:") else None


def _hash(columns: Sequence[str]) -> str:
    """Unlike =, it holds NULLs for equal."""
    return f"hash({', '.join(columns)})"


def _content(table: facts.Table) -> str:
    return _hash([c.name for c in table.all_columns if c.name not in _UNCOMPARED])


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0


def stage(con: duckdb.DuckDBPyConnection, output: Output, batch: Batch) -> None:
    """The select's rows in the table's own columns and types, but for those that tell of the run. Reads no table of the
    store and writes none, so it may be done ahead of the window's turn."""
    table = facts.TABLES[output.into]
    given = {str(row[0]) for row in con.execute(f"DESCRIBE SELECT * FROM ({output.select}) LIMIT 0").fetchall()}
    known = {c.name for c in table.all_columns} | {"_payload"}
    if unknown := given - known:
        raise DataError(f"the SQL for {table.name} gives the unknown column {min(unknown)!r}")
    seq = "s._payload" if "_payload" in given else "0"
    values = {
        "account": f"'{_quoted(batch.account)}'",
        "channel": f"coalesce({'s.channel' if 'channel' in given else 'NULL'}, '{_quoted(batch.channel)}')",
        "source": f"'{_quoted(batch.source)}'",
        "payload": "p.sha256",
    }
    columns = ", ".join(
        f"cast({values.get(c.name) or ('s.' + c.name if c.name in given else 'NULL')} AS {c.type}) AS {c.name}"
        for c in table.all_columns
        if c.name not in _OF_THE_RUN
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE stage AS SELECT {columns}, {seq} AS _payload "
        f"FROM ({output.select}) AS s LEFT JOIN payloads AS p ON p.seq = {seq}"
    )


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _keep_latest(con: duckdb.DuckDBPyConnection, keys: Sequence[str], version: str | None = None) -> None:
    """Where several bodies hold the same thing (pages and pulls overlap), keep it whole as the latest body has it."""
    key = _hash(keys)
    twice = f"SELECT 1 FROM stage GROUP BY {key} HAVING min(_payload) <> max(_payload) LIMIT 1"
    if not _count(con, f"SELECT count(*) FROM ({twice})"):
        return
    newest = f"max({version}) OVER (PARTITION BY {key}, _payload)" if version else "NULL"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE stage AS SELECT * EXCLUDE (_v) FROM (SELECT *, {newest} AS _v FROM stage) "
        f"QUALIFY dense_rank() OVER (PARTITION BY {key} ORDER BY _v DESC NULLS LAST, _payload DESC) = 1"
    )


def _find_known(con: duckdb.DuckDBPyConnection, table: facts.Table, keys: Sequence[str], batch: Batch) -> int:
    """The live rows of the stage's keys, and their number: looked up once, for it reads the keys of the whole table."""
    key = _hash(keys)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT rowid AS id, {key} AS key FROM {table.name} "
        f"WHERE account = $account AND {key} IN (SELECT {key} FROM stage)",
        {"account": batch.account},
    )
    return _count(con, "SELECT count(*) FROM known")


def _drop_outdated(con: duckdb.DuckDBPyConnection, table: facts.Table, keys: Sequence[str], batch: Batch) -> None:
    """Leave out what the store knows in a later version already.

    Of the same version from two sources, that of the source whose name comes first is kept: `amazon.orders` before
    `amazon.orders-recent`. So the store ends the same whichever of them came first.
    """
    key, version = _hash(keys), table.version
    con.execute(
        f"DELETE FROM stage WHERE {key} IN ("
        f" SELECT s.key FROM (SELECT {key} AS key, max({version}) AS version FROM stage GROUP BY 1) AS s"
        f" JOIN (SELECT key, max({version}) AS version, min(source) AS source"
        f"       FROM {table.name} AS t JOIN known ON t.rowid = known.id GROUP BY 1) AS l"
        f" USING (key) WHERE l.version > s.version OR (l.version = s.version AND l.source < $source))",
        {"source": batch.source},
    )
    con.execute(f"DELETE FROM known WHERE key NOT IN (SELECT {key} FROM stage)")


def _scope_window(con: duckdb.DuckDBPyConnection, column: str, batch: Batch) -> str:
    """Rows outside the window's days belong to other windows; those inside are replaced, also by nothing."""
    if not batch.days:
        raise DataError(f"rows that replace a window of {column} need a window of business days")
    span = f"{column} BETWEEN DATE '{min(batch.days)}' AND DATE '{max(batch.days)}'"
    con.execute(f"DELETE FROM stage WHERE NOT coalesce({span}, false)")
    return f"account = '{_quoted(batch.account)}' AND source = '{_quoted(batch.source)}' AND {span}"


def _compare(con: duckdb.DuckDBPyConnection, table: facts.Table, scope: str) -> bool:
    """Number the live rows of `scope` and those of the stage by content; False, and nothing done, without live rows."""
    content = _content(table)
    numbered = f"SELECT rowid AS id, {content} AS h, row_number() OVER (PARTITION BY {content}) AS n"
    con.execute(f"CREATE OR REPLACE TEMP TABLE live_rows AS {numbered} FROM {table.name} WHERE {scope}")
    if not _count(con, "SELECT count(*) FROM live_rows"):
        return False
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_rows AS {numbered} FROM stage")
    return True


def _note_days(con: duckdb.DuckDBPyConnection, table: facts.Table, *, gone: str | None, fresh: str) -> None:
    """Note the days of rows that come and go, by each of the table's days and moments: sums are kept by day."""
    columns = [c.name for c in table.columns if c.type in {facts.DAY, facts.MOMENT}]
    sides = [("stage", fresh), *([(table.name, gone)] if gone else [])]
    for column in columns:
        days = " UNION ALL ".join(
            f"SELECT CAST({column} AS DATE) AS day FROM {name} WHERE {rows}" for name, rows in sides
        )
        con.execute(
            f"INSERT INTO changed_day SELECT DISTINCT '{table.name}', '{column}', day FROM ({days}) "
            "WHERE day IS NOT NULL"
        )


def _supersede(con: duckdb.DuckDBPyConnection, table: facts.Table, batch: Batch) -> int:
    """Move live rows that the stage does not repeat to the history; their number."""
    closed = _count(con, f"SELECT count(*) FROM ({_GONE})")
    if closed:
        columns = ", ".join(c.name for c in table.all_columns)
        con.execute(
            f"INSERT INTO {table.name}_history ({columns}, superseded_at, superseded_by) "
            f"SELECT {columns}, $moment, $run FROM {table.name} WHERE rowid IN ({_GONE})",
            {"moment": batch.loaded_at, "run": batch.run_id},
        )
        con.execute(f"DELETE FROM {table.name} WHERE rowid IN ({_GONE})")
    return closed


def _add(con: duckdb.DuckDBPyConnection, table: facts.Table, batch: Batch, where: str = "true") -> int:
    columns = ", ".join(c.name for c in table.all_columns)
    run = {
        "run_id": f"'{_quoted(batch.run_id)}'",
        "loaded_at": f"TIMESTAMP '{batch.loaded_at.isoformat(sep=' ')}'",
    }
    values = ", ".join(run.get(c.name, c.name) for c in table.all_columns)
    return _count(con, f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM stage WHERE {where}")
