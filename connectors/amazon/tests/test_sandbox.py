"""Every stream against the simulated Amazon, over HTTP, through the host's own spool and reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from kpiterm.plugins import Context, Stream, Window
from kpiterm.plugins.sql import MACROS
from kpiterm.sandbox.server import Sandbox
from kpiterm.sync.normalise import source_sql
from kpiterm.sync.spool import Spool
from kpiterm_amazon import probes
from kpiterm_amazon.connector import AMAZON

if TYPE_CHECKING:
    from conftest import Host

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
DAYS = 14
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(days=40, orders_per_day=10, skus=8, throttle=False, report_seconds=0, now=NOW, lag=False) as running:
        yield running


@pytest.fixture
def ctx(host: Host, sandbox: Sandbox) -> Context:
    (account,) = sandbox.accounts
    return host.context(sandbox=sandbox.url, settings=account.settings, secrets=account.secrets, now=NOW)


def window(stream: Stream) -> Window:
    """The last two weeks, or the last day where only the present can be read."""
    zone = ZoneInfo("America/Los_Angeles")
    if not stream.by_day:
        end = NOW - stream.lag
        return Window(end - (timedelta(days=1) if stream.snapshot else timedelta(days=DAYS)), end)
    midnight = datetime.combine(NOW.astimezone(zone).date(), time(), zone)
    return Window((midnight - timedelta(days=DAYS)).astimezone(UTC), midnight.astimezone(UTC))


def rows(ctx: Context, name: str, directory: Path) -> Rows:
    """What a stream brings, as canonical rows."""
    stream = AMAZON.stream(name)
    assert stream
    assert stream.shape
    spool = Spool(directory, name)
    for item in stream.fetch(ctx, window(stream)):
        spool.add(item)
    manifest = spool.close()
    with duckdb.connect() as con:
        con.execute(MACROS)
        for variable in ("channel", "timezone", "currency"):
            con.execute(f"SET VARIABLE {variable} = '{getattr(ctx.marketplace, variable)}'")
        con.execute(f"CREATE TEMP VIEW source AS {source_sql(manifest.files, stream.shape)}")
        result = con.execute(stream.shape.outputs[0].select)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_the_account_test_is_content(ctx: Context) -> None:
    assert [probe for probe in probes.test(ctx) if not probe.ok] == []


def test_report_and_search_tell_the_same_orders(ctx: Context, tmp_path: Path) -> None:
    report = {(r["order_id"], r["line_key"]): r for r in rows(ctx, "orders", tmp_path)}
    recent = {(r["order_id"], r["line_key"]): r for r in rows(ctx, "orders-recent", tmp_path)}
    both = report.keys() & recent.keys()
    assert len(both) > 50
    compared = (
        "channel", "ordered_at", "updated_at", "business_day", "status", "sku", "item_id", "quantity", "item_price",
        "discount", "shipping", "tax", "currency", "fulfilment",
    )  # fmt: skip
    for key in both:
        assert _known(report[key], compared) == _known(recent[key], compared)
    assert {r["status"] for r in report.values()} >= {"shipped", "cancelled"}


def _known(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Money that is nil is blank in one of the two sources and 0.00 in the other."""
    return {name: row[name] or None for name in names}


def test_traffic_has_every_day_and_no_day_twice(ctx: Context, tmp_path: Path) -> None:
    found = rows(ctx, "traffic", tmp_path)
    days = [row["day"] for row in found]
    assert len(days) == len(set(days)) == DAYS
    assert all(isinstance(row["ordered_sales"], Decimal) and row["sessions"] >= row["units"] // 2 for row in found)
    assert all(0 <= row["buy_box"] <= 1 for row in found)


def test_ads_add_up_over_both_levels(ctx: Context, tmp_path: Path) -> None:
    campaigns, products = (rows(ctx, name, tmp_path) for name in ("ads-campaigns", "ads-products"))
    for column in ("spend", "clicks", "impressions"):
        assert sum(row[column] for row in campaigns) == sum(row[column] for row in products)
    assert sum(row["spend"] for row in campaigns) > 0
    assert all(row["campaign_id"].isdigit() and row["sku"] for row in products)


def test_stock_of_every_sku(ctx: Context, tmp_path: Path) -> None:
    found = rows(ctx, "inventory", tmp_path)
    assert len({row["sku"] for row in found}) == len(found) > 0
    assert all(row["available"] >= 0 and row["inbound"] >= 0 for row in found)


def test_account_health(ctx: Context) -> None:
    stream = AMAZON.stream("performance")
    assert stream
    payload, *readings = stream.fetch(ctx, window(stream))
    assert "GET_V2_SELLER_PERFORMANCE_REPORT" in payload.request  # type: ignore[union-attr]
    values = {(r.values["metric"], r.values["segment"]): r.values for r in readings}  # type: ignore[union-attr]
    defects = values["order_defect_rate", "merchant"]
    assert defects["day"] == NOW.date()
    assert defects["target"] == Decimal("0.01")
