from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

PATH = "/orders/2026-01-01/orders"


def texts(page: dict[str, Any], key: str) -> list[str]:
    return [order[key] for order in page["orders"]]


def test_paging_ends_and_yields_every_order_once(amazon: AmazonClient) -> None:
    start = amazon.now - timedelta(days=12)
    pages = list(amazon.search(createdAfter=start.isoformat(), maxResultsPerPage=40))
    ids = [order_id for page in pages for order_id in texts(page, "orderId")]
    shop, end = amazon.sandbox.shop, amazon.now - timedelta(minutes=2)
    expected = [
        o.order_id
        for o in shop.orders(start.date() - timedelta(days=1), amazon.now.date(), amazon.now)
        if start.timestamp() <= o.created <= end.timestamp()
    ]
    assert ids == expected
    assert all(len(page["orders"]) == 40 for page in pages[:-1])
    assert "pagination" not in pages[-1]
    assert pages[0]["createdBefore"] == end.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_money_adds_up_to_the_shops_truth(amazon: AmazonClient) -> None:
    pacific = ZoneInfo("America/Los_Angeles")
    first, last = date(2026, 11, 10), date(2026, 11, 12)
    start, end = (datetime(d.year, d.month, d.day, tzinfo=pacific) for d in (first, last + timedelta(days=1)))
    before = (end - timedelta(seconds=1)).astimezone(UTC)
    query = {"createdAfter": start.astimezone(UTC).isoformat(), "createdBefore": before.isoformat()}
    total = Decimal(0)
    for page in amazon.search(**query):
        for order in page["orders"]:
            if order["fulfillment"]["fulfillmentStatus"] == "CANCELLED":
                continue
            for item in order["orderItems"]:
                parts = item.get("proceeds", {}).get("breakdowns", [])
                total += sum(Decimal(p["subtotal"]["amount"]) for p in parts if p["type"] == "ITEM")
    assert total * 100 == amazon.sandbox.shop.gmv(first, last, at=amazon.now) > 0


def test_updates_since_a_watermark_hold_only_what_changed(amazon: AmazonClient) -> None:
    start = amazon.now - timedelta(hours=30)
    orders = [o for page in amazon.search(lastUpdatedAfter=start.isoformat()) for o in page["orders"]]
    assert orders
    assert all(datetime.fromisoformat(o["lastUpdatedTime"]) >= start for o in orders)
    assert any(datetime.fromisoformat(o["createdTime"]) < start for o in orders)


def test_without_proceeds_there_is_no_money_and_without_buyer_no_person(amazon: AmazonClient) -> None:
    query = {"createdAfter": "2026-11-01T00:00:00Z", "maxResultsPerPage": "20"}
    bare = amazon.sp("GET", PATH, params=query).text
    assert "amount" not in bare
    assert "buyer" not in bare
    assert "recipient" not in bare
    full = amazon.sp("GET", PATH, params=query | {"includedData": "PROCEEDS,BUYER,RECIPIENT"}).text
    assert all(word in full for word in ("grandTotal", "buyerEmail", "deliveryAddress"))


def test_pending_and_multi_channel_orders_have_no_price_rather_than_zero(amazon: AmazonClient) -> None:
    orders = [o for page in amazon.search(createdAfter="2026-10-01T00:00:00Z") for o in page["orders"]]
    foreign = [o for o in orders if o["salesChannel"]["channelName"] == "NON_AMAZON"]
    pending = [o for o in orders if o["fulfillment"]["fulfillmentStatus"] == "PENDING"]
    assert foreign
    assert not any("proceeds" in o for o in foreign)
    assert {"proceeds" in o for o in pending} == {True, False}


def test_a_pending_order_is_settled_a_week_later(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**6)
    query = {"createdAfter": (client.now - timedelta(hours=9)).isoformat(), "fulfillmentStatuses": "PENDING"}
    pending = [o["orderId"] for page in client.search(**query) for o in page["orders"]]
    assert pending
    client.sandbox.clock.move(timedelta(days=8))
    for order_id in pending:
        order = client.sp("GET", f"{PATH}/{order_id}", params={"includedData": "FULFILLMENT"}).json()["order"]
        assert order["fulfillment"]["fulfillmentStatus"] in {"SHIPPED", "CANCELLED"}
        assert datetime.fromisoformat(order["lastUpdatedTime"]) > client.now


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": "2026-11-01T00:00:00Z", "lastUpdatedAfter": "2026-11-01T00:00:00Z"},
        {"createdAfter": "2026-11-01T00:00:00Z", "lastUpdatedBefore": "2026-11-02T00:00:00Z"},
        {"createdAfter": "2026-11-01"},
        {"createdAfter": "yesterday"},
        {"createdAfter": "2026-11-01T00:00:00Z", "createdBefore": "2026-11-23T16:59:30Z"},
        {"createdAfter": "2026-11-10T00:00:00Z", "createdBefore": "2026-11-01T00:00:00Z"},
        {"createdAfter": "2026-11-01T00:00:00Z", "maxResultsPerPage": "101"},
        {"createdAfter": "2026-11-01T00:00:00Z", "maxResultsPerPage": "0"},
        {"createdAfter": "2026-11-01T00:00:00Z", "includedData": "MONEY"},
        {"createdAfter": "2026-11-01T00:00:00Z", "fulfillmentStatuses": "Shipped"},
        {"CreatedAfter": "2026-11-01T00:00:00Z"},
        {"paginationToken": "bm90IG91cnM="},
    ],
)
def test_a_request_against_the_model_is_refused(amazon: AmazonClient, query: dict[str, str]) -> None:
    answer = amazon.sp("GET", PATH, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert answer.headers["x-amzn-RateLimit-Limit"] == "1000.0"


def test_a_token_of_yesterday_is_no_longer_good(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**6)
    page = next(client.search(createdAfter="2026-11-01T00:00:00Z"))
    client.sandbox.clock.move(timedelta(hours=24, seconds=1))
    answer = client.sp("GET", PATH, params={"paginationToken": page["pagination"]["nextToken"]})
    assert answer.status_code == 400
    assert "expired" in answer.json()["errors"][0]["message"]


def test_one_order_by_id_and_none_by_a_wrong_id(amazon: AmazonClient) -> None:
    order_id = texts(next(amazon.search(createdAfter="2026-11-01T00:00:00Z")), "orderId")[0]
    assert amazon.sp("GET", f"{PATH}/{order_id}").json()["order"]["orderId"] == order_id
    assert amazon.sp("GET", f"{PATH}/111-1111111-1111111").status_code == 404


def test_another_marketplace_is_not_authorised(amazon: AmazonClient) -> None:
    query = {"createdAfter": "2026-11-01T00:00:00Z", "marketplaceIds": "A1F83G8C2ARO7P"}
    assert amazon.sp("GET", PATH, params=query).status_code == 403
