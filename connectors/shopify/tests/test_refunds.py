"""Refunds and returns: found by a lean first pass, read line by line in a second one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from shopify_fake import NOW, Shopify, answered, connection, money, operation, refused

from kpiterm.plugins import AccessError, DataError, Payload, Row, Window
from kpiterm_shopify import refunds, returns

if TYPE_CHECKING:
    from kpiterm.plugins.testing import Host

HOUR = Window(NOW - timedelta(hours=1), NOW)
MONTHS = Window(NOW - timedelta(days=50), NOW)
ORDERED, REFUNDED = datetime(2026, 10, 30, 12, tzinfo=UTC), datetime(2026, 11, 20, 17, 10, tzinfo=UTC)
URL = "https://storage.googleapis.com/bulk/result.jsonl"


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def change(number: int, *, refunded: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "id": gid("Order", number), "updatedAt": "2026-11-20T17:30:00Z", "test": False, "returnStatus": "NO_RETURN",
        "refunds": [{"id": gid("Refund", number)}] if refunded else [], **more,
    }  # fmt: skip


def goods(number: int, *, sku: str | None = "MUG", gift: bool = False) -> dict[str, Any]:
    return {"id": gid("LineItem", number), "sku": sku, "isGiftCard": gift, "variant": {"id": gid("ProductVariant", 77)}}


def back(number: int, amount: str, **about: Any) -> dict[str, Any]:
    return {"quantity": 1, "subtotalSet": money(amount), "lineItem": goods(number, **about)}


def refund(total: str, *lines: dict[str, Any], after: str | None = None, number: int = 1) -> dict[str, Any]:
    return {
        "id": gid("Refund", number), "processedAt": "2026-11-20T17:10:00Z", "totalRefundedSet": money(total),
        "refundLineItems": connection(lines, after),
    }  # fmt: skip


def shop(*found: dict[str, Any], changes: list[dict[str, Any]] | None = None) -> Shopify:
    order = {"id": gid("Order", 1001), "processedAt": "2026-10-30T12:00:00Z", "currencyCode": "USD", "refunds": found}
    return Shopify(
        {
            "Changed": lambda _: answered({"orders": connection(changes or [change(1001)])}),
            "Refunds": lambda v: answered({"nodes": [order if i == order["id"] else None for i in v["ids"]]}),
        }
    )


def rows(host: Host, vendor: Shopify, window: Window = HOUR) -> list[dict[str, Any]]:
    items = refunds.STREAM.fetch(host.context(vendor), window)
    return [dict(item.values) for item in items if isinstance(item, Row)]


def test_a_refund_has_both_dates_and_adds_up_to_the_money_that_went_back(host: Host) -> None:
    found = rows(host, shop(refund("27.50", back(1, "20.00"), back(2, "5.00", sku=None))))
    common = {"order_id": "1001", "ordered_at": ORDERED, "refunded_at": REFUNDED, "currency": "USD"}
    assert found == [
        {**common, "line_key": "1", "sku": "MUG", "item_id": "77", "quantity": 1, "amount": Decimal("20.00")},
        {**common, "line_key": "2", "sku": "variant-77", "item_id": "77", "quantity": 1, "amount": Decimal("5.00")},
        {**common, "line_key": "adjustment", "amount": Decimal("2.50")},
    ]


def test_a_refund_that_keeps_something_back_has_a_negative_rest(host: Host) -> None:
    found = rows(host, shop(refund("15.00", back(1, "20.00"))))
    assert [row["amount"] for row in found] == [Decimal("20.00"), Decimal("-5.00")]


def test_restocking_without_money_is_no_refund(host: Host) -> None:
    """An unpaid order that is cancelled gets a refund of nothing, with all of its lines."""
    assert rows(host, shop(refund("0.00", back(1, "20.00")))) == []


def test_gift_cards_are_left_out_here_as_among_the_sales(host: Host) -> None:
    found = rows(host, shop(refund("70.00", back(1, "20.00"), back(2, "50.00", gift=True))))
    assert [(row["line_key"], row["amount"]) for row in found] == [("1", Decimal("20.00"))]


def test_lines_beyond_a_page_are_read_before_the_rest_is_reckoned(host: Host) -> None:
    vendor = shop(refund("30.00", back(1, "10.00"), after="R1"))
    further = {"R1": connection([back(2, "10.00")], "R2"), "R2": connection([back(3, "10.00")])}
    vendor.answers["RefundLines"] = lambda v: answered({"refund": {"refundLineItems": further[v["after"]]}})
    assert [row["line_key"] for row in rows(host, vendor)] == ["1", "2", "3"]


def test_only_real_orders_with_refunds_are_asked_for_in_batches_and_once(host: Host) -> None:
    changes = [change(n) for n in range(50)] + [change(90, refunded=False), change(91, test=True), change(3)]
    vendor = shop(changes=changes)
    rows(host, vendor)
    batches = [v["ids"] for v in vendor.asked("Refunds")]
    assert [len(batch) for batch in batches] == [20, 20, 10]
    assert [order for batch in batches for order in batch] == [gid("Order", n) for n in range(50)]


def in_bulk(vendor: Shopify, *lines: dict[str, Any]) -> Shopify:
    """`vendor` with a bulk operation that brings these lines."""
    vendor.documents[URL] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    operation = {"id": "gid://b/1", "status": "COMPLETED", "objectCount": str(len(lines)), "url": URL}
    run = {"bulkOperationRunQuery": {"bulkOperation": operation, "userErrors": []}}
    vendor.answers |= {"Run": lambda _: answered(run), "Poll": lambda _: answered({"bulkOperation": operation})}
    return vendor


def test_the_history_is_found_by_a_bulk_operation_without_connections_in_lists(host: Host) -> None:
    vendor = in_bulk(shop(refund("20.00", back(1, "20.00"))), change(1000), change(1001))
    assert len(rows(host, vendor, MONTHS)) == 1
    assert "refundLineItems" not in vendor.asked("Run")[0]["query"]
    assert [v["ids"] for v in vendor.asked("Refunds")] == [[gid("Order", 1000), gid("Order", 1001)]]


def test_a_bulk_line_that_is_not_as_asked_for_is_an_error(host: Host) -> None:
    vendor = in_bulk(shop(), {"updatedAt": "2026-11-20T17:30:00Z"})
    with pytest.raises(DataError, match="bulk operation"):
        rows(host, vendor, MONTHS)


def a_return(number: int, *lines: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    return {
        "id": gid("Return", number), "status": "OPEN", "createdAt": "2026-11-20T17:20:00Z",
        "returnLineItems": connection(lines, after),
    }  # fmt: skip


def sent_back(number: int) -> dict[str, Any]:
    return {
        "quantity": 2, "returnReasonDefinition": {"handle": "too-small"},
        "fulfillmentLineItem": {"lineItem": {"sku": f"SKU-{number}", "variant": {"id": gid("ProductVariant", number)}}},
    }  # fmt: skip


def returning(*pages: dict[str, Any]) -> Shopify:
    changes = [change(1001, returnStatus="IN_PROGRESS"), change(1002)]
    left = list(pages)
    return Shopify(
        {
            "Changed": lambda _: answered({"orders": connection(changes)}),
            "Returns": lambda _: answered({"order": {"returns": left.pop(0)}}),
        }
    )


def returned(host: Host, vendor: Shopify, window: Window = HOUR) -> list[dict[str, Any]]:
    items = returns.STREAM.fetch(host.context(vendor), window)
    return [dict(item.values) for item in items if isinstance(item, Row)]


def test_returns_line_by_line(host: Host) -> None:
    vendor = returning(connection([a_return(1, sent_back(1), {"quantity": 1})]))
    first, unverified = returned(host, vendor)
    assert first == {
        "order_id": "1001", "sku": "SKU-1", "item_id": "1", "quantity": 2, "reason": "too-small", "status": "open",
        "returned_at": datetime(2026, 11, 20, 17, 20, tzinfo=UTC),
    }  # fmt: skip
    assert (unverified["sku"], unverified["quantity"]) == (None, 1), "a return without an order line keeps its units"
    assert [v["id"] for v in vendor.asked("Returns")] == [gid("Order", 1001)]


def test_returns_and_their_lines_are_paged(host: Host) -> None:
    vendor = returning(
        connection([a_return(1, sent_back(1), after="L")], after="P"), connection([a_return(2, sent_back(3))])
    )
    vendor.answers["ReturnLines"] = lambda _: answered({"return": {"returnLineItems": connection([sent_back(2)])}})
    assert [row["sku"] for row in returned(host, vendor)] == ["SKU-1", "SKU-2", "SKU-3"]


def bulk_lines(order: int, *, test: bool = False) -> list[dict[str, Any]]:
    head = {"id": gid("Return", order), "status": "OPEN", "createdAt": "2026-11-20T17:20:00Z"}
    return [
        {"id": gid("Order", order), "test": test},
        {**head, "__parentId": gid("Order", order)},
        {**sent_back(1), "__parentId": gid("Return", order)},
        {"quantity": 1, "__parentId": gid("Return", order)},
    ]


def test_the_history_of_returns_is_one_bulk_operation_and_says_the_same(host: Host) -> None:
    paged = returned(host, returning(connection([a_return(1001, sent_back(1), {"quantity": 1})])))
    vendor = in_bulk(shop(), *bulk_lines(1001), {"id": gid("Order", 1002), "test": False}, *bulk_lines(9, test=True))
    assert returned(host, vendor, MONTHS) == paged
    assert [operation(r)[0] for r in vendor.requests if r.method == "POST"] == ["Run", "Poll"]


def test_parents_come_first_though_all_their_children_may_come_last(host: Host) -> None:
    orders = [bulk_lines(n) for n in (1, 2)]
    shuffled = [line for kind in range(4) for line in (orders[0][kind], orders[1][kind])]
    assert len(returned(host, in_bulk(shop(), *shuffled), MONTHS)) == 4


def test_a_line_of_a_return_that_is_not_there_is_an_error(host: Host) -> None:
    with pytest.raises(DataError, match="Return/1, which is not there"):
        returned(host, in_bulk(shop(), bulk_lines(1)[2]), MONTHS)


def test_the_scope_of_returns_is_named(host: Host) -> None:
    vendor = returning()
    vendor.answers["Returns"] = lambda _: refused("ACCESS_DENIED", requiredAccess="`read_returns` access scope")
    with pytest.raises(AccessError) as caught:
        returned(host, vendor)
    assert "read_returns" in caught.value.hint


@pytest.mark.parametrize("stream", [refunds.STREAM, returns.STREAM], ids=lambda stream: stream.name)
def test_rows_follow_the_payload_that_they_were_read_from(stream: Any, host: Host) -> None:
    vendor = shop(refund("5.00", back(1, "5.00")), changes=[change(1001, returnStatus="RETURNED")])
    vendor.answers["Returns"] = lambda _: answered({"order": {"returns": connection([a_return(1, sent_back(1))])}})
    assert [type(item) for item in stream.fetch(host.context(vendor), HOUR)] == [Payload, Row]
