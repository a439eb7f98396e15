"""Order lines: what is asked of Walmart, page by page and span by span, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.plugins import DataError, Payload, TransientError, Window
from kpiterm.plugins.sql import MACROS
from kpiterm.sync.normalise import source_sql
from kpiterm.sync.spool import Spool
from kpiterm_walmart.connector import WALMART
from kpiterm_walmart.orders import NODES, STREAM

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=1), NOW)
PLACED, CHANGED = (datetime.fromisoformat(f"2026-11-20T{clock}") for clock in ("07:30", "16:00"))


def ms(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def usd(amount: object) -> dict[str, object]:
    return {"currency": "USD", "amount": amount}


def charge(amount: object, kind: str = "PRODUCT", name: str = "ItemPrice", tax: object = None) -> dict[str, Any]:
    return {
        "chargeType": kind,
        "chargeName": name,
        "chargeAmount": usd(amount),
        "tax": None if tax is None else {"taxName": "Tax1", "taxAmount": usd(tax)},
    }


def line(
    *charges: dict[str, Any], quantity: object = "1", status: dict[str, int] | None = None, **fields: Any
) -> dict[str, Any]:
    statuses = status or {"Shipped": int(str(quantity))}
    return {
        "lineNumber": "1",
        "item": {"productName": "Mat", "sku": "MAT-1"},
        "charges": {"charge": list(charges)},
        "orderLineQuantity": {"unitOfMeasurement": "EACH", "amount": quantity},
        "statusDate": ms(CHANGED),
        "orderLineStatuses": {
            "orderLineStatus": [
                {"status": name, "statusQuantity": {"amount": str(units)}} for name, units in statuses.items()
            ]
        },
        **fields,
    }


def order(
    *lines: dict[str, Any], number: str = "11", node: str | None = "SellerFulfilled", **fields: Any
) -> dict[str, Any]:
    return {
        "purchaseOrderId": number,
        "customerOrderId": "9" + number,
        "orderDate": ms(PLACED),
        "shippingInfo": {"phone": "5550100", "postalAddress": {"name": "Ann Buyer", "address1": "1 Elm St"}},
        "orderLines": {"orderLine": list(lines)},
        **({"shipNode": {"type": node}} if node else {}),
        **fields,
    }


def body(*orders: dict[str, Any], cursor: str | None = None, total: int | None = None) -> dict[str, Any]:
    meta = {"totalCount": len(orders) if total is None else total, "limit": 200, "nextCursor": cursor}
    return {"list": {"meta": meta, "elements": {"order": list(orders)}}}


def page(*orders: dict[str, Any], node: str = "SellerFulfilled", refunds_from: str = "returns") -> Payload:
    return Payload(
        body=json.dumps(body(*orders)).encode(),
        format="json",
        request="GET /v3/orders",
        records=("list", "elements", "order"),
        extra={"_ship_node": node, "_refunds_from": refunds_from},
    )


def empty(_: httpx.Request) -> httpx.Response:
    return httpx.Response(404, json={"errors": [{"code": "CONTENT_NOT_FOUND.GMP_ORDER_API"}]})


# --- what is asked ---


def test_asks_for_all_three_kinds_of_node_and_takes_404_as_none(host: Host) -> None:
    assert host.fetch("orders", empty) == []
    assert [r.url.params["shipNodeType"] for r in host.requests] == list(NODES)


def test_an_empty_list_may_lack_its_elements(host: Host) -> None:
    assert host.fetch("orders", lambda _: httpx.Response(200, json={"list": {"meta": {"totalCount": 0}}})) == []


def test_never_leaves_walmart_to_its_window_of_seven_days(host: Host) -> None:
    """Left out, Walmart keeps to the last seven days, even for a question about changes."""
    host.fetch("orders", empty)
    for request in host.requests:
        params = request.url.params
        assert params["createdStartDate"] == "2026-05-25T18:00:00Z"
        assert params["createdEndDate"] == "2026-11-20T18:00:00Z"
        assert params["lastModifiedStartDate"] == "2026-11-19T17:59:59Z"
        assert params["lastModifiedEndDate"] == "2026-11-20T18:00:00Z"
        assert params["limit"] == "200"


@pytest.mark.parametrize(
    "cursor",
    [
        "?limit=200&hasMoreElements=true&soIndex=31&createdEndDate=2019-09-17T18:47:03.703Z",
        "?limit=200&sku=A%2BB%20C&x=a+b%26c",
        "limit=200&poIndex=10",
    ],
)
def test_the_cursor_goes_back_untouched_and_alone(host: Host, cursor: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("shipNodeType") == "SellerFulfilled":
            return httpx.Response(200, json=body(order(), cursor=cursor, total=2))
        return empty(request) if "shipNodeType" in request.url.params else httpx.Response(200, json=body(order()))

    payloads = host.fetch("orders", answer)
    assert len(payloads) == 2
    assert host.requests[1].url.raw_path == b"/v3/orders?" + cursor.removeprefix("?").encode()
    assert len(host.requests) == 4


def test_a_cursor_given_twice_ends_the_list(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=body(order(), cursor="?soIndex=1"))

    assert len(host.fetch("orders", answer)) == 2 * len(NODES)
    assert any("was given before" in text for text in host.logs)


def test_a_list_that_breaks_off_is_no_short_list(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "soIndex" in request.url.params:
            return empty(request)
        return httpx.Response(200, json=body(order(), cursor="?soIndex=1"))

    with pytest.raises(TransientError, match="broke off"):
        host.fetch("orders", answer)


@pytest.mark.parametrize("refused", [False, True])
def test_spans_with_more_orders_than_walmart_lists_are_halved(host: Host, refused: bool) -> None:
    """Whether Walmart counts 10,001 orders, or refuses to count."""

    def answer(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        start, end = (datetime.fromisoformat(params[f"lastModified{side}Date"]) for side in ("Start", "End"))
        if end - start <= timedelta(hours=7):
            return httpx.Response(200, json=body(order()))
        if refused:
            return httpx.Response(400, json={"errors": [{"code": "INVALID", "description": "more than 10000 orders"}]})
        return httpx.Response(200, json=body(order(), total=10_001, cursor="?never=asked"))

    payloads = host.fetch("orders", answer)
    assert len(payloads) == 4 * len(NODES)
    seller = [r.url.params for r in host.requests if r.url.params["shipNodeType"] == "SellerFulfilled"]
    read = [(p["lastModifiedStartDate"], p["lastModifiedEndDate"]) for p in seller][2:]
    spans = [s for s in read if datetime.fromisoformat(s[1]) - datetime.fromisoformat(s[0]) <= timedelta(hours=7)]
    assert [end for _, end in spans] == [
        f"2026-11-{d}Z" for d in ("20T00:00:00", "20T06:00:00", "20T12:00:00", "20T18:00:00")
    ]
    # Both ends are exclusive at Walmart's: each span begins before the one before it ended.
    assert all(start[:-2] < before[:-2] for (_, before), (start, _) in pairwise(spans))


def test_a_minute_with_too_many_orders_is_an_error_not_a_loop(host: Host) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=body(order(), total=10_001))

    with pytest.raises(DataError, match="10,000 SellerFulfilled"):
        host.fetch("orders", answer)


def test_other_refusals_are_walmarts_own_words(host: Host) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"error": [{"code": "INVALID_REQUEST_PARAM", "description": "bad date"}]})

    with pytest.raises(DataError, match="INVALID_REQUEST_PARAM bad date"):
        host.fetch("orders", answer)
    assert len(host.requests) == 1


# --- what it means ---


def test_an_order_line(read: Read) -> None:
    (row,) = read(
        "orders", [page(order(line(charge(20, tax=1.65), charge(4.99, "SHIPPING", "Shipping"), quantity="2")))]
    )["order_line"]
    assert row == {
        "_payload": 1, "order_id": "11", "line_key": "1", "ordered_at": PLACED, "updated_at": CHANGED,
        "business_day": date(2026, 11, 19), "status": "shipped", "sku": "MAT-1", "title": "Mat", "quantity": 2,
        "item_price": Decimal(20), "discount": None, "shipping": Decimal("4.99"), "tax": Decimal("1.65"),
        "currency": "USD", "fulfilment": "merchant",
    }  # fmt: skip


@pytest.mark.parametrize("quantity", ["2", 2, "2.0", 2.0])
def test_quantities_are_numbers_or_texts(read: Read, quantity: object) -> None:
    shipped = line(charge("20.00"), quantity=quantity, status={"Shipped": 2})
    (row,) = read("orders", [page(order(shipped))])["order_line"]
    assert (row["quantity"], row["item_price"]) == (2, Decimal(20))


def test_dates_are_epoch_milliseconds_or_texts_with_an_offset(read: Read) -> None:
    written = order(line(charge(1), statusDate="2026-11-20T08:00:00.000-08:00"), orderDate="2026-11-19T23:30:00-08:00")
    (row,) = read("orders", [page(written)])["order_line"]
    assert (row["ordered_at"], row["updated_at"]) == (PLACED, CHANGED)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"Created": 3}, "open"),
        ({"Acknowledged": 3}, "open"),
        ({"Shipped": 1, "Acknowledged": 2}, "shipped"),
        ({"Delivered": 3}, "shipped"),
        ({"Refund": 3}, "returned"),
        ({"Refund": 1, "Delivered": 2}, "shipped"),
        ({"Cancelled": 3}, "cancelled"),
    ],
)
def test_statuses_of_a_line(read: Read, status: dict[str, int], expected: str) -> None:
    rows = read("orders", [page(order(line(charge(30), quantity="3", status=status)))])["order_line"]
    assert [(r["line_key"], r["status"], r["quantity"]) for r in rows] == [("1", expected, 3)]


def test_units_that_were_cancelled_stand_apart(read: Read) -> None:
    split = line(charge(20, tax=2), quantity="3", status={"Shipped": 1, "Acknowledged": 1, "Cancelled": 1})
    alive, cancelled = sorted(read("orders", [page(order(split))])["order_line"], key=lambda r: r["line_key"])
    assert (alive["line_key"], alive["status"], alive["quantity"]) == ("1", "shipped", 2)
    assert (alive["item_price"], alive["tax"]) == (20, 2)
    assert (cancelled["line_key"], cancelled["status"], cancelled["quantity"]) == ("1#cancelled", "cancelled", 1)
    assert (cancelled["item_price"], cancelled["tax"]) == (None, None)


def test_a_subscriptions_discount_is_no_part_of_the_price(read: Read) -> None:
    sold = line(charge(20), charge(-1, name="SubscriptionDiscount"))
    (row,) = read("orders", [page(order(sold))])["order_line"]
    assert (row["item_price"], row["discount"]) == (20, 1)


def test_a_charge_without_a_name_or_an_amount(read: Read) -> None:
    bare = {"chargeType": "PRODUCT", "chargeAmount": usd(9)}
    (row,) = read("orders", [page(order(line(bare, {"chargeType": "SHIPPING", "chargeName": "Shipping"})))])[
        "order_line"
    ]
    assert (row["item_price"], row["shipping"], row["tax"]) == (9, None, None)


@pytest.mark.parametrize(
    ("total", "price"),
    [
        (None, 10),  # nothing to hold it against: for the line
        (16, 10),  # the lines' own sum
        (17.5, 10),  # and with tax
        (36, 30),  # units times charge
        (40.5, 30),  # and with tax
        (99, 10),  # neither
    ],
)
def test_charges_are_for_the_line_unless_the_orders_total_says_for_a_unit(
    read: Read, total: float | None, price: int
) -> None:
    summary = {"totalAmount": {"currencyAmount": total, "currencyUnit": "USD"}} if total else None
    lines = (line(charge(10, tax=1.5), quantity="3"), line(charge(6, tax=0), lineNumber="2"))
    several = order(*lines, orderSummary=summary)
    rows = {r["line_key"]: r for r in read("orders", [page(several)])["order_line"]}
    assert (rows["1"]["item_price"], rows["2"]["item_price"]) == (price, 6)
    assert rows["1"]["tax"] == Decimal("1.5") * price / 10


@pytest.mark.parametrize(
    ("node", "asked", "expected"),
    [
        ("WFSFulfilled", "WFSFulfilled", "marketplace"),
        ("3PLFulfilled", "3PLFulfilled", "merchant"),
        (None, "WFSFulfilled", "marketplace"),
        (None, "SellerFulfilled", "merchant"),
    ],
)
def test_who_fulfils(read: Read, node: str | None, asked: str, expected: str) -> None:
    (row,) = read("orders", [page(order(line(charge(1)), node=node), node=asked)])["order_line"]
    assert row["fulfilment"] == expected


def refunded(**fields: Any) -> dict[str, Any]:
    refund = {"refundCharges": {"refundCharge": [
        {"refundReason": "DamagedItem", "charge": charge(-8, tax=-0.8)},
        {"refundReason": "DamagedItem", "charge": charge(-2, "SHIPPING", "Shipping")},
    ]}}  # fmt: skip
    return order(line(charge(20), quantity="2", status={"Refund": 1, "Delivered": 1}, refund=refund, **fields))


def test_refunds_of_an_order_have_both_dates(read: Read) -> None:
    (row,) = read("orders", [page(refunded(), refunds_from="orders")])["refund_line"]
    assert (row["order_id"], row["line_key"], row["quantity"], row["reason"]) == ("11", "1", 1, "DamagedItem")
    assert (row["ordered_at"], row["refunded_at"]) == (PLACED, CHANGED)
    assert (row["amount"], row["currency"]) == (Decimal("10.8"), "USD")


def test_refunds_count_in_one_place_only(read: Read) -> None:
    assert read("orders", [page(refunded())])["refund_line"] == []
    assert read("orders", [page(order(line(charge(1), refund=None)), refunds_from="orders")])["refund_line"] == []


def test_nothing_about_the_buyer_is_declared() -> None:
    personal = ("postal", "address", "phone", "email", "buyer", "customer", "pickup", "zip", "city", "firstname")
    for stream in WALMART.streams:
        declared = str(dict(stream.shape.columns) if stream.shape else {}).lower()
        assert not [word for word in personal if word in declared], stream.name


cents = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)


@settings(max_examples=40, deadline=None)
@given(prices=st.lists(st.tuples(cents, st.integers(1, 9)), min_size=1, max_size=4), per_unit=st.booleans())
def test_an_order_with_a_total_adds_up_to_it(prices: list[tuple[Decimal, int]], per_unit: bool) -> None:
    """Whichever way Walmart means its charges."""
    total = sum(price * (units if per_unit else 1) for price, units in prices)
    made = order(
        *(line(charge(str(price)), quantity=str(units), lineNumber=str(n)) for n, (price, units) in enumerate(prices)),
        orderSummary={"totalAmount": {"currencyAmount": str(total)}},
    )
    assert STREAM.shape
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        spool = Spool(Path(folder), "one")
        spool.add(page(made))
        con.execute(MACROS)
        con.execute("SET VARIABLE channel = 'walmart.com'")
        con.execute(f"CREATE TEMP TABLE source AS {source_sql(spool.close().files, STREAM.shape)}")
        (found,) = con.execute(f"SELECT sum(item_price) FROM ({STREAM.shape.outputs[0].select})").fetchall()
    assert found[0] == total
