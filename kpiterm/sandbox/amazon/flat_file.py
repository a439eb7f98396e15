"""The all-orders flat file: 34 columns, tab-separated, no quoting, in Amazon's cp1252."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.order_json import money, promotion_id
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import PLACES, price_known, quantity_shown, status, updated
from kpiterm.sandbox.shop import CURRENCY

if TYPE_CHECKING:
    from kpiterm.sandbox.orders import Line, Order
    from kpiterm.sandbox.shop import Shop

LATIN_TSV = "text/plain; charset=Cp1252"
# The last cell ends with a blank in every real file.
HEADER = (
    "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\torder-item-id\t"
    "fulfillment-channel\tsales-channel\torder-channel\tship-service-level\tproduct-name\tsku\tasin\titem-status\t"
    "quantity\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tgift-wrap-price\tgift-wrap-tax\t"
    "item-promotion-discount\tship-promotion-discount\tship-city\tship-state\tship-postal-code\tship-country\t"
    "promotion-ids\tcpf\tis-business-order\tpurchase-order-number\tprice-designation\t"
    "signature-confirmation-recommended "
)
_ORDER_STATUS = {"PENDING": "Pending", "UNSHIPPED": "Unshipped", "SHIPPED": "Shipped", "CANCELLED": "Cancelled"}
_ITEM_STATUS = {"PENDING": "Unshipped", "UNSHIPPED": "Unshipped", "SHIPPED": "Shipped", "CANCELLED": "Cancelled"}


def all_orders(shop: Shop, start: int, end: int, at: int, *, by_update: bool) -> str | None:
    """Orders created (or last updated) in `[start, end)` as they stand at `at`; None when there are none."""
    rows = [HEADER]
    for order in shop.orders_touched(start, min(end, at)):
        if order.created <= at and start <= (updated(order, at) if by_update else order.created) < end:
            rows += _rows(order, at)
    return "\n".join(rows) + "\n" if len(rows) > 1 else None


def _rows(order: Order, at: int) -> list[str]:
    state = status(order, at)
    channel = "Amazon" if order.afn else "Merchant"
    sold_at, service = ("Non-Amazon", "Standard") if order.non_amazon else ("Amazon.com", "SecondDay")
    head = f"{order.order_id}\t\t{_moment(order.created)}\t{_moment(updated(order, at))}\t{_ORDER_STATUS[state]}"
    fixed = f"{channel}\t{sold_at}\t\t{service if order.afn else 'Standard'}"
    city, region, code, _ = PLACES[order.place]
    place = f"{city}\t{region}\t{code}\tUS"
    tail = f"{'true' if order.business else 'false'}\t\t\tfalse"
    return [
        f"{head}\t{line.item_id}\t{fixed}\t{_product(line)}\t{_ITEM_STATUS[state]}\t{quantity_shown(order, line, at)}\t"
        f"{_amounts(order, line, at)}\t{place}\t{promotion_id(order, line) if line.discount else ''}\t\t{tail}"
        for line in order.lines
    ]


@lru_cache(maxsize=100_000)
def _moment(seconds: int) -> str:
    return iso(seconds).removesuffix("Z") + "+00:00"


def _product(line: Line) -> str:
    return f"{line.product.title}\t{line.product.sku}\t{line.product.asin}"


def _amounts(order: Order, line: Line, at: int) -> str:
    """From `currency` to `ship-promotion-discount`; amounts that are not known or not charged are blank."""
    if not price_known(order, at):
        return "\t" * 8
    tax = money(line.tax) if line.tax else ""
    shipping = money(line.shipping) if line.shipping else ""
    discount = money(line.discount) if line.discount else ""
    return f"{CURRENCY}\t{money(line.price)}\t{tax}\t{shipping}\t\t\t\t{discount}\t"
