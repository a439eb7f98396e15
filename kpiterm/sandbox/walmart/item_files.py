"""The on-request reports that the sandbox makes: the catalogue, item performance, and the buy box."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.orders import HOUR, business_day, day_bounds, products_on
from kpiterm.sandbox.shop import days_between
from kpiterm.sandbox.walmart.csv_zip import csv_text, money

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime

    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.items import Item

_DESCRIPTION = (
    "Product Name",
    "Item ID",
    "SKU ID",
    "Super Department",
    "Department",
    "Category",
    "Sub Category",
    "Brand",
)
_FIGURES = (
    *("GMV", "Commission", "GMV-Commission", "AUR", "Authorized Orders", "Authorized Units", "Authorized Sales"),
    *("Cancelled Units", "Cancelled Sales", "Refunded Sales", "Total Units", "Total Product Visits"),
    *("Product Level Pageviews", "Item Conversion Rate"),
)
PERFORMANCE_COLUMNS = (*_DESCRIPTION, *_FIGURES)
ITEM_COLUMNS = (
    *("SKU", "Item ID", "Product Name", "Lifecycle Status", "Publish Status", "Status Change Reason"),
    *("Product Category", "Price", "Currency", "GTIN", "UPC", "WPID", "Brand", "Fulfillment Type"),
)
BUYBOX_COLUMNS = (
    *("SKU", "Item ID", "Product Name", "Seller Item Price", "Seller Ship Price", "isSellerBuyBoxWinner"),
    *("Buy Box Item Price", "Buy Box Ship Price"),
)


class Asked(NamedTuple):
    """An accepted request: business days, granularity (empty for one row per item), the moment, columns left out."""

    first: date
    last: date
    granularity: str
    at: datetime
    excluded: frozenset[str]


def item_file(shop: WalmartShop, asked: Asked) -> str:
    """The whole catalogue; the only place that tells the numeric item id."""
    rows = (
        _named(item)
        | {
            "SKU": item.product.sku,
            "Lifecycle Status": "ACTIVE",
            "Publish Status": "PUBLISHED" if item.published else "UNPUBLISHED",
            "Product Category": item.product.category,
            "Price": money(item.product.price),
            "Currency": "USD",
            "GTIN": item.gtin,
            "UPC": item.gtin[2:],
            "WPID": item.wpid,
            "Fulfillment Type": "Walmart Fulfilled" if item.wfs else "Seller Fulfilled",
        }
        for item in shop.items
    )
    return csv_text(_columns(ITEM_COLUMNS, asked), rows)


def buybox_file(shop: WalmartShop, asked: Asked) -> str:
    """Who holds the buy box of each published item."""
    return csv_text(
        _columns(BUYBOX_COLUMNS, asked), (_buybox(shop, item, asked) for item in shop.items if item.published)
    )


def _buybox(shop: WalmartShop, item: Item, asked: Asked) -> dict[str, Any]:
    rng = Random(f"{shop.seed}:buybox:{item.item_id}:{business_day(asked.at.timestamp())}")
    wins = rng.random() < 0.93
    winning = item.product.price if wins else item.product.price * 97 // 100
    return _named(item) | {
        "SKU": item.product.sku,
        "Seller Item Price": money(item.product.price),
        "Seller Ship Price": money(0),
        "isSellerBuyBoxWinner": "Yes" if wins else "No",
        "Buy Box Item Price": money(winning),
        "Buy Box Ship Price": money(0),
    }


def performance_file(shop: WalmartShop, asked: Asked) -> str:
    """Sales by the day of the order, cancellations and refunds taken off the day that they belong to."""
    totals: dict[tuple[date, int], dict[str, int]] = {}
    for day in days_between(max(asked.first, shop.shop.first_day), asked.last):
        if visible(shop, day, asked.at):
            bucket = _bucket(day, asked)
            for position, figures in _day(shop, day, asked.at):
                sums = totals.setdefault((bucket, position), dict.fromkeys(figures, 0))
                for name, value in figures.items():
                    sums[name] += value
    dated = ("Date", *PERFORMANCE_COLUMNS) if asked.granularity else PERFORMANCE_COLUMNS
    rows = (_named(shop.items[i]) | {"Date": str(day)} | _row(shop.items[i], sums) for (day, i), sums in totals.items())
    return csv_text(_columns(dated, asked), rows)


def visible(shop: WalmartShop, day: date, at: datetime) -> bool:
    """Item performance holds a day thirty hours after its end."""
    return at.timestamp() >= day_bounds(day)[1] + (30 * HOUR if shop.shop.lag else 0)


def _bucket(day: date, asked: Asked) -> date:
    if asked.granularity == "WEEKLY":
        return max(asked.first, day - timedelta(days=day.weekday()))
    if asked.granularity == "MONTHLY":
        return max(asked.first, day.replace(day=1))
    if asked.granularity == "QUARTERLY":
        return max(asked.first, day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
    return day if asked.granularity else asked.first


def _day(shop: WalmartShop, day: date, at: datetime) -> Iterator[tuple[int, dict[str, int]]]:
    seconds, rng = int(at.timestamp()), Random(f"{shop.seed}:visits:{day}")
    figures = [
        dict.fromkeys(("orders", "units", "sales", "cancelled_units", "cancelled", "refunded", "visits", "views"), 0)
        for _ in shop.items
    ]
    for order in shop.orders(day, day, at):
        for line in order.lines:
            sums = figures[line.product.position]
            sums["orders"] += 1
            sums["units"] += line.quantity
            sums["sales"] += line.price
            if 0 < line.cancelled <= seconds:
                sums["cancelled_units"] += line.quantity
                sums["cancelled"] += line.price
            if line.refund and line.refund.at <= seconds:
                sums["refunded"] += line.refund.price
    for product, sums in zip(products_on(shop.demand, day), figures, strict=True):
        sums["visits"] = round((sums["orders"] + rng.uniform(0.2, 1.2)) / product.conversion * rng.uniform(0.9, 1.1))
        sums["views"] = round(sums["visits"] * rng.uniform(1.15, 1.5))
        if day >= shop.shop.listed(product):
            yield product.position, sums


def _row(item: Item, sums: dict[str, int]) -> dict[str, Any]:
    net_units, net_sales = sums["units"] - sums["cancelled_units"], sums["sales"] - sums["cancelled"]
    gmv = net_sales - sums["refunded"]
    commission = gmv * item.commission_percent // 100
    return {
        "GMV": money(gmv),
        "Commission": money(commission),
        "GMV-Commission": money(gmv - commission),
        "AUR": money(net_sales // net_units) if net_units else "",
        "Authorized Orders": sums["orders"],
        "Authorized Units": sums["units"],
        "Authorized Sales": money(sums["sales"]),
        "Cancelled Units": sums["cancelled_units"],
        "Cancelled Sales": money(sums["cancelled"]),
        "Refunded Sales": money(sums["refunded"]),
        "Total Units": net_units,
        "Total Product Visits": sums["visits"],
        "Product Level Pageviews": sums["views"],
        "Item Conversion Rate": f"{100 * net_units / sums['visits']:.2f}" if sums["visits"] else "",
    }


def _named(item: Item) -> dict[str, Any]:
    return {
        "Product Name": item.product.title,
        "Item ID": item.item_id,
        "SKU ID": item.product.sku,
        "Super Department": "HOME",
        "Department": item.product.category.upper(),
        "Category": item.product.category,
        "Sub Category": item.product.category,
        "Brand": "Larkhill Home",
    }


def _columns(columns: Collection[str], asked: Asked) -> list[str]:
    return [name for name in columns if name not in asked.excluded]


FILES: Mapping[str, Callable[[WalmartShop, Asked], str]] = {
    "ITEM": item_file,
    "ITEM_PERFORMANCE": performance_file,
    "BUYBOX": buybox_file,
}
