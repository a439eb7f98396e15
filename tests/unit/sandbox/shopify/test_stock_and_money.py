"""Inventory, products, payouts and ShopifyQL against the shop's true totals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

NAMES = ["available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock", "quality_control"]
ITEMS = """query Q($names: [String!]!, $inactive: Boolean) {
  inventoryItems(first: 250) {
    nodes {
      id sku tracked unitCost { amount } variant { id }
      inventoryLevels(first: 10, includeInactive: $inactive) {
        nodes { id isActive location { id name } quantities(names: $names) { name quantity updatedAt } }
      }
    }
  }
}"""


def test_levels_at_both_locations_are_the_shops_own(shop: ShopifyClient) -> None:
    items = shop.data(ITEMS, names=NAMES, inactive=True)["inventoryItems"]["nodes"]
    seen = {
        (item["id"], level["location"]["name"]): {q["name"]: q["quantity"] for q in level["quantities"]}
        for item in items
        for level in item["inventoryLevels"]["nodes"]
    }
    truth = shop.front.stock(at=shop.now)
    assert len(seen) == len(truth) == 80
    for (_, place), found in seen.items():
        assert found["on_hand"] == sum(n for name, n in found.items() if name not in {"on_hand", "incoming"})
        assert place in {"Warehouse Secaucus", "Showroom Brooklyn"}
    for name in NAMES:
        assert sum(found[name] for found in seen.values()) == sum(getattr(level, name) for level in truth)
    assert sum(level.incoming for level in truth) > 0
    assert min(found["available"] for found in seen.values()) < 0


def test_inactive_levels_are_left_out_unless_asked_for(shop: ShopifyClient) -> None:
    active = shop.data(ITEMS, names=[])["inventoryItems"]["nodes"]
    levels = [level for item in active for level in item["inventoryLevels"]["nodes"]]
    assert all(level["isActive"] for level in levels)
    assert len(levels) < 80


def test_items_have_costs_skus_and_tracking_with_gaps(shop: ShopifyClient) -> None:
    items = shop.data(ITEMS, names=["available"])["inventoryItems"]["nodes"]
    assert len(items) == 41
    assert 0 < sum(item["sku"] is None for item in items) < 10
    assert 0 < sum(item["unitCost"] is None for item in items) < 10
    assert 0 < sum(not item["tracked"] for item in items) < 5
    by_sku = shop.data('{ inventoryItems(first: 5, query: "sku:0084721") { nodes { sku } } }')
    assert by_sku["inventoryItems"]["nodes"] == [{"sku": "0084721"}]


def test_orders_draw_on_the_stock(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop()
    before = {(v.product.sku, v.location): v for v in client.front.stock(at=client.now)}
    after = {(v.product.sku, v.location): v for v in client.front.stock(at=client.now + timedelta(days=2))}
    assert any(after[key].available < before[key].available for key in before)


def test_products_hold_every_variant_once(shop: ShopifyClient) -> None:
    products = shop.data("""{ products(first: 250) { nodes {
      isGiftCard variantsCount { count } variants(first: 50) { nodes { id product { id } } }
    } } }""")["products"]["nodes"]
    variants = [variant["id"] for product in products for variant in product["variants"]["nodes"]]
    assert len(set(variants)) == len(variants) == 41
    assert sum(product["isGiftCard"] for product in products) == 1
    assert all(product["variantsCount"]["count"] == len(product["variants"]["nodes"]) for product in products)


def test_payouts_are_the_sums_of_their_transactions(shop: ShopifyClient) -> None:
    payouts = shop.data("""{ shopifyPaymentsAccount { payouts(first: 250) {
      nodes { id issuedAt status net { amount } gross { amount } }
    } } }""")["shopifyPaymentsAccount"]["payouts"]["nodes"]
    query = """query Q($after: String) { shopifyPaymentsAccount { balance { amount }
      balanceTransactions(first: 250, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { type amount { amount } fee { amount } net { amount } associatedPayout { id status } }
      } } }"""
    entries: list[dict[str, Any]] = []
    after, more, balance = None, True, Decimal(0)
    while more:
        account = shop.data(query, after=after)["shopifyPaymentsAccount"]
        page = account["balanceTransactions"]
        entries += page["nodes"]
        balance = Decimal(account["balance"][0]["amount"])
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    sums: dict[str | None, Decimal] = {}
    for entry in entries:
        net = Decimal(entry["net"]["amount"])
        assert net == Decimal(entry["amount"]["amount"]) - Decimal(entry["fee"]["amount"])
        key = entry["associatedPayout"]["id"]
        sums[key] = sums.get(key, Decimal(0)) + net
    assert sums.pop(None, Decimal(0)) == balance
    assert sums == {payout["id"]: Decimal(payout["net"]["amount"]) for payout in payouts}
    assert {entry["type"] for entry in entries} >= {"CHARGE", "REFUND", "DISPUTE_WITHDRAWAL"}
    assert {payout["status"] for payout in payouts} <= {"PAID", "SCHEDULED"}


def test_disputes_name_their_orders(shop: ShopifyClient) -> None:
    found = shop.data("{ disputes(first: 50) { nodes { id status order { id disputes { status } } } } }")
    disputes = found["disputes"]["nodes"]
    assert disputes
    assert all(d["order"]["disputes"] == [{"status": d["status"]}] for d in disputes)


def ql(shop: ShopifyClient, text: str) -> dict[str, Any]:
    query = """query Q($q: String!) {
      shopifyqlQuery(query: $q) { parseErrors tableData { columns { name dataType } rows } }
    }"""
    found: dict[str, Any] = shop.data(query, q=text)["shopifyqlQuery"]
    return found


def test_sessions_by_day_are_the_shops_own(shop: ShopifyClient) -> None:
    text = (
        "FROM sessions SHOW sessions, sessions_that_completed_checkout, conversion_rate "
        "TIMESERIES day SINCE -9d UNTIL yesterday"
    )
    table = ql(shop, text)["tableData"]
    assert [(c["name"], c["dataType"]) for c in table["columns"]] == [
        ("day", "DAY_TIMESTAMP"),
        ("sessions", "INTEGER"),
        ("sessions_that_completed_checkout", "INTEGER"),
        ("conversion_rate", "PERCENT"),
    ]
    assert [row["day"] for row in table["rows"]] == [f"2026-11-{day}" for day in range(14, 23)]
    for row in table["rows"]:
        truth = shop.front.sessions(shop.now.date().replace(day=int(row["day"][-2:])), at=shop.now)
        assert row["sessions"] == str(truth.sessions)
        assert row["sessions_that_completed_checkout"] == str(truth.completed_checkout)
        assert float(row["conversion_rate"]) == pytest.approx(truth.completed_checkout / truth.sessions)
        assert truth.completed_checkout <= truth.reached_checkout <= truth.cart_additions <= truth.sessions


def test_sales_agree_with_orders_and_refunds(shop: ShopifyClient) -> None:
    first, last = shop.sandbox.shop.first_day, shop.now.date()
    columns = "orders, gross_sales, discounts, returns, net_sales, shipping_charges, taxes, total_sales"
    daily = ql(shop, f"FROM sales SHOW {columns} TIMESERIES day SINCE {first} UNTIL {last}")["tableData"]["rows"]
    total = ql(shop, f"FROM sales SHOW {columns} SINCE {first} UNTIL {last}")["tableData"]["rows"]
    assert len(daily) == 100
    for name in columns.split(", "):
        assert sum(Decimal(row[name]) for row in daily) == Decimal(total[0][name])
    sums = {name: Decimal(text) for name, text in total[0].items()}
    assert sums["net_sales"] == sums["gross_sales"] + sums["discounts"] + sums["returns"]
    assert sums["total_sales"] == sums["net_sales"] + sums["shipping_charges"] + sums["taxes"]
    gmv = Decimal(shop.front.gmv(first, last, at=shop.now).gmv) / 100
    assert sums["gross_sales"] >= gmv  # sales keeps cancelled orders and takes them back as returns
    assert sums["discounts"] < 0
    assert sums["returns"] < 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SHOW sessions",
        "FROM visits SHOW sessions",
        "FROM sessions SHOW colour",
        "FROM sessions SHOW sessions SINCE lately",
        "FROM sessions SHOW sessions ORDER BY day DESC LIMIT x",
        "FROM sessions SHOW sessions TIMESERIES fortnight",
    ],
)
def test_a_query_that_cannot_be_parsed_says_so_at_200(shop: ShopifyClient, text: str) -> None:
    found = ql(shop, text)
    assert found["tableData"] is None
    assert found["parseErrors"]


def test_rows_may_come_as_lists_and_days_without_data_only_in_a_series(
    open_shop: Callable[..., ShopifyClient],
) -> None:
    client = open_shop(rows="lists", days=3)
    series = ql(client, "FROM sessions SHOW sessions TIMESERIES day SINCE -4d UNTIL today")["tableData"]["rows"]
    grouped = ql(client, "FROM sessions SHOW sessions GROUP BY day SINCE -4d UNTIL today ORDER BY day DESC")
    assert [row[0] for row in series] == [f"2026-11-{day}" for day in range(19, 24)]
    assert series[0][1] == "0"
    assert grouped["tableData"]["rows"] == series[:1:-1]
