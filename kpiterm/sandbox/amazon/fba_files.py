"""Two FBA flat files: stock on hand, and what customers sent back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.order_json import money
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import business_day

if TYPE_CHECKING:
    from kpiterm.sandbox.orders import Line, Order
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.stock import StockLevel

STOCK_HEADER = (
    "sku\tfnsku\tasin\tproduct-name\tcondition\tyour-price\tmfn-listing-exists\tmfn-fulfillable-quantity\t"
    "afn-listing-exists\tafn-warehouse-quantity\tafn-fulfillable-quantity\tafn-unsellable-quantity\t"
    "afn-reserved-quantity\tafn-total-quantity\tper-unit-volume\tafn-inbound-working-quantity\t"
    "afn-inbound-shipped-quantity\tafn-inbound-receiving-quantity\tafn-researching-quantity\t"
    "afn-reserved-future-supply\tafn-future-supply-buyable\tstore"
)
RETURNS_HEADER = (
    "return-date\torder-id\tsku\tasin\tfnsku\tproduct-name\tquantity\tfulfillment-center-id\tdetailed-disposition\t"
    "reason\tstatus\tlicense-plate-number\tcustomer-comments"
)
_REASONS = ("UNWANTED_ITEM", "DEFECTIVE", "NOT_AS_DESCRIBED", "ORDERED_WRONG_ITEM", "QUALITY_UNACCEPTABLE")
_LONGEST_RETURN = timedelta(days=36)


def stock_file(shop: Shop, at: int) -> str:
    """GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA: every FBA SKU as of `at`."""
    levels = shop.stock(at=datetime.fromtimestamp(at, UTC))
    return "\n".join([STOCK_HEADER, *map(_stock_row, levels)]) + "\n"


def _stock_row(level: StockLevel) -> str:
    product, reserved = level.product, level.reserved_orders + level.reserved_processing
    warehouse = level.fulfillable + level.unfulfillable + reserved
    inbound = f"{level.inbound_working}\t{level.inbound_shipped}\t{level.inbound_receiving}"
    return (
        f"{product.sku}\t{product.fnsku}\t{product.asin}\t{product.title}\tNew\t{money(product.price)}\tNo\t\tYes\t"
        f"{warehouse}\t{level.fulfillable}\t{level.unfulfillable}\t{reserved}\t{level.total}\t0.10\t{inbound}\t0\t0\t0\t"
    )


def returns_file(shop: Shop, start: int, end: int, at: int) -> str | None:
    """GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA: FBA units that came back in `[start, end)`, or None."""
    until = min(end, at + 1)
    first = max(business_day(max(start, 0)) - _LONGEST_RETURN, shop.first_day)
    found = [
        (line.refunded, _returns_row(order, line))
        for order in shop.orders(first, business_day(at), datetime.fromtimestamp(at, UTC))
        for line in order.lines
        if order.afn and not order.non_amazon and start <= line.refunded < until and line.refunded
    ]
    return "\n".join([RETURNS_HEADER, *(row for _, row in sorted(found))]) + "\n" if found else None


def _returns_row(order: Order, line: Line) -> str:
    product, day = line.product, iso(line.refunded).removesuffix("Z") + "+00:00"
    reason = _REASONS[line.refunded % len(_REASONS)]
    disposition = "SELLABLE" if reason in {"UNWANTED_ITEM", "ORDERED_WRONG_ITEM"} else "CUSTOMER_DAMAGED"
    return (
        f"{day}\t{order.order_id}\t{product.sku}\t{product.asin}\t{product.fnsku}\t{product.title}\t{line.quantity}\t"
        f"ONT8\t{disposition}\t{reason}\tUnit returned to inventory\tLPN{line.item_id}\t"
    )
