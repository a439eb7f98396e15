"""One seller on Amazon, Walmart and Shopify: one sync of the three accounts shows the business, channel by channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from kpiterm.plugins.facts import TABLES
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shopify import Storefront
from kpiterm.sandbox.shopify.sales import business_day as shopify_day
from kpiterm.sandbox.walmart import WalmartShop
from kpiterm.store.read import Reader
from tests.e2e.conftest import Home, Shop, settled_shop

pytestmark = pytest.mark.e2e

VENDORS = ("amazon", "walmart", "shopify")
CHANNELS = ("amazon.com", "shopify", "walmart.com")
DAYS = 20
READINGS = {"stock_level"}
"""Readings of the moment: each sync adds one."""


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with settled_shop(vendors=VENDORS, days=DAYS, orders_per_day=20) as box:
        home = Home(tmp_path_factory.mktemp("channels"))
        home.connect(box, days=DAYS)
        # The operator's own day, which has begun before anybody else's, cuts nothing.
        home.configure(f'timezone = "Pacific/Kiritimati"\n[sync]\nhistory_days = {DAYS}\n')
        first = home("sync", "--json")
        assert first.code == 0, first.out + first.err
        yield Shop(home, box, first)


def settled_days(shop: Shop) -> list[date]:
    """The shop's days that are over."""
    first, last = shop.box.shop.first_day, business_day(shop.box.clock().timestamp()) - timedelta(days=1)
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def true_sales(shop: Shop, day: date, at: datetime) -> dict[str, tuple[int, int, int]]:
    """GMV in cents, units and order lines of one day by channel, as the vendors' own books have them."""
    amazon = shop.box.shop.sales(day, day, at=at)
    walmart = WalmartShop(shop.box.shop).sales(day, day, at=at)
    shopify = Storefront(shop.box.shop).gmv(day, day, at=at)
    return {
        "amazon.com": (amazon.gmv, amazon.units, amazon.lines),
        "walmart.com": (walmart.gmv, walmart.units, walmart.lines),
        "shopify": (shopify.gmv, shopify.units, shopify.lines),
    }


def test_every_stream_of_every_account_ran(channels: Shop) -> None:
    runs = channels.first.runs()
    assert {account for account, _ in runs} == {account.name for account in channels.box.accounts}
    assert {run["status"] for run in runs.values()} == {"ok"}
    assert channels.box.throttled == {}


@pytest.mark.parametrize("channel", CHANNELS)
def test_sales_of_every_settled_day_are_those_of_the_vendor(channels: Shop, channel: str) -> None:
    at, days = channels.box.clock(), settled_days(channels)
    truth = {str(day): true_sales(channels, day, at)[channel] for day in days}
    found = channels.home.rows(
        "SELECT business_day, coalesce(sum(item_price), 0), sum(quantity), count(*) FROM order_line "
        f"WHERE channel = '{channel}' AND status <> 'cancelled' AND business_day <= '{days[-1]}' GROUP BY 1"
    )
    assert sum(gmv for gmv, _, _ in truth.values()) > 0
    assert {day: (int(Decimal(gmv) * 100), units, lines) for day, gmv, units, lines in found} == {
        day: sales for day, sales in truth.items() if any(sales)
    }


def test_the_board_shows_the_whole_and_each_channel(channels: Shop) -> None:
    board = channels.home("status", "--json")
    assert board.code == 0, board.err
    gmv = {kpi["channel"]: kpi for kpi in board.json["kpis"] if kpi["id"] == "gmv"}
    assert set(gmv) == {"all", *CHANNELS}
    at = channels.box.clock()
    pacific, eastern = (day_of(at.timestamp()) - timedelta(days=1) for day_of in (business_day, shopify_day))
    over = {"amazon.com": pacific, "walmart.com": pacific, "shopify": eastern, "all": min(pacific, eastern)}
    start = date.fromisoformat(gmv["all"]["period"]["start"])
    for channel, kpi in gmv.items():
        days = [start + timedelta(days=n) for n in range((over[channel] - start).days + 1)]
        assert kpi["period"]["through"] == str(over[channel])
        sold = [true_sales(channels, day, at)[name][0] for day in days for name in CHANNELS if channel in {"all", name}]
        assert int(Decimal(kpi["value"]) * 100) == sum(sold)
    assert gmv["all"]["sources"] == ["amazon:demo-us", "shopify:demo-shopify", "walmart:demo-walmart"]


def facts_of(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every live row of the canonical tables, but for the readings."""
    with Reader(home.paths) as reader:
        return {table: reader.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES if table not in READINGS}


def test_a_second_sync_adds_and_replaces_nothing(channels: Shop) -> None:
    before = facts_of(channels.home)
    again = channels.home("sync", "--force", "--json")
    assert again.code == 0, again.out + again.err
    assert {run["status"] for run in again.runs().values()} == {"ok"}
    assert {run["superseded"] for run in again.runs().values()} == {0}
    after = facts_of(channels.home)
    assert [table for table in after if after[table] != before[table]] == []
    assert sum(map(bool, after.values())) > 8, "most tables hold something"
