"""A sync over HTTP brings what truly happened in the shop, to the cent, and a second one changes nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.orders import business_day, price_known, status
from kpiterm.store.read import Reader
from kpiterm_amazon.connector import AMAZON

if TYPE_CHECKING:
    from tests.e2e.conftest import Home, Shop

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("shop")]
TABLES = ("order_line", "ad_day", "traffic_day", "health_metric", "refund_line")


def test_sales_of_every_day_are_those_of_the_shop(shop: Shop) -> None:
    truth: dict[str, tuple[int, int, Decimal]] = defaultdict(lambda: (0, 0, Decimal()))
    at = shop.box.clock()
    today, seconds = business_day(at.timestamp()), int(at.timestamp())
    for order in shop.box.shop.orders(shop.box.shop.first_day, today, at):
        if order.non_amazon or status(order, seconds) == "CANCELLED":
            continue
        lines, units, gmv = truth[str(order.day)]
        cents = sum(line.price for line in order.lines) if price_known(order, seconds) else 0
        units += sum(line.quantity for line in order.lines)
        truth[str(order.day)] = (lines + len(order.lines), units, gmv + Decimal(cents) / 100)
    found = shop.home.rows(
        "SELECT business_day, count(*), sum(quantity), coalesce(sum(item_price), 0) FROM order_line "
        "WHERE status <> 'cancelled' AND channel = 'amazon.com' GROUP BY 1 ORDER BY 1"
    )
    assert len(found) > 35
    assert [(day, (lines, units, Decimal(gmv))) for day, lines, units, gmv in found] == sorted(truth.items())


def test_ad_spend_and_sales_are_those_of_the_shop(shop: Shop) -> None:
    at = shop.box.clock()
    last = business_day(at.timestamp()) - timedelta(days=1)
    for day in (last, last - timedelta(days=7), last - timedelta(days=20)):
        truth = shop.box.shop.ad_totals(day, day, at=at)
        for level in ("campaign", "product"):
            where = f"day = '{day}' AND level = '{level}' AND ad_product = 'SP'"
            sums = f"SELECT sum(spend), sum(clicks), sum(impressions) FROM ad_day WHERE {where}"
            [[spend, clicks, impressions]] = shop.home.rows(sums)
            assert (int(Decimal(spend) * 100), clicks, impressions) == (truth.cost, truth.clicks, truth.impressions)


def test_order_defects_are_those_of_the_shop(shop: Shop) -> None:
    truth = shop.box.shop.odr(at=shop.box.clock())
    found = shop.home.rows(
        "SELECT segment, numerator, denominator FROM health_metric "
        "WHERE metric = 'order_defect_rate' AND segment <> 'all' ORDER BY segment"
    )
    assert found == [
        [segment, truth[network].by_kind.total(), truth[network].orders]
        for segment, network in (("marketplace", "afn"), ("merchant", "mfn"))
    ]


def test_stock_is_that_of_the_shop(shop: Shop) -> None:
    truth = sorted([level.product.sku, level.fulfillable] for level in shop.box.shop.stock(at=shop.box.clock()))
    assert truth
    own = "FROM stock_level WHERE source = 'amazon.inventory'"
    first = f"SELECT sku, available {own} AND taken_at = (SELECT min(taken_at) {own}) ORDER BY sku"
    assert shop.home.rows(first) == truth


def test_a_reading_of_several_pages_is_kept_whole(home: Home) -> None:
    with Sandbox(throttle=False, skus=120, days=5, orders_per_day=6, now=datetime.now(UTC)) as box:
        home.connect(box, days=5)
        assert home("sync", "--stream", "inventory", "--json").code == 0
        truth = sorted([level.product.sku, level.fulfillable] for level in box.shop.stock(at=box.clock()))
    assert len(truth) > 100, "more than one page"
    assert home.rows("SELECT sku, available FROM stock_level ORDER BY sku") == truth


def test_every_run_is_on_record(shop: Shop) -> None:
    said = {(r["account"], r["stream"]): (r["status"], r["rows"], r["windows"]) for r in shop.first.json["runs"]}
    kept = shop.home("runs", "--limit", 200, "--json").json["runs"]
    assert said == {(r["account"], r["stream"]): (r["status"], r["rows"], r["windows"]) for r in kept}
    assert {status for status, _, _ in said.values()} == {"ok"}
    assert {stream for _, stream in said} == {stream.name for stream in AMAZON.streams}
    hashes = shop.home.rows("SELECT count(*), count(DISTINCT sha256), min(length(sha256)) FROM payload")
    assert hashes[0][0] >= len(said)
    assert hashes[0][2] == 64


def facts_of(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every live row of the canonical tables."""
    with Reader(home.paths) as reader:
        return {table: reader.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}


def test_a_second_sync_adds_and_replaces_nothing(shop: Shop) -> None:
    before = facts_of(shop.home)
    again = shop.home("sync", "--force", "--json")
    assert again.code == 0, again.err
    assert {run["superseded"] for run in again.json["runs"]} == {0}
    after = facts_of(shop.home)
    assert [table for table in TABLES if after[table] != before[table]] == []
    assert {run["status"] for run in shop.home("sync", "--json").json["runs"]} == {"skipped"}


def test_every_reading_of_the_stock_is_kept(shop: Shop) -> None:
    counts = "SELECT count(DISTINCT taken_at), count(*), count(DISTINCT sku) FROM stock_level"
    [[readings, rows, skus]] = shop.home.rows(f"{counts} WHERE source = 'amazon.inventory'")
    assert rows == readings * skus
