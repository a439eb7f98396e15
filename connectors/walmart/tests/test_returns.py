"""Returns and refunds: paired dates, both kinds of warehouse, and money that was really given back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import Payload

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

ORDERED_MS = 1795000000000
ORDERED = datetime.fromisoformat("2026-11-18T11:06:40")


def amount(value: object) -> dict[str, object]:
    return {"currencyAmount": value, "currencyUnit": "USD"}


def charge(value: object, tax: object = 0, **fields: object) -> dict[str, Any]:
    return {"chargePerUnit": amount(value), "tax": [{"taxName": "T", "taxPerUnit": amount(tax)}], **fields}


def returned(*charges: dict[str, Any], **fields: Any) -> dict[str, Any]:
    line = {
        "purchaseOrderId": "11",
        "purchaseOrderLineNumber": 1,
        "returnReason": "DAMAGED",
        "item": {"sku": "MAT-1", "condition": "New"},
        "charges": list(charges) or [charge(10, 0.8)],
        "quantity": {"measurementValue": 2},
        "refundedQty": 2,
        "refundCoveredBy": "seller",
        "status": "COMPLETED",
        "currentRefundStatus": "REFUND_COMPLETED",
        "currentTrackingStatuses": [
            {"statusTime": "2026-11-20T09:00:00.000Z", "currentRefundStatus": "REFUND_COMPLETED"},
            {"statusTime": "2026-11-20T08:00:00.000Z", "currentRefundStatus": "REFUND_COMPLETED"},
        ],
        **fields,
    }
    return {
        "returnOrderId": "r1",
        "customerName": {"firstName": "Ann", "lastName": "Buyer"},
        "returnOrderDate": "2026-11-19T07:00:00.000Z",
        "returnOrderLines": [line],
    }


def payloads(*returns: dict[str, Any], refunds_from: str = "returns", order: bool = True) -> list[Payload]:
    found = [
        Payload(
            body=json.dumps({"meta": {}, "returnOrders": returns}).encode(),
            format="json",
            request="GET /v3/returns",
            records=("returnOrders",),
            extra={"_refunds_from": refunds_from},
        )
    ]
    if order:
        body = json.dumps({"order": {"purchaseOrderId": "11", "orderDate": ORDERED_MS, "shippingInfo": {}}}).encode()
        found.append(Payload(body=body, format="json", request="GET /v3/orders/11", records=("order",)))
    return found


def vendor(cursor: str | None = None) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/orders/11":
            return httpx.Response(200, json={"order": {"purchaseOrderId": "11", "orderDate": ORDERED_MS}})
        if request.url.params.get("isWFSEnabled") == "Y":
            return httpx.Response(404)
        return httpx.Response(200, json={"meta": {"nextCursor": cursor}, "returnOrders": [returned()]})

    return answer


def test_asks_for_both_kinds_of_warehouse_with_paired_dates(host: Host) -> None:
    host.fetch("returns", vendor())
    asked = [r.url.params for r in host.asked("/v3/returns")]
    assert [p["isWFSEnabled"] for p in asked] == ["N", "Y"]
    assert {(p["returnLastModifiedStartDate"], p["returnLastModifiedEndDate"], p["limit"]) for p in asked} == {
        ("2026-11-19T18:00:00Z", "2026-11-20T18:00:00Z", "200")
    }


def test_a_repeated_cursor_ends_the_list(host: Host) -> None:
    items = host.fetch("returns", vendor("?sellerId=151&limit=200&offset=200"))
    assert len([i for i in items if "isWFSEnabled" in i.request]) == 2  # type: ignore[union-attr]
    assert host.asked("/v3/returns")[1].url.raw_path == b"/v3/returns?sellerId=151&limit=200&offset=200"


def test_the_order_is_looked_up_once_for_its_date(host: Host, read: Read) -> None:
    items = host.fetch("returns", vendor("?again=1"))
    assert len(host.asked("/v3/orders/11")) == 1
    rows = read("returns", items)["refund_line"]
    assert {row["ordered_at"] for row in rows} == {ORDERED}


def test_nothing_is_looked_up_where_orders_count_the_refunds(host: Host) -> None:
    host.fetch("returns", vendor(), settings={"client_id": "c", "refunds_from": "orders"})
    assert not host.asked("/v3/orders/11")


def test_an_order_beyond_180_days_leaves_its_date_open(host: Host, read: Read) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if "/orders/" in request.url.path else vendor()(request)

    (row,) = read("returns", host.fetch("returns", answer))["refund_line"]
    assert (row["ordered_at"], row["quantity"]) == (None, 2)


def test_a_refund(read: Read) -> None:
    (row,) = read("returns", payloads(returned(charge(10, 0.8), charge(2, 0, isDiscount=True))))["refund_line"]
    assert (row["order_id"], row["line_key"], row["sku"], row["reason"]) == ("11", "1", "MAT-1", "DAMAGED")
    assert (row["ordered_at"], row["refunded_at"]) == (ORDERED, datetime.fromisoformat("2026-11-20T08:00"))
    assert (row["quantity"], row["amount"], row["currency"]) == (2, Decimal("17.6"), "USD")
    assert row["fault"] == "seller"


@pytest.mark.parametrize(
    ("discount", "total"), [(charge(-2, isDiscount=True), 16), (charge(2, isDiscount=True), 16), (charge(3), 26)]
)
def test_a_discount_is_subtracted_whatever_its_sign(read: Read, discount: dict[str, Any], total: int) -> None:
    (row,) = read("returns", payloads(returned(charge(10), discount)))["refund_line"]
    assert row["amount"] == total


def test_charges_that_are_not_billed_are_not_refunded(read: Read) -> None:
    (row,) = read("returns", payloads(returned(charge(10), charge(5, isBillable=False))))["refund_line"]
    assert row["amount"] == 20


def test_a_return_that_is_not_refunded_yet_is_no_refund(read: Read) -> None:
    waiting = returned(refundedQty=0, currentRefundStatus="REFUND_INITIATED", status="INITIATED")
    rows = read("returns", payloads(waiting))
    assert rows["refund_line"] == []
    assert [r["quantity"] for r in rows["return_line"]] == [2]


def test_the_moment_of_a_refund_stays_when_more_units_follow(read: Read) -> None:
    first = [{"statusTime": "2026-11-20T08:00:00.000Z", "currentRefundStatus": "REFUND_COMPLETED"}]
    (before,) = read("returns", payloads(returned(refundedQty=1, currentTrackingStatuses=first)))["refund_line"]
    (after,) = read("returns", payloads(returned()))["refund_line"]
    assert before["refunded_at"] == after["refunded_at"]
    assert (before["amount"], after["amount"]) == (Decimal("10.8"), Decimal("21.6"))


@pytest.mark.parametrize(
    ("covered", "fault"),
    [("seller - keep it", "seller"), ("SELLER_AUTO_REFUND", "seller"), ("walmart - keep it", "marketplace"),
     ("customer", "buyer"), ("InstantRefund", None), (None, None)],
)  # fmt: skip
def test_who_covered_it(read: Read, covered: str | None, fault: str | None) -> None:
    (row,) = read("returns", payloads(returned(refundCoveredBy=covered)))["refund_line"]
    assert row["fault"] == fault


@pytest.mark.parametrize("kept", [{"isKeepIt": True}, {"returnExpectedFlag": False}])
def test_goods_that_the_buyer_keeps_do_not_come_back(read: Read, kept: dict[str, bool]) -> None:
    rows = read("returns", payloads(returned(**kept)))
    assert (len(rows["return_line"]), len(rows["refund_line"])) == (0, 1)


def test_a_return(read: Read) -> None:
    (row,) = read("returns", payloads(returned(), order=False))["return_line"]
    assert row == {
        "_payload": 1, "order_id": "11", "sku": "MAT-1", "returned_at": datetime.fromisoformat("2026-11-19T07:00"),
        "quantity": 2, "reason": "DAMAGED", "status": "COMPLETED",
    }  # fmt: skip


def test_walmarts_own_totals(read: Read, fixture: Callable[[str], Any]) -> None:
    """Two returns: 127.45 for one of three units, 29.06 for a refund without goods; as `totalRefundAmount` has them."""
    example = fixture("returns-management.getReturns.200")
    rows = read("returns", payloads(*example["returnOrders"], order=False))
    totals = [Decimal(str(r["totalRefundAmount"]["currencyAmount"])) for r in example["returnOrders"]]
    assert sorted(r["amount"] for r in rows["refund_line"]) == sorted(totals)
    assert [(r["sku"], r["quantity"]) for r in rows["return_line"]] == [("ANTL_GDL-0700", 3)]
    moments = sorted(r["refunded_at"].isoformat() for r in rows["refund_line"])
    assert moments == ["2023-06-22T02:20:51", "2024-08-22T11:27:56.829000"]
