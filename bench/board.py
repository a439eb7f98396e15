"""The board over many channels and months: from daily sums, and beside one query per KPI over the same rows."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.board_kpis import first_kpis, last_months, measured, query_each
from bench.board_look import ZONE, look, opened
from bench.board_peers import Asked, by_peers
from bench.measure import median as middle
from bench.measure import run
from bench.table import Line
from kpiterm.analysis.kpi.catalogue import Catalogue, load_catalogue
from kpiterm.paths import Paths, private_dir
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader
from kpiterm.store.snapshot import current
from kpiterm.sync.rollups import refresh

CHANNELS = ("amazon.com", "amazon.ca", "walmart.com", "shopify", "amazon.com.mx")
DAYS = 400
ROOT = str(Path(__file__).resolve().parents[1])
USUAL = 45  # KPIs of a usual board
_COMMON = """list_extract($channels, 1 + CAST(i % 5 AS INTEGER)) AS channel, 'shop-' || i % 5 AS account,
    'r' AS run_id, $now AS loaded_at, repeat('0', 64) AS payload"""
# Sorted by day, as syncs leave them.
_LINES = f"""
INSERT INTO order_line BY NAME SELECT {_COMMON}, 'amazon.orders' AS source,
    $now - to_minutes(CAST(({DAYS} * 1440 * (1 - i / $rows)) AS BIGINT)) AS ordered_at,
    CAST(ordered_at AS DATE) AS business_day, ordered_at + INTERVAL 1 DAY AS updated_at,
    printf('111-%07d-%07d', i // 1000000, (i - i % 10 // 9) % 10000000) AS order_id, CAST(i AS VARCHAR) AS line_key,
    CASE WHEN i % 40 = 0 THEN 'cancelled' ELSE 'shipped' END AS status,
    printf('SKU-%05d', hash(i) % 2000) AS sku, printf('B0%08d', hash(i) % 2000) AS item_id, 'A product' AS title,
    1 + i % 3 AS quantity, CAST(hash(i) % 9000 / 100 AS DECIMAL(18, 4)) AS item_price,
    CAST(0 AS DECIMAL(18, 4)) AS discount, CAST(0 AS DECIMAL(18, 4)) AS shipping,
    CAST(hash(i) % 700 / 100 AS DECIMAL(18, 4)) AS tax, 'USD' AS currency, 'marketplace' AS fulfilment
FROM range($first, $last) AS t(i)"""
_ADS = f"""
INSERT INTO ad_day BY NAME SELECT {_COMMON}, 'amazon.ads-' || CASE WHEN i % 4 = 0 THEN 'campaigns' ELSE 'products' END
    AS source, CAST($now AS DATE) - CAST({DAYS} * (1 - i / $rows) AS INTEGER) AS day, day AS last_day,
    CASE WHEN i % 4 = 0 THEN 'campaign' ELSE 'product' END AS level, 'SP' AS ad_product,
    CAST(hash(i) % 900 AS VARCHAR) AS campaign_id, 'campaign' AS campaign, printf('SKU-%05d', hash(i) % 2000) AS sku,
    CAST(hash(i) % 5000 / 100 AS DECIMAL(18, 4)) AS spend, hash(i) % 90 AS clicks, hash(i) % 9000 AS impressions,
    CAST(hash(i) % 30000 / 100 AS DECIMAL(18, 4)) AS attributed_sales, hash(i) % 9 AS attributed_orders,
    hash(i) % 9 AS attributed_units, 7 AS attribution_days, 'USD' AS currency
FROM range($first, $last) AS t(i)"""
_TRAFFIC = f"""
INSERT INTO traffic_day BY NAME SELECT {_COMMON}, 'amazon.traffic' AS source, 'account' AS level,
    CAST($now AS DATE) - CAST({DAYS} - i // 5 AS INTEGER) AS day, 1000 + hash(i) % 500 AS sessions,
    2000 + hash(i) % 900 AS page_views, 90 + hash(i) % 50 AS units, CAST(4000 AS DECIMAL(18, 4)) AS ordered_sales,
    'USD' AS currency
FROM range($first, $last) AS t(i)"""
STREAMS = ("orders", "ads-campaigns", "ads-products", "traffic")


def board(home: Path, rows: int, rounds: int) -> Iterator[Line]:
    """Building the sums, keeping them, and looking at the board: `rows` order lines and half as many rows of ads."""
    paths = Paths(home)
    private_dir(paths.spool)
    definitions = load_catalogue()
    with Writer(paths, memory_limit="1GB") as writer:
        _fill(writer, rows)
        yield _timed(
            "sums of all KPIs, made from nothing", lambda: refresh(writer.con, definitions.values(), ZONE), rows
        )
        for added in sorted({min(rows, 1000), min(rows, 10_000)}):
            yield _update(writer, rows, added, definitions, rounds)
        yield _timed("checkpoint and copy of the file", writer.publish, rows)
    for catalogue in (first_kpis(definitions, USUAL), definitions):
        yield from _looks(paths, catalogue, rows, rounds)
    yield from _from_rows(paths, home, rows, rounds)


def _looks(paths: Paths, catalogue: Catalogue, rows: int, rounds: int) -> Iterator[Line]:
    """The board of a catalogue. Cold: a process that starts, reads the definitions, opens the snapshot. Warm: one that
    has looked before, and opens a snapshot that was just published. Or the snapshot is open, too."""
    name, count = f"board, {len(catalogue)} KPIs", len(catalogue)
    command = [sys.executable, "-m", "bench.board_look", str(paths.home), str(count)]
    cost = middle([run(command, env={**os.environ, "PYTHONPATH": ROOT})[0] for _ in range(rounds)])
    yield Line(name=f"{name}, cold", wall_ms=1000 * cost.wall, cpu_ms=1000 * cost.cpu, rows=rows, note="a new process")
    gauges = opened(paths, catalogue)
    note = f"{gauges} gauges x 13 months, opens the snapshot"
    yield _timed(f"{name}, warm", lambda: opened(paths, catalogue), rows, rounds, note)
    with Reader(paths, zone=ZONE) as reader:
        look(reader, catalogue)
        yield _timed(f"{name}, again", lambda: look(reader, catalogue), rows, rounds, "snapshot open")


def _from_rows(paths: Paths, home: Path, rows: int, rounds: int) -> Iterator[Line]:
    """The KPIs of the filled tables from the rows instead of the sums: by DuckDB, and by others."""
    kpis, months = measured(load_catalogue()), last_months(datetime.now(UTC).date())
    with Reader(paths, zone=ZONE, memory_limit="2GB", threads=2) as reader:
        totals = query_each(reader, kpis, months)
        name = f"the rows: {len(kpis)} KPIs, a query each"
        yield _timed(name, lambda: query_each(reader, kpis, months), rows, rounds, "DuckDB, 2 threads")
    if snapshot := current(paths.store):
        asked = Asked(snapshot=snapshot, kpis=kpis, months=months, totals=totals, rows=rows, rounds=rounds)
        yield from by_peers(home / "peers", asked)


def _timed(name: str, work: Callable[[], object], rows: int, rounds: int = 1, note: str = "") -> Line:
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    return Line(name=name, wall_ms=median(walls), cpu_ms=median(cpus), rows=rows, note=note)


def _fill(writer: Writer, rows: int) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    _insert(writer, _LINES, 0, rows, rows)
    _insert(writer, _ADS, 0, rows // 2, rows // 2)
    _insert(writer, _TRAFFIC, 0, 5 * DAYS, 5 * DAYS)
    with writer.transaction() as con:
        for shop in range(5):
            for stream in STREAMS:
                con.execute("INSERT INTO watermark VALUES (?, ?, ?, ?)", [f"shop-{shop}", stream, now, now])


def _insert(writer: Writer, sql: str, first: int, last: int, rows: int) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    values = {"now": now, "first": first, "last": last, "rows": float(rows), "channels": list(CHANNELS)}
    used = {name: value for name, value in values.items() if f"${name}" in sql}
    with writer.transaction() as con:
        con.execute(sql, used)


def _update(writer: Writer, rows: int, added: int, definitions: Catalogue, rounds: int) -> Line:
    """Syncs that each bring so many new lines of the last days."""
    wall, cpu = [], []
    for _ in range(rounds):
        _insert(writer, _LINES, rows - added, rows, rows)
        with writer.transaction() as con:
            con.execute(
                "INSERT INTO changed_day SELECT DISTINCT 'order_line', 'business_day', business_day FROM order_line "
                "WHERE rowid > (SELECT max(rowid) - ? FROM order_line)",
                [added],
            )
        line = _timed("", lambda: refresh(writer.con, definitions.values(), ZONE), added)
        wall.append(line.wall_ms or 0.0)
        cpu.append(line.cpu_ms or 0.0)
    return Line(name=f"sums after {added:,} new lines", wall_ms=median(wall), cpu_ms=median(cpu), rows=added)
