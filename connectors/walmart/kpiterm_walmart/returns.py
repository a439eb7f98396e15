"""Returns and what was refunded on them, of goods that Walmart shipped and of those that the seller did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import httpx
import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.places import url
from kpiterm_walmart.wire import NONE_FOUND, decode, first_page, following, stamp

RETURNS = "/v3/returns"
ORDER = "/v3/orders"
# Whose warehouse took the goods back: without the filter some accounts are given their own returns only.
WFS = ("N", "Y")


class _Line(msgspec.Struct, rename="camel"):
    purchase_order_id: str | None = None
    refunded_qty: float | None = None


class _Return(msgspec.Struct, rename="camel"):
    return_order_lines: list[_Line] = []


class _Returns(msgspec.Struct, rename="camel"):
    return_orders: list[_Return] = []


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """The returns that changed within the window, then the orders they belong to: only these know when the buyer
    ordered, the other date of a refund."""
    orders: set[str] = set()
    for wfs in WFS:
        first = first_page(ctx, RETURNS, query(wfs, window))
        for number, page in enumerate(following(ctx, RETURNS, first), start=1):
            orders |= _orders(page)
            yield Payload(
                body=page.content,
                format="json",
                request=f"GET {RETURNS} isWFSEnabled={wfs} changed {window} page {number}",
                records=("returnOrders",),
                extra={"_refunds_from": ctx.settings.get("refunds_from", "")},
            )
    if ctx.settings.get("refunds_from") != "orders":
        yield from _order_dates(ctx, sorted(orders))


def query(wfs: str, window: Window) -> dict[str, str]:
    """What to ask; Walmart refuses a start without its end."""
    return {
        "isWFSEnabled": wfs,
        "returnLastModifiedStartDate": stamp(window.start),
        "returnLastModifiedEndDate": stamp(window.end),
        "limit": "200",
    }


def _orders(page: httpx.Response) -> set[str]:
    """The purchase orders on which something was refunded."""
    found = decode(page, _Returns).return_orders
    lines = [line for each in found for line in each.return_order_lines]
    return {line.purchase_order_id for line in lines if line.purchase_order_id and line.refunded_qty}


def _order_dates(ctx: Context, orders: list[str]) -> Iterator[Payload]:
    for order in orders:
        path = f"{ORDER}/{order}"
        page = ctx.http.get(url(path), extensions={"accept": (NONE_FOUND,)})
        if page.status_code != NONE_FOUND:  # older than Walmart's 180 days
            yield Payload(body=page.content, format="json", request=f"GET {path}", records=("order",))


def _sql(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


_AMOUNT = "STRUCT(currencyAmount VARCHAR, currencyUnit VARCHAR)"
_QUANTITY = "STRUCT(measurementValue VARCHAR)"
_CHARGE = f"""STRUCT(
    chargePerUnit {_AMOUNT}, isDiscount BOOLEAN, isBillable BOOLEAN, tax STRUCT(taxPerUnit {_AMOUNT})[]
)"""
_RETURN_LINE = f"""STRUCT(
    purchaseOrderId VARCHAR,
    purchaseOrderLineNumber VARCHAR,
    returnReason VARCHAR,
    item STRUCT(sku VARCHAR),
    charges {_CHARGE}[],
    chargeTotals STRUCT("name" VARCHAR, "value" {_AMOUNT})[],
    quantity {_QUANTITY},
    refundedQty VARCHAR,
    refundCoveredBy VARCHAR,
    returnExpectedFlag BOOLEAN,
    isKeepIt BOOLEAN,
    "status" VARCHAR,
    currentRefundStatus VARCHAR,
    currentTrackingStatuses STRUCT(statusTime VARCHAR, currentRefundStatus VARCHAR)[],
    returnTrackingDetail STRUCT(eventTag VARCHAR, eventTime VARCHAR)[]
)"""

STREAM = Stream(
    name="returns",
    title="Returns and refunds",
    fetch=fetch,
    shape=Shape(
        columns={
            "returnOrderId": "VARCHAR",
            "returnOrderDate": "VARCHAR",
            "returnOrderLines": f"{_RETURN_LINE}[]",
            "purchaseOrderId": "VARCHAR",
            "orderDate": "VARCHAR",
            "_refunds_from": "VARCHAR",
        },
        outputs=(
            Output(into="return_line", select=_sql("returns.sql"), replaces=("order_id", "sku", "returned_at")),
            Output(
                into="refund_line", select=_sql("return_refunds.sql"), replaces=("order_id", "line_key", "refunded_at")
            ),
        ),
    ),
    lookback=timedelta(days=1),
    history=timedelta(days=179),
    max_window=timedelta(days=30),
    every=timedelta(hours=1),
    lag=timedelta(minutes=2),
    settles=timedelta(days=30),
)
