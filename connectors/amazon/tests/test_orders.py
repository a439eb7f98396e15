"""Order lines: what is asked of Amazon, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import Payload, Window
from kpiterm_amazon import orders
from kpiterm_amazon.orders import RECENT_ORDERS

if TYPE_CHECKING:
    from conftest import Host, Rows

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(hours=2), NOW - orders.NOT_YET)
DOCUMENT = "https://tortuga-prod-na.s3-external-1.amazonaws.com/D1"


def money(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def order(number: int = 1, *items: dict[str, Any], status: str = "SHIPPED", **fields: object) -> dict[str, Any]:
    return {
        "orderId": f"113-{number}",
        "createdTime": "2026-11-20T07:30:00Z",
        "lastUpdatedTime": "2026-11-20T16:00:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceName": "Amazon.com"},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": "AMAZON"},
        "orderItems": list(items) or [item()],
        **fields,
    }


def item(breakdowns: list[dict[str, Any]] | None = None, **fields: object) -> dict[str, Any]:
    proceeds = {} if breakdowns is None else {"proceeds": {"breakdowns": breakdowns}}
    product = {"asin": "B000000001", "title": "Mat", "sellerSku": "MAT-1"}
    return {"orderItemId": "7001", "quantityOrdered": 2, "product": product, **proceeds, **fields}


def page(*found: dict[str, Any]) -> Payload:
    return Payload(
        body=json.dumps({"orders": found}).encode(), format="json", request="GET orders", records=("orders",)
    )


class Pages:
    """searchOrders with so many pages of one order."""

    def __init__(self, pages: int) -> None:
        self.pages = pages

    def __call__(self, request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("paginationToken", "token-1").removeprefix("token-"))
        token = {"nextToken": f"token-{number + 1}"} if number < self.pages else {}
        return httpx.Response(200, json={"orders": [order(number)], "pagination": token})


def test_pages_are_followed_to_the_end(host: Host, read: Callable[..., Rows]) -> None:
    payloads = list(orders.fetch_recent(host.context(Pages(3)), WINDOW))
    assert {row["order_id"] for row in read(RECENT_ORDERS, payloads)} == {"113-1", "113-2", "113-3"}
    first, second, _ = (request.url.params for request in host.requests)
    assert dict(first) == {
        "lastUpdatedAfter": "2026-11-20T16:00:00Z",
        "lastUpdatedBefore": "2026-11-20T17:57:00Z",
        "marketplaceIds": "ATVPDKIKX0DER",
        "includedData": "PROCEEDS,PROMOTION,FULFILLMENT,CANCELLATION",
        "maxResultsPerPage": "100",
    }
    assert dict(second) == {**first, "paginationToken": "token-2"}


def test_the_burst_of_search_orders_is_not_exceeded(host: Host) -> None:
    assert len(list(orders.fetch_recent(host.context(Pages(50)), WINDOW))) == orders.MOST_PAGES
    assert sum(host.slept) < 60, "twenty pages pass without waiting for quota"
    assert "stream orders reads the rest" in host.logs[-1]


def test_the_last_two_minutes_are_not_asked_for(host: Host) -> None:
    ctx = host.context(Pages(1))
    assert list(orders.fetch_recent(ctx, Window(NOW - timedelta(minutes=2), NOW))) == []
    (payload,) = orders.fetch_recent(ctx, Window(NOW - timedelta(hours=1), NOW + timedelta(hours=1)))
    assert "2026-11-20T17:57:00Z" in payload.request


def test_a_line_carries_the_whole_lines_money(read: Callable[..., Rows]) -> None:
    breakdowns = [
        {"type": "ITEM", "subtotal": money("39.98")},
        {"type": "SHIPPING", "subtotal": money("5.99")},
        {
            "type": "TAX",
            "subtotal": money("3.70"),
            "detailedBreakdowns": [
                {"subtype": "ITEM", "value": money("3.10")},
                {"subtype": "SHIPPING", "value": money("0.50")},
                {"subtype": "GIFT_WRAP", "value": money("0.10")},
            ],
        },
        {
            "type": "DISCOUNT",
            "subtotal": money("-9.99"),
            "detailedBreakdowns": [
                {"subtype": "ITEM", "value": money("-4.00")},
                {"subtype": "SHIPPING", "value": money("-5.99")},
            ],
        },
    ]
    (row,) = read(RECENT_ORDERS, [page(order(1, item(breakdowns)))])
    assert row == {
        "_payload": 1,
        "channel": "amazon.com",
        "order_id": "113-1",
        "line_key": "7001",
        "ordered_at": datetime(2026, 11, 20, 7, 30),  # noqa: DTZ001 -- the store holds naive UTC
        "updated_at": datetime(2026, 11, 20, 16, 0),  # noqa: DTZ001
        "business_day": date(2026, 11, 19),
        "status": "shipped",
        "sku": "MAT-1",
        "item_id": "B000000001",
        "title": "Mat",
        "quantity": 2,
        "item_price": Decimal("39.98"),
        "discount": Decimal("4.00"),
        "shipping": Decimal("0.00"),
        "tax": Decimal("3.60"),
        "currency": "USD",
        "fulfilment": "marketplace",
    }


def test_totals_stand_where_amazon_gives_no_details(read: Callable[..., Rows]) -> None:
    breakdowns = [
        {"type": "ITEM", "subtotal": money("20.00")},
        {"type": "TAX", "subtotal": money("1.60")},
        {"type": "DISCOUNT", "subtotal": money("2.00")},
    ]
    (row,) = read(RECENT_ORDERS, [page(order(1, item(breakdowns)))])
    assert (row["tax"], row["discount"], row["shipping"]) == (Decimal("1.60"), Decimal("2.00"), None)


def test_money_of_a_pending_order_is_unknown_not_zero(read: Callable[..., Rows]) -> None:
    (row,) = read(RECENT_ORDERS, [page(order(1, item(), status="PENDING"))])
    assert row["status"] == "pending"
    assert [row[name] for name in ("item_price", "discount", "shipping", "tax", "currency")] == [None] * 5


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        ("PENDING_AVAILABILITY", {}, "pending"),
        ("UNSHIPPED", {}, "open"),
        ("PARTIALLY_SHIPPED", {"fulfillment": {"quantityFulfilled": 1, "quantityUnfulfilled": 1}}, "open"),
        ("PARTIALLY_SHIPPED", {"fulfillment": {"quantityFulfilled": 2, "quantityUnfulfilled": 0}}, "shipped"),
        ("SHIPPED", {}, "shipped"),
        ("CANCELLED", {}, "cancelled"),
        ("UNFULFILLABLE", {}, "cancelled"),
        ("SHIPPED", {"cancellation": {"cancellationExecution": {"cancelledBy": "BUYER"}}}, "cancelled"),
        ("UNSHIPPED", {"cancellation": {"cancellationRequest": {"requester": "BUYER"}}}, "open"),
    ],
)
def test_status(read: Callable[..., Rows], status: str, fields: dict[str, Any], expected: str) -> None:
    (row,) = read(RECENT_ORDERS, [page(order(1, item(**fields), status=status))])
    assert row["status"] == expected


def test_an_order_from_elsewhere_keeps_its_channel(read: Callable[..., Rows]) -> None:
    channels = [
        {"channelName": "NON_AMAZON", "marketplaceName": "Non-Amazon US"},
        {"channelName": "AMAZON"},
    ]
    rows = read(RECENT_ORDERS, [page(*(order(n, salesChannel=c) for n, c in enumerate(channels)))])
    assert [row["channel"] for row in rows] == ["non-amazon", "amazon.com"]


def test_amazons_own_example_over_http(host: Host, static_sandbox: str, read: Callable[..., Rows]) -> None:
    params = {
        "createdAfter": "2024-12-25T00:00:00Z",
        "marketplaceIds": "A1VC38T7YXB528",
        "includedData": "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES",
    }
    ctx = host.context(sandbox=static_sandbox)
    response = ctx.http.get(f"https://sellingpartnerapi-na.amazon.com{orders.SEARCH}", params=params)
    payload = Payload(body=response.content, format="json", request="example", records=("orders",))
    rows = read(RECENT_ORDERS, [payload])
    expected = [
        (o["orderId"], i["orderItemId"], i["quantityOrdered"], Decimal(b["subtotal"]["amount"]), "amazon.co.jp")
        for o in json.loads(response.content)["orders"]
        for i in o["orderItems"]
        for b in i["proceeds"]["breakdowns"]
    ]
    got = [(r["order_id"], r["line_key"], r["quantity"], r["item_price"], r["channel"]) for r in rows]
    assert got == expected
    assert len(got) == 2


class ReportServer:
    """createReport, getReport and the document of All-Orders: always done at once."""

    def __init__(self, body: bytes, charset: str) -> None:
        self.body, self.charset = body, charset

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == httpx.URL(DOCUMENT).host:
            headers = {"Content-Type": f"text/plain;charset={self.charset}"}
            return httpx.Response(200, content=self.body, headers=headers)
        if request.method == "POST":
            return httpx.Response(202, json={"reportId": "R1"})
        if "/documents/" in request.url.path:
            return httpx.Response(200, json={"url": DOCUMENT})
        return httpx.Response(200, json={"processingStatus": "DONE", "reportDocumentId": "D1"})


def test_the_report_is_handed_on_with_its_encoding(host: Host) -> None:
    body = "amazon-order-id\tproduct-name\n113-1\tFußmatte\n".encode("cp1252")
    ctx = host.context(ReportServer(body, "Cp1252"))
    (payload,) = orders.fetch_report(ctx, WINDOW)
    assert isinstance(payload.body, Path)
    assert (payload.format, payload.body.read_text(payload.encoding)) == ("tsv", body.decode("cp1252"))


def test_a_run_after_a_crash_reads_the_old_report_and_asks_only_for_the_rest(host: Host) -> None:
    ctx = host.context(ReportServer(b"amazon-order-id\n", "utf-8"))
    _abandon(orders.fetch_report(ctx, WINDOW))
    later = Window(WINDOW.start, WINDOW.end + timedelta(hours=1))
    payloads = list(orders.fetch_report(ctx, later))
    spans = [json.loads(request.content)["dataStartTime"] for request in host.asked("POST", "/reports")]
    assert spans == ["2026-11-20T16:00:00Z", "2026-11-20T17:57:00Z"]
    assert [p.request.partition(" ")[2] for p in payloads] == [
        "2026-11-20T16:00:00Z..2026-11-20T17:57:00Z",
        "2026-11-20T17:57:00Z..2026-11-20T18:57:00Z",
    ]


def _abandon(payloads: Iterator[Payload]) -> None:
    next(payloads)
    del payloads
