"""The ledger's days follow from each other and end where the live stock stands."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.stock_ledger import REPORT_TYPE, day_ends, ledger_file
from kpiterm.sandbox.orders import business_day, day_bounds

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

OPTIONS = {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "DAILY"}
MOVES = (
    "Receipts", "Customer Shipments", "Customer Returns", "Vendor Returns", "Warehouse Transfer In/Out", "Found",
    "Lost", "Damaged", "Disposed", "Other Events", "Unknown Events",
)  # fmt: skip


def rows(amazon: AmazonClient, days: int) -> list[dict[str, str]]:
    body = amazon.report(REPORT_TYPE, amazon.now - timedelta(days=days), amazon.now, **OPTIONS)
    header, *lines = body.decode("cp1252").removesuffix("\n").split("\n")
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_each_day_begins_where_the_day_before_ended_and_adds_up(amazon: AmazonClient) -> None:
    ends: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows(amazon, 30):
        ends[row["MSKU"], row["Disposition"]].append(row)
        moved = sum(int(row[name]) for name in MOVES)
        assert int(row["Starting Warehouse Balance"]) + moved == int(row["Ending Warehouse Balance"])
    for own in ends.values():
        assert len(own) == 30, "yesterday is over, today is not"
        for earlier, later in pairwise(own):
            assert earlier["Ending Warehouse Balance"] == later["Starting Warehouse Balance"]


def test_what_left_the_warehouses_are_the_units_shipped(amazon: AmazonClient) -> None:
    day, shop = business_day(amazon.now.timestamp()) - timedelta(days=5), amazon.sandbox.shop
    start, end = day_bounds(day)
    shipped = sum(
        line.quantity
        for order in shop.orders(shop.first_day, day, amazon.now)
        for line in order.lines
        if order.afn and start < order.shipped <= end
    )
    found = [row for row in rows(amazon, 10) if row["Date"] == f"{day:%m/%d/%Y}"]
    assert -sum(int(row["Customer Shipments"]) for row in found) == shipped > 0


def test_a_days_end_is_the_stock_of_that_moment(amazon: AmazonClient) -> None:
    shop, today = amazon.sandbox.shop, business_day(amazon.now.timestamp())
    for day in (today - timedelta(days=1), today - timedelta(days=60)):
        at = datetime.fromtimestamp(day_bounds(day)[1], amazon.now.tzinfo)
        truth = {level.product.sku: level._replace(updated=0) for level in shop.stock(at=at)}
        found = {end.level.product.sku: end.level._replace(updated=0) for end in day_ends(shop, [day])[day]}
        assert found == truth


def test_days_before_the_shop_opened_have_no_balance(amazon: AmazonClient) -> None:
    opened = day_bounds(amazon.sandbox.shop.first_day)[0]
    assert ledger_file(amazon.sandbox.shop, opened - 10 * 86400, opened, opened) is None
    assert day_ends(amazon.sandbox.shop, list[date]()) == {}
