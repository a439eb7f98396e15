"""The least that must be done: the same bytes over HTTP to disk, then one DuckDB statement over them. No lineage, no
history, no retries, no isolation. `python -m bench.limit FOLDER`, with the task as JSON on standard input.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.bare import FLAT_ENCODING, Task, bodies
from kpiterm.plugins import Shape
from kpiterm.plugins.sql import MACROS
from kpiterm_amazon import all_orders, orders
from kpiterm_shopify import orders as shopify_orders

_RECORD = 1 << 20  # bytes of a page, at most


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
        f"SELECT 1 AS _payload, unnest(o) FROM (SELECT unnest(orders) AS o FROM read_json('{folder}/*.body', "
        f"format = 'newline_delimited', columns = {{orders: '{listed}'}}, maximum_object_size = {_RECORD}))"
    )


def _graphql_sql(folder: Path) -> str:
    data = f"STRUCT(orders STRUCT(nodes STRUCT({_columns(shopify_orders.ORDERS)})[]))"
    return (
        f"SELECT 1 AS _payload, unnest(o) FROM (SELECT unnest(data.orders.nodes) AS o FROM "
        f"read_json('{folder}/*.body', format = 'newline_delimited', columns = {{data: '{data}'}}, "
        f"maximum_object_size = {_RECORD}))"
    )


def _bulk_sql(folder: Path) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in shopify_orders.ORDERS.columns.items())
    return (
        f"SELECT 1 AS _payload, * FROM read_json('{folder}/*.body', format = 'newline_delimited', "
        f"columns = {{{columns}}})"
    )


def _reports_sql(folder: Path) -> str:
    with next(folder.glob("*.body")).open(encoding="utf-8") as file:
        header = [cell.strip() for cell in file.readline().split("\t")]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    return (
        f"SELECT 1 AS _payload, row_number() OVER () AS _row, * FROM read_csv('{folder}/*.body', "
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


def fetch(task: Task, folder: Path) -> int:
    """Every body in a file of its own; their size."""
    size = 0
    for number, body in enumerate(bodies(task)):
        text = body.decode(FLAT_ENCODING).encode() if task["kind"] == "reports" else body
        (folder / f"{number:06}.body").write_bytes(text)
        size += len(text)
    return size


def read(kind: str, folder: Path) -> tuple[int, int]:
    """The files into a new table of a new database; rows and orders."""
    plain = PLAIN[kind]
    (output,) = plain.shape.outputs
    con = duckdb.connect(str(folder / "limit.duckdb"))
    con.execute(MACROS)
    con.execute(f"SET VARIABLE channel = '{plain.channel}'; SET VARIABLE timezone = '{plain.timezone}'")
    con.execute(f"CREATE TABLE order_line AS WITH source AS ({plain.source(folder)}) SELECT * FROM ({output.select})")
    rows, found = con.execute("SELECT count(*), count(DISTINCT order_id) FROM order_line").fetchall()[0]
    con.close()
    return rows, found


def main() -> None:
    task, folder, began = json.load(sys.stdin), Path(sys.argv[1]), time.monotonic()
    size = fetch(task, folder)
    fetched = time.monotonic()
    rows, found = read(task["kind"], folder)
    done = time.monotonic()
    times = {"fetch": fetched - began, "read": done - fetched}
    print(json.dumps({**times, "rows": rows, "orders": found, "bytes": size}))


if __name__ == "__main__":
    main()
