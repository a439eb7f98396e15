"""Orders that two accounts of one channel tell of, such as a synced one and an import: each counts once.

Which accounts do is found out before a snapshot is published and kept in `kpi_rollup`, as one key. Of an order and day
the rows of the better account are read: a synced one before one that only imports fill, else the first by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

DAYS: Mapping[str, str] = {"order_line": "business_day", "refund_line": "CAST(refunded_at AS DATE)"}
"""The tables that name orders and may be told twice, with the SQL for a row's day."""
COLUMNS: Mapping[str, str] = {"order_line": "business_day", "refund_line": "refunded_at"}
"""The columns that say when."""
EVERY = "order_line_told"
"""The view of all order lines, those that are told twice included."""
_PREFIX = "told twice: "
_PAIRS = """WITH new AS (SELECT DISTINCT channel, account, order_id FROM {table} WHERE {where}),
told AS (
    SELECT DISTINCT channel, account, order_id FROM {table} WHERE order_id IN (SELECT order_id FROM new)
)
SELECT DISTINCT new.channel, least(new.account, told.account), greatest(new.account, told.account)
FROM new JOIN told ON new.channel = told.channel AND new.order_id = told.order_id AND new.account <> told.account"""
_SYNCED = "SELECT DISTINCT account FROM watermark"


Place = tuple[str, str]  # channel and account


class Pair(NamedTuple):
    """On `channel`, `account` has orders that `better` has too, and that are read from `better`."""

    channel: str
    account: str
    better: str


def key(pairs: Iterable[Pair]) -> str:
    """The pairs as a key of `kpi_rollup`."""
    return _PREFIX + json.dumps(sorted(pairs), ensure_ascii=False)


def pairs_of(keys: Iterable[str]) -> tuple[Pair, ...] | None:
    """The pairs that are kept among the keys; None where nobody has looked yet."""
    for text in keys:
        if text.startswith(_PREFIX):
            return tuple(Pair(*names) for names in json.loads(text.removeprefix(_PREFIX)))
    return None


def find(
    con: duckdb.DuckDBPyConnection,
    known: Sequence[Pair] | None,
    changed: Mapping[str, set[date]],
    places: Mapping[str, set[Place]],
) -> list[Pair]:
    """All pairs of a store: those `known`, and those among the orders of the days that `changed`, by table.

    `places` are the channels and accounts that had rows before. Without `known`, all orders are looked through. A pair
    that tells of the same orders no longer does no harm.
    """
    names = {frozenset((channel, one, other)): (channel, one, other) for channel, one, other in known or ()}
    for table, day in DAYS.items():
        where, before = "order_id IS NOT NULL", set[Place]()
        if known is not None:
            days = changed.get(table)
            if not days:
                continue
            where += f" AND {day} BETWEEN DATE '{min(days)}' AND DATE '{max(days)}'"
            before = places.get(table, set())
        rows = con.execute(f"SELECT DISTINCT channel, account FROM {table} WHERE {where}").fetchall()
        if _several({*before, *rows}):
            found = con.execute(_PAIRS.format(table=table, where=where)).fetchall()
            names |= {frozenset(row): row for row in found}
    synced = {name for (name,) in con.execute(_SYNCED).fetchall()} if names else set()
    return sorted(_pair(*row, synced) for row in names.values())


def _several(places: Iterable[Place]) -> bool:
    """Whether any channel has several accounts: most have one, and need no look at their orders."""
    channels = [channel for channel, _ in places]
    return len(channels) > len(set(channels))


def _pair(channel: str, one: str, other: str, synced: set[str]) -> Pair:
    better, account = sorted((one, other), key=lambda name: (name not in synced, name))
    return Pair(channel, account, better)


def once(table: str, rows: str, pairs: Sequence[Pair]) -> str:
    """SELECT of the `rows` (a table, or a SELECT in brackets) of a table in `DAYS`, each order and day from one
    account."""
    listed = ", ".join(f"({', '.join(map(_quoted, pair))})" for pair in pairs)
    dated = f"(SELECT *, {DAYS[table]} AS told_on FROM {rows})"
    return (
        f"SELECT o.* EXCLUDE (told_on) FROM {dated} AS o ANTI JOIN ("
        f"SELECT p.channel, p.account, b.order_id, b.told_on FROM {dated} AS b "
        f"JOIN (VALUES {listed}) AS p(channel, account, better) ON b.channel = p.channel AND b.account = p.better"
        ") AS t ON o.channel = t.channel AND o.account = t.account AND o.order_id = t.order_id "
        "AND o.told_on = t.told_on"
    )


def shadow(con: duckdb.DuckDBPyConnection, pairs: Sequence[Pair]) -> None:
    """Let the names of the tables stand for their rows told once, on this connection; `unshadow` undoes it."""
    database = con.execute("SELECT current_database()").fetchall()[0][0]
    for table in DAYS if pairs else ():
        stored = f'"{database}".main.{table}'
        con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {once(table, stored, pairs)}")


def unshadow(con: duckdb.DuckDBPyConnection) -> None:
    """The tables are themselves again."""
    for table in DAYS:
        con.execute(f"DROP VIEW IF EXISTS temp.{table}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
