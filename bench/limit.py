"""The least that a load must do which may be run twice: the same bytes over HTTP to disk, and plain DuckDB over them in
one transaction, into the same table. `python -m bench.limit FOLDER`, with the task as JSON on standard input.

The orders that the bytes hold replace those that are there, each row says which body it came from, and readers get a
copy, for a DuckDB file that is being written can be opened by nobody else. No comparison, history or daily sums, no
retries, no second process.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.bare import FLAT_ENCODING, Task, bodies
from kpiterm.plugins import Shape, facts
from kpiterm.plugins.sql import MACROS
from kpiterm_amazon import all_orders, orders
from kpiterm_shopify import orders as shopify_orders

_RECORD = 1 << 20  # bytes of a page, at most
_TABLE = facts.TABLES["order_line"]
_BODY = "cast(substr(filename, -11, 6) AS INTEGER) AS _payload"  # a body's file is called by its number


@dataclass(frozen=True, slots=True)
class Plain:
    """How plain DuckDB reads a workload: `source` is the SQL of the relation that the product's own SELECT reads."""

    shape: Shape
    source: Callable[[Path], str]
    channel: str = "amazon.com"
    timezone: str = "America/Los_Angeles"


def _pages_sql(folder: Path) -> str:
    """A file a page, which DuckDB reads twice as fast as lines of that length."""
    listed = f"STRUCT({_columns(orders.RECENT_ORDERS)})[]"
    return (
        f"SELECT _payload, unnest(o) FROM (SELECT {_BODY}, unnest(orders) AS o FROM read_json('{folder}/*.body', "
        f"format = 'newline_delimited', columns = {{orders: '{listed}'}}, maximum_object_size = {_RECORD}))"
    )


def _graphql_sql(folder: Path) -> str:
    data = f"STRUCT(orders STRUCT(nodes STRUCT({_columns(shopify_orders.ORDERS)})[]))"
    return (
        f"SELECT _payload, unnest(o) FROM (SELECT {_BODY}, unnest(data.orders.nodes) AS o FROM "
        f"read_json('{folder}/*.body', format = 'newline_delimited', columns = {{data: '{data}'}}, "
        f"maximum_object_size = {_RECORD}))"
    )


def _bulk_sql(folder: Path) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in shopify_orders.ORDERS.columns.items())
    return f"SELECT {_BODY}, * FROM read_json('{folder}/*.body', format = 'newline_delimited', columns = {{{columns}}})"


def _reports_sql(folder: Path) -> str:
    with next(folder.glob("*.body")).open(encoding="utf-8") as file:
        header = [cell.strip() for cell in file.readline().split("\t")]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    return (
        f"SELECT {_BODY}, row_number() OVER () AS _row, * FROM read_csv('{folder}/*.body', "
        f"auto_detect = false, header = true, delim = '\t', quote = '', escape = '', columns = {{{columns}}})"
    )


def _columns(shape: Shape) -> str:
    return ", ".join(f'"{name}" {kind}' for name, kind in shape.columns.items())


PLAIN = {
    "graphql": Plain(shopify_orders.ORDERS, _graphql_sql, channel="shopify"),
    "pages": Plain(orders.RECENT_ORDERS, _pages_sql),
    "bulk": Plain(shopify_orders.ORDERS, _bulk_sql, channel="shopify"),
    "reports": Plain(all_orders.ALL_ORDERS, _reports_sql),
}


def fetch(task: Task, folder: Path) -> tuple[int, list[str]]:
    """Every body in a file of its own; their size, and the hash of each."""
    size, hashes = 0, []
    for number, body in enumerate(bodies(task)):
        hashes.append(hashlib.sha256(body).hexdigest())
        text = body.decode(FLAT_ENCODING).encode() if task["kind"] == "reports" else body
        (folder / f"{number:06}.body").write_bytes(text)
        size += len(text)
    return size, hashes


def read(kind: str, folder: Path, hashes: Sequence[str]) -> tuple[int, int]:
    """The files into the table and a copy of it for readers; rows and orders."""
    plain, store = PLAIN[kind], folder / "limit.duckdb"
    (output,) = plain.shape.outputs
    con = duckdb.connect(str(store))
    con.execute(MACROS)
    con.execute(f"SET VARIABLE channel = '{plain.channel}'; SET VARIABLE timezone = '{plain.timezone}'")
    con.execute(
        f"CREATE TABLE IF NOT EXISTS order_line ({', '.join(f'{c.name} {c.type}' for c in _TABLE.all_columns)})"
    )
    listed = ", ".join(f"({number}, '{digest}')" for number, digest in enumerate(hashes))
    con.execute(f"CREATE TEMP TABLE body AS SELECT * FROM (VALUES {listed}) AS b(_payload, payload)")
    _replace(con, f"WITH source AS ({plain.source(folder)}) SELECT * FROM ({output.select})", plain.channel)
    rows, found = con.execute("SELECT count(*), count(DISTINCT order_id) FROM order_line").fetchall()[0]
    con.close()  # writes a checkpoint
    with store.open("rb") as source, (folder / "published.duckdb").open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        os.fsync(copy.fileno())
    return rows, found


def _replace(con: duckdb.DuckDBPyConnection, select: str, channel: str) -> None:
    """The orders of `select` in place of those that the table has of them, in one transaction."""
    run = str(time.time_ns())
    given = {str(row[0]) for row in con.execute(f"DESCRIBE {select} LIMIT 0").fetchall()}
    hosts = {"account": "'bench'", "source": "'bench.orders'", "run_id": f"'{run}'", "payload": "b.payload",
             "channel": f"coalesce({'s.channel' if 'channel' in given else 'NULL'}, '{channel}')",
             "loaded_at": "TIMESTAMP '2026-01-01'"}  # fmt: skip
    columns = ", ".join(hosts.get(c.name, f"s.{c.name}") for c in _TABLE.all_columns)
    con.execute("BEGIN")
    con.execute(f"INSERT INTO order_line SELECT {columns} FROM ({select}) AS s JOIN body AS b USING (_payload)")
    new = f"SELECT order_id FROM order_line WHERE run_id = '{run}'"
    con.execute(f"DELETE FROM order_line WHERE run_id <> '{run}' AND order_id IN ({new})")
    con.execute("COMMIT")


def main() -> None:
    task, folder, began = json.load(sys.stdin), Path(sys.argv[1]), time.monotonic()
    size, hashes = fetch(task, folder)
    fetched = time.monotonic()
    rows, found = read(task["kind"], folder, hashes)
    done = time.monotonic()
    times = {"fetch": fetched - began, "read": done - fetched}
    print(json.dumps({**times, "rows": rows, "orders": found, "bytes": size}))


if __name__ == "__main__":
    main()
