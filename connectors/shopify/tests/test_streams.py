"""Stock, products, payouts and traffic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from shopify_fake import NOW, Shopify, answered, connection, refused

from kpiterm.plugins import AccessError, DataError, Row, Window
from kpiterm_shopify import disputes, inventory, pages, payments, products, traffic

if TYPE_CHECKING:
    from shopify_fake import Rows

    from kpiterm.plugins.testing import Host

WINDOW = Window(NOW - timedelta(hours=4), NOW)


def item(number: int, *levels: dict[str, Any], after: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/InventoryItem/{number}", "sku": f"SKU-{number}", "tracked": True,
        "variants": {"nodes": [{"id": f"gid://shopify/ProductVariant/{number}", "displayName": "Mug - blue"}]},
        "inventoryLevels": connection(levels, after), **more,
    }  # fmt: skip


def level(location: str, **quantities: int) -> dict[str, Any]:
    listed = [{"name": name, "quantity": count} for name, count in quantities.items()]
    return {"id": f"gid://shopify/InventoryLevel/{location}", "location": {"name": location}, "quantities": listed}


FULL = {"available": 7, "incoming": 20, "committed": 3, "reserved": 1, "safety_stock": 2, "damaged": 4,
        "quality_control": 1}  # fmt: skip


def stocked(host: Host, read: Callable[..., Rows], *items: dict[str, Any], **answers: Any) -> Rows:
    shop = Shopify({"Inventory": lambda _: answered({"inventoryItems": connection(items)}), **answers})
    return read(inventory.fetch(host.context(shop), WINDOW), inventory.STOCK)


def test_stock_by_location_with_what_is_incoming(host: Host, read: Callable[..., Rows]) -> None:
    here, there = stocked(host, read, item(1, level("Berlin", **FULL), level("Leeds", available=-2, incoming=0)))
    assert here == {
        "_payload": 1, "taken_at": NOW.replace(tzinfo=None), "sku": "SKU-1", "item_id": "1", "title": "Mug - blue",
        "location": "Berlin", "available": 7, "inbound": 20, "reserved": 6, "unfulfillable": 5,
    }  # fmt: skip
    assert (there["location"], there["available"], there["reserved"], there["unfulfillable"]) == (
        "Leeds",
        -2,
        None,
        None,
    )


def test_untracked_goods_have_no_stock_and_nameless_ones_their_variant(host: Host, read: Callable[..., Rows]) -> None:
    rows = stocked(
        host, read, item(1, level("A", available=0), tracked=False), item(2, level("A", available=5), sku="")
    )
    assert [(row["sku"], row["available"]) for row in rows] == [("variant-2", 5)]


def test_levels_beyond_a_page_join_their_item(host: Host, read: Callable[..., Rows]) -> None:
    more = {"L": connection([level("B", available=2)], "M"), "M": connection([level("C", available=3)])}
    rows = stocked(
        host, read, item(1, level("A", available=1), after="L"), item(2, level("A", available=9)),
        InventoryLevels=lambda v: answered({"inventoryItem": {"inventoryLevels": more[v["after"]]}}),
    )  # fmt: skip
    found = sorted((row["sku"], row["location"], row["available"]) for row in rows)
    assert found == [("SKU-1", "A", 1), ("SKU-1", "B", 2), ("SKU-1", "C", 3), ("SKU-2", "A", 9)]


def test_more_items_than_cursors_reach_are_read_on_by_id(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 250)
    shop = Shopify()

    def answer(variables: dict[str, Any]) -> Any:
        last = variables["search"] == "id:>=10"
        return answered({"inventoryItems": connection([item(10 if last else 9)], None if last else "C")})

    shop.answers["Inventory"] = answer
    assert len(list(inventory.fetch(host.context(shop), WINDOW))) == 2
    assert [(v["search"], v["after"]) for v in shop.asked("Inventory")] == [(None, None), ("id:>=10", None)]


def test_items_out_of_order_cannot_be_read_on_and_say_so(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 1)
    shop = Shopify({"Inventory": lambda _: answered({"inventoryItems": connection([item(9), item(8)], "C")})})
    with pytest.raises(DataError, match="does not list them by id"):
        list(inventory.fetch(host.context(shop), WINDOW))


def variant(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/ProductVariant/{number}", "sku": "MUG", "displayName": "Mug - blue", "price": "24.90",
        "createdAt": "2026-01-02T03:04:05Z",
        "product": {"id": "gid://shopify/Product/5", "status": "ACTIVE", "productType": "Kitchen"},
        "inventoryItem": {
            "updatedAt": "2026-03-01T04:30:00Z", "unitCost": {"amount": "8.1250", "currencyCode": "USD"}
        }, **more,
    }  # fmt: skip


def listed(host: Host, read: Callable[..., Rows], into: str, *variants: dict[str, Any]) -> Rows:
    data = {"shop": {"currencyCode": "CAD"}, "productVariants": connection(variants)}
    shop = Shopify({"Products": lambda _: answered(data)})
    return read(products.fetch(host.context(shop), WINDOW), products.PRODUCTS, into)


def test_a_variant_as_it_is_listed_in_the_shops_currency(host: Host, read: Callable[..., Rows]) -> None:
    draft = variant(78, sku=None, product={"id": "gid://shopify/Product/6", "status": "DRAFT", "productType": ""})
    first, second = listed(host, read, "listing", variant(77), draft)
    assert first == {
        "_payload": 1, "sku": "MUG", "item_id": "77", "title": "Mug - blue", "price": Decimal("24.90"),
        "currency": "CAD", "status": "active", "parent_id": "5", "category": "Kitchen",
        "listed_at": datetime.fromisoformat("2026-01-02T03:04:05"),
    }  # fmt: skip
    assert (second["sku"], second["status"], second["category"]) == ("variant-78", "inactive", None)


def test_a_cost_holds_from_the_shops_own_day_of_its_last_change(host: Host, read: Callable[..., Rows]) -> None:
    free = variant(78, inventoryItem={"updatedAt": "2026-03-01T04:30:00Z", "unitCost": None})
    (row,) = listed(host, read, "cost", variant(77), variant(77), free)
    assert (row["sku"], row["valid_from"], row["unit_cost"]) == ("MUG", date(2026, 2, 28), Decimal("8.1250"))


def booked(kind: str, amount: str, fee: str = "0.00", **more: Any) -> dict[str, Any]:
    return {
        "id": "gid://shopify/ShopifyPaymentsBalanceTransaction/1", "type": kind, "test": False,
        "transactionDate": "2026-11-19T10:00:00Z", "adjustmentReason": None,
        "amount": {"amount": amount, "currencyCode": "USD"}, "fee": {"amount": fee, "currencyCode": "USD"},
        "associatedOrder": {"id": "gid://shopify/Order/1001"},
        "associatedPayout": {"id": "gid://shopify/ShopifyPaymentsPayout/9", "status": "PAID"}, **more,
    }  # fmt: skip


def settled(host: Host, read: Callable[..., Rows], *found: dict[str, Any]) -> Rows:
    account = {"balanceTransactions": connection(found)}
    shop = Shopify({"Payments": lambda _: answered({"shopifyPaymentsAccount": account})})
    return read(payments.fetch(host.context(shop), WINDOW), payments.PAYMENTS)


def test_a_charge_and_its_fee_are_lines_of_their_own(host: Host, read: Callable[..., Rows]) -> None:
    charge, fee = settled(host, read, booked("CHARGE", "40.00", "1.46"))
    assert (charge["kind"], charge["detail"], charge["amount"]) == ("order", "charge", Decimal("40.00"))
    assert (fee["kind"], fee["detail"], fee["amount"]) == ("fee", "charge fee", Decimal("-1.46"))
    assert {(row["settlement_id"], row["order_id"], row["currency"]) for row in (charge, fee)} == {("9", "1001", "USD")}


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("REFUND", "refund"), ("REFUND_FAILURE", "refund"), ("DISPUTE_WITHDRAWAL", "dispute"),
        ("CHARGEBACK_FEE", "dispute"), ("CHARGEBACK_HOLD", "dispute"), ("STRIPE_FEE", "fee"),
        ("REFERRAL_FEE_TAX", "fee"), ("SHIPPING_LABEL", "fee"), ("TRANSFER", "transfer"), ("RESERVED_FUNDS", "reserve"),
        ("ADJUSTMENT", "adjustment"), ("SHOP_CASH_CREDIT", "adjustment"),
    ],
)  # fmt: skip
def test_kinds_of_balance_transactions(type_: str, kind: str, host: Host, read: Callable[..., Rows]) -> None:
    (row,) = settled(host, read, booked(type_, "-5.00", associatedOrder=None, adjustmentReason="because"))
    assert (row["kind"], row["detail"], row["order_id"]) == (kind, f"{type_.lower()} because", None)


def test_what_is_not_paid_out_yet_or_was_a_test_is_left_for_later(host: Host, read: Callable[..., Rows]) -> None:
    pending = booked("CHARGE", "1.00", associatedPayout={"id": None, "status": "PENDING"})
    assert settled(host, read, pending, booked("CHARGE", "1.00", test=True)) == []


def test_a_shop_without_shopify_payments_has_no_payouts(host: Host) -> None:
    shop = Shopify({"Payments": lambda _: answered({"shopifyPaymentsAccount": None})})
    assert list(payments.fetch(host.context(shop), WINDOW)) == []
    assert "does not use Shopify Payments" in host.logs[0]


def disputed(kind: str, moment: str) -> dict[str, Any]:
    return {"id": "gid://shopify/ShopifyPaymentsDispute/1", "type": kind, "initiatedAt": moment}


def test_disputes_are_counted_by_the_shops_own_day_and_kind_and_none_is_nought(host: Host) -> None:
    first = [disputed("CHARGEBACK", "2026-11-02T04:59:00Z"), disputed("INQUIRY", "2026-11-02T05:00:00Z")]
    pages_of = {None: connection(first, "P"), "P": connection([disputed("CHARGEBACK", "2026-11-01T12:00:00Z")])}
    shop = Shopify({"Disputes": lambda v: answered({"shopifyPaymentsAccount": {"disputes": pages_of[v["after"]]}})})
    rows = [item.values for item in disputes.fetch(host.context(shop), DAYS) if isinstance(item, Row)]
    assert {(row["day"], row["metric"]): row["numerator"] for row in rows} == {
        (date(2026, 11, 1), "chargebacks"): 2, (date(2026, 11, 1), "dispute_inquiries"): 0,
        (date(2026, 11, 2), "chargebacks"): 0, (date(2026, 11, 2), "dispute_inquiries"): 1,
    }  # fmt: skip
    assert {(row["period_start"], row["period_end"]) for row in rows} == {(row["day"], row["day"]) for row in rows}
    assert "initiated_at:>='2026-11-01T05:00:00Z'" in shop.asked("Disputes")[0]["search"]


def test_without_shopify_payments_disputes_are_unknown_and_not_nought(host: Host) -> None:
    shop = Shopify({"Disputes": lambda _: answered({"shopifyPaymentsAccount": None})})
    assert list(disputes.fetch(host.context(shop), DAYS)) == []
    assert "does not use Shopify Payments" in host.logs[0]


DAYS = Window(datetime.fromisoformat("2026-11-01T05:00:00Z"), datetime.fromisoformat("2026-11-03T05:00:00Z"))
NAMES = ["day", "sessions", "pageviews", "sessions_that_completed_checkout"]


def sessions(host: Host, rows: list[Any], **more: Any) -> list[dict[str, Any]]:
    table = {"columns": [{"name": name, "dataType": "INTEGER"} for name in NAMES], "rows": rows}
    result = {"parseErrors": [], "tableData": table, **more}
    shop = Shopify({"Analytics": lambda _: answered({"shopifyqlQuery": result})})
    items = traffic.fetch(host.context(shop), DAYS)
    found = [dict(item.values) for item in items if isinstance(item, Row)]
    (asked,) = shop.asked("Analytics")
    assert asked["question"].endswith("TIMESERIES day SINCE 2026-11-01 UNTIL 2026-11-02 ORDER BY day")
    return found


@pytest.mark.parametrize(
    "row",
    [
        ["2026-11-01", 120, 300, 6],
        ["2026-11-01T00:00:00-04:00", "120", "300", "6"],
        {"day": "2026-11-01", "sessions": "120", "pageviews": "300", "sessions_that_completed_checkout": "6"},
        {"sessions_that_completed_checkout": 6, "pageviews": 300.0, "sessions": 120, "day": "2026-11-01"},
    ],
)
def test_rows_of_shopifyql_come_as_lists_or_objects_numbers_or_text(row: Any, host: Host) -> None:
    assert sessions(host, [row]) == [
        {"day": date(2026, 11, 1), "level": "account", "sessions": 120, "page_views": 300, "order_items": 6}
    ]


def test_what_is_not_counted_is_unknown_and_not_nought(host: Host) -> None:
    (row,) = sessions(host, [["2026-11-01", None, "", 0]])
    assert (row["sessions"], row["page_views"], row["order_items"]) == (None, None, 0)


@pytest.mark.parametrize(
    "result", [{"parseErrors": ["Unknown column"]}, {"tableData": None}, {"parseErrors": ["x"], "tableData": None}]
)
def test_parse_errors_come_with_http_200_and_are_errors(result: dict[str, Any], host: Host) -> None:
    with pytest.raises(DataError, match="ShopifyQL"):
        sessions(host, [], **result)


def test_a_row_that_is_not_as_asked_for_is_an_error(host: Host) -> None:
    with pytest.raises(DataError, match="not as asked for"):
        sessions(host, [["yesterday", 1, 2, 3]])


def test_shopifyql_without_approval_names_what_is_wanted(host: Host) -> None:
    shop = Shopify({"Analytics": lambda _: refused("ACCESS_DENIED", requiredAccess="`read_reports` access scope.")})
    with pytest.raises(AccessError) as caught:
        list(traffic.fetch(host.context(shop), DAYS))
    assert "protected customer data" in caught.value.hint
