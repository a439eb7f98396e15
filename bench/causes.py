"""The cause of a change over 20,000 SKUs: what a person waits for between two questions in a review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.filled import ACCOUNT, fill
from bench.measure import seconds
from bench.table import Line
from bench.workspace import workspace
from kpiterm.analysis.cause.result import By
from kpiterm.cli.board import cause, daily_sums
from kpiterm.cli.session import Session
from kpiterm.store.engine import Writer

SKUS = 20_000
_DAYS = 62
_CASES: tuple[tuple[str, By], ...] = (("gmv_mom", "sku"), ("gmv_mom", "channel"), ("acos", "campaign"))
# Every SKU sells and is visited on most days of the two months that are compared.
_LINES = f"""
INSERT INTO order_line BY NAME SELECT '{ACCOUNT}' AS account, 'amazon.com' AS channel, 'r' AS run_id,
    $now AS loaded_at, repeat('1', 64) AS payload, 'amazon.orders' AS source,
    $now - to_days(cast(i % {_DAYS} AS INTEGER)) AS ordered_at, cast(ordered_at AS DATE) AS business_day,
    ordered_at AS updated_at, printf('222-%07d', i) AS order_id, cast(i AS VARCHAR) AS line_key, 'shipped' AS status,
    printf('LINE-%05d', hash(i) % {SKUS}) AS sku, printf('B1%08d', hash(i) % {SKUS}) AS item_id,
    'A product' AS title, 1 + i % 3 AS quantity, cast(hash(i) % 9000 / 100 AS DECIMAL(18, 4)) AS item_price,
    'USD' AS currency, 'marketplace' AS fulfilment
FROM range($rows) AS t(i)
"""
_TRAFFIC = f"""
INSERT INTO traffic_day BY NAME SELECT '{ACCOUNT}' AS account, 'amazon.com' AS channel, 'r' AS run_id,
    $now AS loaded_at, repeat('2', 64) AS payload, 'amazon.traffic' AS source,
    cast($now AS DATE) - cast(i // {SKUS} AS INTEGER) AS day, 'child' AS level,
    printf('B1%08d', i % {SKUS}) AS item_id, 5 + hash(i) % 40 AS sessions, 'USD' AS currency
FROM range({_DAYS} * {SKUS}) AS t(i)
"""


def causes(home: Path, rows: int, rounds: int) -> Iterator[Line]:
    """`kpiterm kpi explain`, the snapshot opened anew each time; half as many lines again are in its periods."""
    place = workspace(home)
    session = Session(paths=place.paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)
    fill(place.paths, rows)
    _add(session, rows // 2)
    for kpi, by in _CASES:
        wall = seconds(lambda kpi=kpi, by=by: cause(session, kpi, None, by=by, channel=None, top=10), rounds)  # type: ignore[misc]
        yield Line(name=f"explain {kpi} by {by}", wall_ms=1000 * wall, rows=rows, note=f"{SKUS:,} SKUs")


def _add(session: Session, rows: int) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    with Writer(session.paths, derive=daily_sums(session)) as writer:
        with writer.transaction() as con:
            con.execute(_LINES, {"now": now, "rows": rows})
            con.execute(_TRAFFIC, {"now": now})
        writer.publish()
