"""A store with a year of order lines and advertising, made by SQL inside the writer."""

from __future__ import annotations

from datetime import UTC, datetime

from kpiterm.config import Account, save_account
from kpiterm.paths import Paths, private_dir
from kpiterm.store.engine import Writer

ACCOUNT = "us-main"
_DAYS = 365
_CAMPAIGNS = 300
_COMMON = (
    f"'{ACCOUNT}' AS account, 'amazon.com' AS channel, 'r' AS run_id, $now AS loaded_at, repeat('0', 64) AS payload"
)

# Sorted by day, as syncs leave them; one order in ten has two lines.
_LINES = f"""
INSERT INTO order_line BY NAME SELECT {_COMMON}, 'amazon.orders' AS source,
    $now - to_minutes(cast(({_DAYS} * 1440 * (1 - i / $rows)) AS BIGINT)) AS ordered_at,
    cast(ordered_at AS DATE) AS business_day, ordered_at + INTERVAL 1 DAY AS updated_at,
    printf('111-%07d-%07d', i // 1000000, (i - i % 10 // 9) % 10000000) AS order_id, cast(i AS VARCHAR) AS line_key,
    CASE WHEN i % 40 = 0 THEN 'cancelled' ELSE 'shipped' END AS status,
    printf('SKU-%05d', hash(i) % 2000) AS sku, printf('B0%08d', hash(i) % 2000) AS item_id, 'A product' AS title,
    1 + i % 3 AS quantity, cast(hash(i) % 9000 / 100 AS DECIMAL(18, 4)) AS item_price,
    cast(0 AS DECIMAL(18, 4)) AS discount, cast(0 AS DECIMAL(18, 4)) AS shipping,
    cast(hash(i) % 700 / 100 AS DECIMAL(18, 4)) AS tax, 'USD' AS currency, 'marketplace' AS fulfilment
FROM range($first, $last) AS t(i)
"""
_ADS = f"""
INSERT INTO ad_day BY NAME SELECT {_COMMON}, 'amazon.ads-campaigns' AS source,
    cast($now AS DATE) - cast({_DAYS} - i // {_CAMPAIGNS} AS INTEGER) AS day, day AS last_day, 'campaign' AS level,
    'SP' AS ad_product, cast(i % {_CAMPAIGNS} AS VARCHAR) AS campaign_id, 'campaign' AS campaign,
    cast(hash(i) % 5000 / 100 AS DECIMAL(18, 4)) AS spend, hash(i) % 90 AS clicks, hash(i) % 9000 AS impressions,
    cast(hash(i) % 30000 / 100 AS DECIMAL(18, 4)) AS attributed_sales, hash(i) % 9 AS attributed_orders,
    hash(i) % 9 AS attributed_units, 7 AS attribution_days, 'USD' AS currency
FROM range({_DAYS * _CAMPAIGNS}) AS t(i)
"""


def fill(paths: Paths, rows: int) -> None:
    """Declare the account, write `rows` order lines and a year of ad days, publish."""
    save_account(paths, Account(name=ACCOUNT, connector="amazon", settings={"client_id": "none"}))
    private_dir(paths.spool)
    now = datetime.now(UTC).replace(tzinfo=None)
    with Writer(paths) as writer:
        with writer.transaction() as con:
            con.execute(_ADS, {"now": now})
            for stream in ("orders", "ads-campaigns"):
                con.execute("INSERT INTO watermark VALUES (?, ?, ?, ?)", [ACCOUNT, stream, now, now])
        add_lines(writer, 0, rows, rows)
        writer.publish()


def add_lines(writer: Writer, first: int, last: int, rows: int) -> None:
    """Order lines number `first` to `last` of a year that has `rows`."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with writer.transaction() as con:
        con.execute(_LINES, {"now": now, "first": first, "last": last, "rows": float(rows)})
