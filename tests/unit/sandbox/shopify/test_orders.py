"""The order stream adds up to the shop's true totals, and holds every oddity that a connector must stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from kpiterm.sandbox.shopify import CANARIES, SCOPES

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

ORDERS = """query Q($after: String, $q: String) {
  shop { ianaTimezone }
  orders(first: 250, after: $after, query: $q) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id name test createdAt processedAt updatedAt closedAt cancelledAt sourceName taxesIncluded
      displayFinancialStatus displayFulfillmentStatus returnStatus presentmentCurrencyCode
      totalPriceSet { shopMoney { amount } presentmentMoney { amount currencyCode } }
      subtotalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } }
      totalShippingPriceSet { shopMoney { amount } } totalDiscountsSet { shopMoney { amount } }
      totalRefundedSet { shopMoney { amount } } currentTotalPriceSet { shopMoney { amount } }
      lineItems(first: 100) {
        nodes {
          id sku quantity currentQuantity isGiftCard variant { id } product { id }
          originalUnitPriceSet { shopMoney { amount } }
          before: discountedTotalSet { shopMoney { amount } }
          discountedTotalSet(withCodeDiscounts: true) { shopMoney { amount } }
        }
      }
      refunds {
        id processedAt totalRefundedSet { shopMoney { amount } }
        refundLineItems(first: 100) { nodes { quantity restockType subtotalSet { shopMoney { amount } } } }
      }
    }
  }
}"""
SHOP_ZONE = ZoneInfo("America/New_York")


def money(bag: dict[str, Any]) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"])


def day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(SHOP_ZONE).date()


@pytest.fixture(scope="module")
def orders(shop: ShopifyClient) -> list[dict[str, Any]]:
    return shop.all(ORDERS, "orders")


def months(client: ShopifyClient) -> Iterator[tuple[date, date]]:
    first = client.sandbox.shop.first_day
    for start in range(0, 100, 25):
        yield first + timedelta(days=start), first + timedelta(days=start + 24)


def test_sales_by_day_of_order_add_up_to_the_truth(shop: ShopifyClient, orders: list[dict[str, Any]]) -> None:
    for first, last in months(shop):
        truth = shop.front.gmv(first, last, at=shop.now)
        gmv, discounts, units = Decimal(0), Decimal(0), 0
        for order in orders:
            if order["test"] or order["cancelledAt"] or not first <= day(order["processedAt"]) <= last:
                continue
            for line in order["lineItems"]["nodes"]:
                if not line["isGiftCard"]:
                    gross = money(line["originalUnitPriceSet"]) * line["quantity"]
                    gmv += gross
                    discounts += gross - money(line["discountedTotalSet"])
                    units += line["quantity"]
        assert (gmv, discounts, units) == (Decimal(truth.gmv) / 100, Decimal(truth.discounts) / 100, truth.units)
        assert truth.gmv > 0


def test_refunds_by_day_of_refund_add_up_to_the_truth(shop: ShopifyClient, orders: list[dict[str, Any]]) -> None:
    for first, last in months(shop):
        truth = shop.front.refunds(first, last, at=shop.now)
        amount, units = Decimal(0), 0
        for order in orders:
            for refund in order["refunds"]:
                if not order["test"] and first <= day(refund["processedAt"]) <= last:
                    amount += money(refund["totalRefundedSet"])
                    units += sum(line["quantity"] for line in refund["refundLineItems"]["nodes"])
        assert (amount, units) == (Decimal(truth.amount) / 100, truth.units)


def test_an_orders_totals_agree_with_its_parts(orders: list[dict[str, Any]]) -> None:
    for order in orders:
        lines = order["lineItems"]["nodes"]
        subtotal = sum(money(line["discountedTotalSet"]) for line in lines)
        gross = sum(money(line["originalUnitPriceSet"]) * line["quantity"] for line in lines)
        assert money(order["subtotalPriceSet"]) == subtotal
        assert money(order["totalDiscountsSet"]) == gross - subtotal
        assert money(order["totalPriceSet"]) == (
            subtotal + money(order["totalTaxSet"]) + money(order["totalShippingPriceSet"])
        )
        refunded = sum(money(refund["totalRefundedSet"]) for refund in order["refunds"])
        assert money(order["totalRefundedSet"]) == refunded <= money(order["totalPriceSet"])
        taken = sum(line["quantity"] for refund in order["refunds"] for line in refund["refundLineItems"]["nodes"])
        assert sum(line["quantity"] - line["currentQuantity"] for line in lines) == taken


def test_the_shop_sells_about_a_seventh_of_what_amazon_does(shop: ShopifyClient) -> None:
    first, last = shop.sandbox.shop.first_day, shop.now.date()
    amazon = shop.sandbox.shop.sales(first, last, at=shop.now).orders
    assert 0.1 < shop.front.gmv(first, last, at=shop.now).orders / amazon < 0.2


def test_every_oddity_is_there(orders: list[dict[str, Any]]) -> None:
    lines = [line for order in orders for line in order["lineItems"]["nodes"]]
    sources = Counter(order["sourceName"] for order in orders)
    assert {"web", "pos", "shopify_draft_order", "iphone", "1424624641"} == set(sources)
    assert sources["web"] > len(orders) / 2
    assert any(order["test"] for order in orders)
    assert any(order["processedAt"] < order["createdAt"] for order in orders)
    assert any(line["isGiftCard"] and line["sku"] is None and line["variant"] for line in lines)
    assert any(line["variant"] is None and line["product"] is None for line in lines)
    assert any(line["sku"] is None and line["variant"] and not line["isGiftCard"] for line in lines)
    assert any(line["before"] != line["discountedTotalSet"] for line in lines)
    assert any(order["refunds"] and not order["refunds"][0]["refundLineItems"]["nodes"] for order in orders)
    assert {o["displayFinancialStatus"] for o in orders} >= {
        "PAID",
        "PENDING",
        "PARTIALLY_REFUNDED",
        "REFUNDED",
        "VOIDED",
    }
    abroad = [o for o in orders if o["presentmentCurrencyCode"] == "CAD"]
    assert abroad
    assert all(
        Decimal(o["totalPriceSet"]["presentmentMoney"]["amount"]) > money(o["totalPriceSet"])
        for o in abroad
        if money(o["totalPriceSet"])
    )


def test_refunds_come_on_later_days_than_their_orders(orders: list[dict[str, Any]]) -> None:
    later = [day(refund["processedAt"]) - day(order["processedAt"]) for order in orders for refund in order["refunds"]]
    assert min(later) >= timedelta(0)
    assert sum(wait > timedelta(days=3) for wait in later) > len(later) / 2


def test_an_unpaid_order_that_was_cancelled_has_a_refund_of_nothing(orders: list[dict[str, Any]]) -> None:
    voided = [order for order in orders if order["displayFinancialStatus"] == "VOIDED"]
    for order in voided:
        assert [money(refund["totalRefundedSet"]) for refund in order["refunds"]] == [0]
        assert {b["restockType"] for b in order["refunds"][0]["refundLineItems"]["nodes"]} == {"CANCEL"}
        assert money(order["currentTotalPriceSet"]) == 0


def test_time_moves_orders_on_and_marks_them_as_updated(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop()
    before = {order["id"]: order for order in client.all(ORDERS, "orders")}
    client.sandbox.clock.move(timedelta(days=2))
    changed = client.all(ORDERS, "orders", q="updated_at:>'2026-11-23T17:00:00Z'")
    assert {order["id"] for order in changed} - before.keys()
    unchanged = before.keys() - {order["id"] for order in changed}
    after = {order["id"]: order for order in client.all(ORDERS, "orders")}
    assert all(after[key] == before[key] for key in unchanged)


def test_without_read_all_orders_what_is_older_than_sixty_days_is_not_there(
    open_shop: Callable[..., ShopifyClient], shop: ShopifyClient, orders: list[dict[str, Any]]
) -> None:
    client = open_shop(scopes=tuple(scope for scope in SCOPES if scope != "read_all_orders"))
    since = "2026-09-24T17:00:00Z"
    seen = client.all(ORDERS, "orders")
    assert seen == [order for order in orders if order["createdAt"] >= since]
    assert len(seen) < len(orders)
    old = min(orders, key=lambda order: order["createdAt"])["id"]
    query = f'{{ order(id: "{old}") {{ id }} node(id: "{old}") {{ id }} ordersCount {{ count }} }}'
    assert client.data(query) == {"order": None, "node": None, "ordersCount": {"count": len(seen)}}
    bulk = client.bulk("{ orders { edges { node { id } } } }")
    assert {line["id"] for line in bulk} == {order["id"] for order in seen}
    assert shop.data(query)["order"] == {"id": old}


def test_personal_data_come_only_when_they_are_asked_for(shop: ShopifyClient) -> None:
    assert not any(canary in shop.post(ORDERS).text for canary in CANARIES)
    asked = shop.post("""{ orders(first: 250) { nodes {
      email phone note clientIp customer { displayName email defaultPhoneNumber { phoneNumber } }
      shippingAddress { name address1 phone }
    } } }""").text
    assert all(canary in asked for canary in CANARIES)


def test_orders_refunds_and_returns_are_found_by_their_ids(shop: ShopifyClient) -> None:
    query = """{ orders(first: 1, query: "return_status:returned") {
      nodes { id refunds { id } returns(first: 5) { nodes { id status refunds(first: 1) { nodes { id } } } } }
    } }"""
    found = shop.data(query)["orders"]["nodes"][0]
    refund, returned = found["refunds"][0]["id"], found["returns"]["nodes"][0]["id"]
    assert shop.data(f'{{ refund(id: "{refund}") {{ order {{ id }} }} }}')["refund"]["order"]["id"] == found["id"]
    assert shop.data(f'{{ return(id: "{returned}") {{ order {{ id }} }} }}')["return"]["order"]["id"] == found["id"]
    listed = shop.data(f'{{ nodes(ids: ["{returned}", "gid://shopify/Order/1", "x"]) {{ __typename id }} }}')["nodes"]
    assert listed == [{"__typename": "Return", "id": returned}, None, None]
    assert shop.data('{ order(id: "gid://shopify/Refund/1") { id } }') == {"order": None}
