"""Flat files about what went wrong: returns to the seller, reimbursements, and the ratings of one to three stars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.flat import tsv
from kpiterm.sandbox.amazon.ledger import reimbursements
from kpiterm.sandbox.amazon.order_json import money
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY, PACIFIC, business_day
from kpiterm.sandbox.shop import CURRENCY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.orders import Line, Order
    from kpiterm.sandbox.shop import Shop

_LONGEST = timedelta(days=42)
_REASONS = ("Unwanted item", "Defective item", "Not as described", "Ordered wrong item", "Arrived too late")
_REIMBURSED = {"WAREHOUSE_LOST": "Lost_warehouse", "WAREHOUSE_DAMAGE": "Damaged_warehouse"}
_TRANSIT = 3 * DAY  # from the request to the refund, when the goods are back


def merchant_returns_file(shop: Shop, start: int, end: int, at: int) -> str | None:
    """GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE: returns of merchant orders asked for in `[start, end)`, or None."""
    found = sorted(
        (line.refunded, order, line)
        for order in _orders(shop, start, at)
        for line in order.lines
        if not order.afn and line.refunded and start <= line.refunded - _TRANSIT < min(end, at + 1)
    )
    rows = [_merchant_return(order, line, at) for _, order, line in found]
    return tsv("GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", rows) if rows else None


def _merchant_return(order: Order, line: Line, at: int) -> dict[str, str]:
    back = line.refunded <= at
    return {
        "Order ID": order.order_id,
        "Order date": _day(order.created),
        "Return request date": _day(line.refunded - _TRANSIT),
        "Return request status": "Completed" if back else "Approved",
        "Amazon RMA ID": f"D{line.item_id[:8]}RRMA",
        "Currency code": CURRENCY,
        "Label type": "AmazonUnPaidLabel",
        "Label to be paid by": "Customer",
        "A-to-Z Claim": "N",
        "Is prime": "N",
        "ASIN": line.product.asin,
        "Merchant SKU": line.product.sku,
        "Item Name": line.product.title,
        "Return quantity": str(line.quantity),
        "Return Reason": _REASONS[line.refunded % len(_REASONS)],
        "In policy": "Y",
        "Return type": "C-Returns",
        "Resolution": "StandardRefund",
        "Return delivery date": _day(line.refunded) if back else "",
        "Order Amount": money(line.price),
        "Order quantity": str(line.quantity),
        "Refunded Amount": money(line.price - line.discount) if back else "0.00",
        "Order Item ID": line.item_id,
    }


def reimbursements_file(shop: Shop, start: int, end: int, at: int) -> str | None:
    """GET_FBA_REIMBURSEMENTS_DATA: by approval date in `[start, end)`, or None."""
    rows = [
        {
            "approval-date": iso(found.approved).removesuffix("Z") + "+00:00",
            "reimbursement-id": str(found.number),
            "reason": _REIMBURSED[found.reason],
            "sku": found.product.sku,
            "fnsku": found.product.fnsku,
            "asin": found.product.asin,
            "product-name": found.product.title,
            "condition": "NewItem",
            "currency-unit": CURRENCY,
            "amount-per-unit": money(found.per_unit),
            "amount-total": money(found.per_unit * found.quantity),
            "quantity-reimbursed-cash": str(found.quantity),
            "quantity-reimbursed-inventory": "0",
            "quantity-reimbursed-total": str(found.quantity),
        }
        for found in reimbursements(shop, start, min(end, at + 1))
    ]
    return tsv("GET_FBA_REIMBURSEMENTS_DATA", rows) if rows else None


def feedback_rating(order: Order) -> int:
    """The stars of an order whose buyer left a bad word; only one to three are in the report."""
    return 1 + order.created % 2


def feedback_file(shop: Shop, start: int, end: int, at: int) -> str | None:
    """GET_SELLER_FEEDBACK_DATA: bad ratings given in `[start, end)`, or None."""
    given = sorted(
        (order.defect_at, order)
        for order in _orders(shop, start, at)
        if order.defect == "negativeFeedback" and start <= order.defect_at < min(end, at + 1)
    )
    rows = [
        {
            "Date": f"{datetime.fromtimestamp(moment, PACIFIC):%m/%d/%y}",
            "Rating": str(feedback_rating(order)),
            "Comments": "Came late and the box was open.",
            "Order ID": order.order_id,
            "Rater Email": f"{order.order_id[4:11]}@marketplace.amazon.com",
        }
        for moment, order in given
    ]
    return tsv("GET_SELLER_FEEDBACK_DATA", rows) if rows else None


def _orders(shop: Shop, start: int, at: int) -> Iterator[Order]:
    first = max(business_day(max(start, 0)) - _LONGEST, shop.first_day)
    for order in shop.orders(first, business_day(at), datetime.fromtimestamp(at, UTC)):
        if not order.non_amazon:
            yield order


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, PACIFIC):%d-%b-%Y}"
