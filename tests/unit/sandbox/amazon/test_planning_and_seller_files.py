from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kpiterm.sandbox.amazon.ledger import events, reimbursements
from kpiterm.sandbox.amazon.planning_files import units_shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.sandbox.conftest import AmazonClient

PLANNING, RESTOCK = "GET_FBA_INVENTORY_PLANNING_DATA", "GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT"
MERCHANT_RETURNS, PAID = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", "GET_FBA_REIMBURSEMENTS_DATA"


def parse(body: bytes) -> list[dict[str, str]]:
    header, *lines = body.decode("cp1252").removesuffix("\n").split("\n")
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_planning_and_restock_tell_of_the_same_stock(amazon: AmazonClient) -> None:
    levels = {level.product.sku: level for level in amazon.sandbox.shop.stock(at=amazon.now)}
    planning = {row["sku"]: row for row in parse(amazon.report(PLANNING))}
    restock = {row["Merchant SKU"]: row for row in parse(amazon.report(RESTOCK))}
    assert planning.keys() == restock.keys() == levels.keys()
    for sku, level in levels.items():
        assert int(planning[sku]["available"]) == int(restock[sku]["Available"]) == level.fulfillable
        ages = [
            int(v) for name, v in planning[sku].items() if name.startswith("inv-age") and v and "0-to-30" not in name
        ]
        assert sum(ages) == level.fulfillable
        assert planning[sku]["days-of-supply"] == restock[sku]["Days of Supply at Amazon Fulfillment Network"]
        assert planning[sku]["Recommended ship-in quantity"] == restock[sku]["Recommended replenishment qty"]


def test_units_shipped_are_those_of_the_order_book(amazon: AmazonClient) -> None:
    shop, end = amazon.sandbox.shop, int(amazon.now.timestamp())
    month = units_shipped(shop, end, 30)
    truth = sum(
        line.quantity
        for order in shop.orders(shop.first_day, amazon.now.date(), amazon.now)
        for line in order.lines
        if order.afn and end - 30 * 86400 < order.shipped <= end
    )
    rows = parse(amazon.report(PLANNING))
    assert sum(int(row["units-shipped-t30"]) for row in rows) == month.total() == truth > 100
    assert all(int(r["units-shipped-t7"]) <= int(r["units-shipped-t30"]) <= int(r["units-shipped-t90"]) for r in rows)


def test_returns_to_the_seller_are_refunded_when_they_arrive(amazon: AmazonClient) -> None:
    start = amazon.now - timedelta(days=55)
    rows = parse(amazon.report(MERCHANT_RETURNS, start, amazon.now))
    refunds = {
        (e.order.order_id, item.line.item_id): e.posted
        for e in events(amazon.sandbox.shop, int(start.timestamp()), int(amazon.now.timestamp()))
        if e.kind == "Refund" and e.order
        for item in e.items
        if item.line
    }
    assert rows
    for row in rows:
        asked = datetime.strptime(row["Return request date"], "%d-%b-%Y").date()  # noqa: DTZ007
        assert start.date() - timedelta(days=1) <= asked <= amazon.now.date()
        known = (row["Order ID"], row["Order Item ID"]) in refunds
        assert known or row["Refunded Amount"] == "0.00"


def test_reimbursements_are_postings_too(amazon: AmazonClient) -> None:
    start, end = amazon.now - timedelta(days=60), amazon.now
    rows = parse(amazon.report(PAID, start, end))
    span = int(start.timestamp()), int(end.timestamp())
    paid = sum(r.per_unit * r.quantity for r in reimbursements(amazon.sandbox.shop, *span))
    posted = [e for e in events(amazon.sandbox.shop, *span) if e.kind == "other-transaction"]
    assert sum(Decimal(row["amount-total"]) for row in rows) * 100 == paid == sum(e.total for e in posted) > 0


def test_feedback_tells_of_bad_ratings_only(amazon: AmazonClient) -> None:
    rows = parse(amazon.report("GET_SELLER_FEEDBACK_DATA", amazon.now - timedelta(days=60), amazon.now))
    assert {row["Rating"] for row in rows} <= {"1", "2", "3"}
    for row in rows:
        order = amazon.sandbox.shop.order(row["Order ID"], amazon.now)
        assert order
        assert order.defect == "negativeFeedback"


@pytest.mark.parametrize("report_type", [PAID, MERCHANT_RETURNS, "GET_SELLER_FEEDBACK_DATA"])
def test_a_span_without_any_ends_cancelled(amazon: AmazonClient, report_type: str) -> None:
    long_ago = amazon.now - timedelta(days=400)
    report = amazon.status(amazon.create(report_type, long_ago, long_ago + timedelta(days=5)))
    assert report["processingStatus"] == "CANCELLED"


@pytest.mark.parametrize("report_type", [PLANNING, RESTOCK, PAID])
def test_daily_files_asked_for_twice_in_four_hours_end_fatal(
    open_client: Callable[..., AmazonClient], report_type: str
) -> None:
    client = open_client(throttle=True, token_seconds=10**6)
    outcomes = []
    for hours in (0, 3, 2):
        client.sandbox.clock.move(timedelta(hours=hours))
        report_id = client.create(report_type, client.now - timedelta(days=50), client.now)
        outcomes.append(client.status(report_id)["processingStatus"])
    assert outcomes == ["DONE", "FATAL", "DONE"]
