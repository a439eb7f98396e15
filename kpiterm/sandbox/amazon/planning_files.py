"""Two FBA advice files: inventory planning with its ages and costs, and restock recommendations."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kpiterm.sandbox.amazon.flat import tsv
from kpiterm.sandbox.amazon.ledger import storage
from kpiterm.sandbox.amazon.order_json import money
from kpiterm.sandbox.orders import DAY, business_day
from kpiterm.sandbox.shop import CURRENCY

if TYPE_CHECKING:
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.stock import StockLevel

_COVER = 60  # days of sales that Amazon advises to hold
_SURCHARGE = 45  # cents a unit older than 180 days


def units_shipped(shop: Shop, at: int, days: int) -> Counter[int]:
    """FBA units shipped within so many days before `at`, by product position."""
    counts, moment = Counter[int](), datetime.fromtimestamp(at, UTC)
    for order in shop.orders(business_day(at - days * DAY) - timedelta(days=9), business_day(at), moment):
        if order.afn and at - days * DAY < order.shipped <= at:
            for line in order.lines:
                counts[line.product.position] += line.quantity
    return counts


def aged_units(level: StockLevel) -> int:
    """Units on hand for more than 180 days."""
    return level.fulfillable // 12 if level.product.position % 3 == 0 else 0


def days_of_supply(level: StockLevel, shipped_30: int) -> int | None:
    """At the pace of the last thirty days; None where nothing was sold."""
    return round(level.fulfillable * 30 / shipped_30) if shipped_30 else None


def advised_units(level: StockLevel, shipped_30: int) -> int:
    """What Amazon recommends to send in."""
    return max(0, round(shipped_30 * _COVER / 30) - level.total)


def planning_file(shop: Shop, at: int) -> str | None:
    """GET_FBA_INVENTORY_PLANNING_DATA as of `at`, or None without FBA products."""
    shipped = {days: units_shipped(shop, at, days) for days in (7, 30, 60, 90)}
    fees = storage(shop, business_day(at))
    rows = [
        _planning_row(level, {d: shipped[d][level.product.position] for d in shipped}, fees, at)
        for level in shop.stock(at=datetime.fromtimestamp(at, UTC))
    ]
    return tsv("GET_FBA_INVENTORY_PLANNING_DATA", rows) if rows else None


def _planning_row(level: StockLevel, shipped: dict[int, int], fees: dict[int, int], at: int) -> dict[str, object]:
    product, aged = level.product, aged_units(level)
    supply = days_of_supply(level, shipped[30])
    return {
        "snapshot-date": str(business_day(at)),
        "sku": product.sku,
        "fnsku": product.fnsku,
        "asin": product.asin,
        "product-name": product.title,
        "condition": "New",
        "available": level.fulfillable,
        "fc-transfer": 0,
        "pending-removal-quantity": 0,
        "inv-age-0-to-90-days": level.fulfillable - aged,
        "inv-age-91-to-180-days": 0,
        "inv-age-181-to-270-days": aged,
        "inv-age-271-to-365-days": 0,
        "inv-age-366-to-455-days": 0,
        "inv-age-456-plus-days": 0,
        "currency": CURRENCY,
        **{f"units-shipped-t{days}": count for days, count in shipped.items()},
        "alert": "Low traffic" if supply and supply > 180 else "",
        "your-price": money(product.price),
        "marketplace": "US",
        "days-of-supply": "" if supply is None else supply,
        "estimated-storage-cost-next-month": money(fees.get(product.position, 0)),
        "inbound-quantity": level.inbound_working + level.inbound_shipped + level.inbound_receiving,
        "inbound-working": level.inbound_working,
        "inbound-shipped": level.inbound_shipped,
        "inbound-received": level.inbound_receiving,
        "Total Reserved Quantity": level.reserved_orders + level.reserved_processing,
        "unfulfillable-quantity": level.unfulfillable,
        "quantity-to-be-charged-ais-181-210-days": aged,
        "estimated-ais-181-210-days": money(aged * _SURCHARGE),
        "Recommended ship-in quantity": advised_units(level, shipped[30]),
    }


def restock_file(shop: Shop, at: int) -> str | None:
    """GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT as of `at`, or None without FBA products."""
    month = units_shipped(shop, at, 30)
    levels = shop.stock(at=datetime.fromtimestamp(at, UTC))
    rows = [_restock_row(level, month[level.product.position], at) for level in levels]
    return tsv("GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT", rows) if rows else None


def _restock_row(level: StockLevel, month: int, at: int) -> dict[str, object]:
    product, advised = level.product, advised_units(level, month)
    supply = days_of_supply(level, month)
    ship_by = business_day(at) + timedelta(days=max(0, (supply or 0) - 30))
    return {
        "Country": "US",
        "Product Name": product.title,
        "FNSKU": product.fnsku,
        "Merchant SKU": product.sku,
        "ASIN": product.asin,
        "Condition": "New",
        "Currency code": CURRENCY,
        "Price": money(product.price),
        "Sales last 30 days": money(month * product.price),
        "Units Sold Last 30 Days": month,
        "Total Units": level.total,
        "Inbound": level.inbound_working + level.inbound_shipped + level.inbound_receiving,
        "Available": level.fulfillable,
        "FC transfer": 0,
        "FC Processing": level.reserved_processing,
        "Customer Order": level.reserved_orders,
        "Unfulfillable": level.unfulfillable,
        "Working": level.inbound_working,
        "Shipped": level.inbound_shipped,
        "Receiving": level.inbound_receiving,
        "Fulfilled by": "Amazon",
        "Days of Supply at Amazon Fulfillment Network": "" if supply is None else supply,
        "Alert": "out_of_stock" if not level.fulfillable else "",
        "Recommended replenishment qty": advised,
        "Recommended ship date": f"{ship_by:%m/%d/%Y}" if advised else "",
        "Recommended action": "Create shipping plan" if advised else "No action required",
        "Unit storage size": "0.1000 ft3",
    }
