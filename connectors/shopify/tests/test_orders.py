"""Orders from pages and from bulk operations: the same lines either way, each order whole and once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from shopify_fake import NOW, Shopify, answered, connection, money, refused

from kpiterm.plugins import AccessError, DataError, Note, Stream, Window
from kpiterm_shopify import orders, pages, refunds, returns
from kpiterm_shopify.orders import ORDERS, fetch

if TYPE_CHECKING:
    from shopify_fake import Rows

    from kpiterm.plugins.testing import Host

HOUR = Window(NOW - timedelta(hours=1), NOW)
MONTHS = Window(NOW - timedelta(days=55), NOW)
URL = "https://storage.googleapis.com/bulk/result.jsonl?sig=1"


def line(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": "MUG",
        "name": "Mug - blue",
        "quantity": 2,
        "currentQuantity": 2,
        "unfulfilledQuantity": 2,
        "isGiftCard": False,
        "originalTotalSet": money("40.00"),
        "discountAllocations": [{"allocatedAmountSet": money("3.00")}, {"allocatedAmountSet": money("1.00")}],
        "taxLines": [{"priceSet": money("2.50")}],
        "variant": {"id": "gid://shopify/ProductVariant/77"},
        **more,
    }


def order(number: int = 1001, *, lines: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Order/{number}",
        "test": False,
        "processedAt": "2026-11-20T03:30:00Z",
        "updatedAt": "2026-11-20T17:30:00Z",
        "cancelledAt": None,
        "currencyCode": "USD",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "totalShippingPriceSet": money("5.00"),
        "totalTaxSet": money("2.90"),
        "lineItems": connection(lines if lines is not None else [line()]),
        **more,
    }


def paged(*found: dict[str, Any]) -> Shopify:
    return Shopify({"Orders": lambda _: answered({"orders": connection(found)})})


def in_bulk(*found: dict[str, Any], count: int | None = None, scopes: tuple[str, ...] = ()) -> Shopify:
    """The orders as a bulk operation writes them: a line of text for each order and each of its lines."""
    flat = []
    for each in found:
        flat.append({key: value for key, value in each.items() if key != "lineItems"})
        flat += [{**child, "__parentId": each["id"]} for child in each["lineItems"]["nodes"]]
    body = b"".join(json.dumps(entry).encode() + b"\n" for entry in flat)
    operation = {"id": "gid://shopify/BulkOperation/9", "status": "COMPLETED", "errorCode": None, "url": URL,
                 "objectCount": str(len(flat) if count is None else count), "partialDataUrl": None}  # fmt: skip
    started = {"bulkOperation": {**operation, "status": "CREATED"}, "userErrors": []}
    handles = {"accessScopes": [{"handle": handle} for handle in scopes]}
    return Shopify(
        {
            "Run": lambda _: answered({"bulkOperationRunQuery": started}),
            "Poll": lambda _: answered({"bulkOperation": operation}),
            "Scopes": lambda _: answered({"currentAppInstallation": handles}),
        },
        {URL: body},
    )


def test_a_line_carries_its_own_money_and_the_first_one_what_is_the_orders(
    host: Host, read: Callable[..., Rows]
) -> None:
    found = order(
        lines=[line(2), line(3, sku="CUP", originalTotalSet=money("10.00"), discountAllocations=[], taxLines=[])]
    )
    first, second = read(fetch(host.context(paged(found)), HOUR), ORDERS)
    assert first == {
        "_payload": 1, "order_id": "1001", "line_key": "2", "ordered_at": naive("2026-11-20T03:30"),
        "updated_at": naive("2026-11-20T17:30"), "business_day": date(2026, 11, 19), "status": "open", "sku": "MUG",
        "item_id": "77", "title": "Mug - blue", "quantity": 2, "item_price": Decimal(40), "discount": Decimal(4),
        "shipping": Decimal(5), "tax": Decimal("2.90"), "currency": "USD", "fulfilment": "merchant",
    }  # fmt: skip
    assert (second["sku"], second["item_price"], second["discount"]) == ("CUP", Decimal(10), 0)
    assert (second["shipping"], second["tax"]) == (0, 0)


def test_bulk_and_pages_tell_the_same(host: Host, read: Callable[..., Rows]) -> None:
    gift = line(5, isGiftCard=True, originalTotalSet=money("50"))
    found = [order(1001, lines=[line(1), line(2)]), order(1002, lines=[gift, line(6)]), order(1003, test=True)]
    pages_ = read(fetch(host.context(paged(*found)), HOUR), ORDERS)
    bulk_ = read(fetch(host.context(in_bulk(*found)), MONTHS), ORDERS)
    assert keyed(pages_) == keyed(bulk_)
    assert sorted(keyed(pages_)) == [("1001", "1"), ("1001", "2"), ("1002", "6")]
    assert keyed(pages_)["1002", "6"]["shipping"] == 5, "the first line that is kept carries the order's shipping"


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def keyed(rows: Rows) -> dict[tuple[str, str], dict[str, Any]]:
    assert len({(row["order_id"], row["line_key"]) for row in rows}) == len(rows)
    return {(row["order_id"], row["line_key"]): {**row, "_payload": 0} for row in rows}


@pytest.mark.parametrize(
    ("order_says", "line_says", "status"),
    [
        ({"displayFinancialStatus": "PENDING"}, {}, "pending"),
        ({"displayFinancialStatus": "PENDING", "displayFulfillmentStatus": "FULFILLED"}, {}, "shipped"),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, {"unfulfilledQuantity": 0}, "shipped"),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, {}, "open"),
        ({"cancelledAt": "2026-11-20T12:00:00Z", "displayFulfillmentStatus": "FULFILLED"}, {}, "cancelled"),
        ({"displayFinancialStatus": "REFUNDED"}, {}, "open"),
    ],
)
def test_status(
    order_says: dict[str, Any], line_says: dict[str, Any], status: str, host: Host, read: Callable[..., Rows]
) -> None:
    found = order(lines=[line(**line_says)], **order_says)
    (row,) = read(fetch(host.context(paged(found)), HOUR), ORDERS)
    assert row["status"] == status


def test_test_orders_and_gift_cards_are_left_out(host: Host, read: Callable[..., Rows]) -> None:
    found = [order(1, test=True), order(2, lines=[line(isGiftCard=True)])]
    assert read(fetch(host.context(paged(*found)), HOUR), ORDERS) == []


@pytest.mark.parametrize(
    ("sku", "variant", "key"),
    [(None, "77", "variant-77"), ("", "77", "variant-77"), (" MUG ", "77", "MUG"), (None, None, None)],
)
def test_the_variant_stands_in_for_a_missing_sku(
    sku: str | None, variant: str | None, key: str | None, host: Host, read: Callable[..., Rows]
) -> None:
    goods = {"id": f"gid://shopify/ProductVariant/{variant}"} if variant else None
    (row,) = read(fetch(host.context(paged(order(lines=[line(sku=sku, variant=goods)]))), HOUR), ORDERS)
    assert (row["sku"], row["item_id"]) == (key, variant)


def test_money_is_the_shops_in_the_orders_own_currency(host: Host, read: Callable[..., Rows]) -> None:
    found = order(currencyCode="CAD", lines=[line(originalTotalSet=money("12.3456", "CAD"))])
    (row,) = read(fetch(host.context(paged(found)), HOUR), ORDERS)
    assert (row["item_price"], row["currency"]) == (Decimal("12.3456"), "CAD")


def test_lines_beyond_a_page_join_their_order(host: Host, read: Callable[..., Rows]) -> None:
    first = order(1001)
    first["lineItems"] = connection([line(1)], after="L1")
    shop = paged(first)
    further = {"L1": connection([line(2)], after="L2"), "L2": connection([line(3)])}
    shop.answers["OrderLines"] = lambda v: answered({"order": {"lineItems": further[v["after"]]}})
    rows = read(fetch(host.context(shop), HOUR), ORDERS)
    assert [row["line_key"] for row in rows] == ["1", "2", "3"]
    assert sum(row["tax"] for row in rows) == Decimal("2.90")
    assert [v["id"] for v in shop.asked("OrderLines")] == [first["id"]] * 2


def test_an_order_that_two_pages_hold_keeps_its_further_lines_once(host: Host, read: Callable[..., Rows]) -> None:
    """It changed while the pages were read. The host keeps the later of the two; neither may be doubled."""
    early, late = order(1001), order(1001, updatedAt="2026-11-20T17:59:00Z")
    for each in (early, late):
        each["lineItems"] = connection([line(1)], after="L1")
    answers = {None: connection([early], after="P1"), "P1": connection([late])}
    shop = Shopify({"Orders": lambda v: answered({"orders": answers[v["after"]]})})
    shop.answers["OrderLines"] = lambda _: answered({"order": {"lineItems": connection([line(2)])}})
    rows = read(fetch(host.context(shop), HOUR), ORDERS)
    for moment in {row["updated_at"] for row in rows}:
        assert [row["line_key"] for row in rows if row["updated_at"] == moment] == ["1", "2"]


def test_an_order_deleted_meanwhile_has_no_further_lines(host: Host, read: Callable[..., Rows]) -> None:
    found = order(1001)
    found["lineItems"] = connection([line(1)], after="L1")
    shop = paged(found)
    shop.answers["OrderLines"] = lambda _: answered({"order": None})
    assert len(read(fetch(host.context(shop), HOUR), ORDERS)) == 1


def test_a_page_that_costs_too_much_is_asked_for_in_halves(host: Host) -> None:
    shop = Shopify()
    shop.answers["Orders"] = lambda v: (
        refused("MAX_COST_EXCEEDED") if v["first"] > 70 else answered({"orders": connection([order()])})
    )
    assert len(list(fetch(host.context(shop), HOUR))) == 1
    assert [v["first"] for v in shop.asked("Orders")] == [250, 125, 62]


def test_a_search_is_begun_anew_before_shopify_stops_paging(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 500)
    shop = Shopify()

    def answer(variables: dict[str, Any]) -> Any:
        number = len(shop.asked("Orders"))
        moment = f"2026-11-20T17:0{number}:00Z"
        page = [order(number * 1000 + n, updatedAt=moment) for n in range(250)]
        return answered({"orders": connection(page, after=f"C{number}" if number < 4 else None)})

    shop.answers["Orders"] = answer
    assert len(list(fetch(host.context(shop), HOUR))) == 4
    asked = shop.asked("Orders")
    assert [v["after"] for v in asked] == [None, "C1", None, "C3"]
    assert (
        asked[0]["search"]
        == asked[1]["search"]
        == ("updated_at:>='2026-11-20T17:00:00Z' AND updated_at:<'2026-11-20T18:00:00Z'")
    )
    assert asked[2]["search"] == "updated_at:>='2026-11-20T17:02:00Z' AND updated_at:<'2026-11-20T18:00:00Z'"


def test_a_search_that_cannot_be_begun_anew_is_an_error_and_no_loss(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 1)
    page = connection([order(updatedAt="2026-11-20T17:00:00Z")], after="C")
    shop = Shopify({"Orders": lambda _: answered({"orders": page})})
    with pytest.raises(DataError, match="within one second"):
        list(fetch(host.context(shop), HOUR))


def test_a_cursor_that_does_not_move_is_an_error(host: Host) -> None:
    shop = Shopify({"Orders": lambda _: answered({"orders": connection([order()], after="same")})})
    with pytest.raises(DataError, match="no cursor"):
        list(fetch(host.context(shop), HOUR))


@pytest.mark.parametrize("stream", [orders.STREAM, refunds.STREAM, returns.STREAM], ids=lambda stream: stream.name)
def test_an_old_window_without_the_scope_says_that_history_is_truncated(stream: Stream, host: Host) -> None:
    old = Window(NOW - timedelta(days=200), NOW - timedelta(days=100))
    first, *others = stream.fetch(host.context(in_bulk()), old)
    assert isinstance(first, Note)
    assert "last 60 days only" in first.text
    assert "kpiterm sync --full" in first.text
    assert not [item for item in others if isinstance(item, Note)]
    granted = stream.fetch(host.context(in_bulk(scopes=("read_orders", "read_all_orders"))), old)
    recent = stream.fetch(host.context(in_bulk()), Window(NOW - timedelta(days=60), NOW - timedelta(days=50)))
    assert not [item for items in (granted, recent) for item in items if isinstance(item, Note)]


def test_a_missing_scope_is_named(host: Host) -> None:
    denied = refused("ACCESS_DENIED", "Access denied for orders field.", requiredAccess="`read_orders` access scope.")
    with pytest.raises(AccessError) as caught:
        list(fetch(host.context(Shopify({"Orders": lambda _: denied})), HOUR))
    assert "grant read_orders" in caught.value.hint


def test_spans_of_more_than_two_days_go_in_bulk_and_ask_for_half_open_utc(host: Host) -> None:
    shop = in_bulk(order())
    edge = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, 0, 0, 1, tzinfo=UTC))
    assert edge.end - edge.start > orders.LONG
    list(fetch(host.context(shop), edge))
    (asked,) = shop.asked("Run")
    wanted = "updated_at:>='2026-11-01T00:00:00Z' AND updated_at:<'2026-11-03T00:00:01Z'"
    assert json.dumps(wanted) in asked["query"]
