"""Data Kiosk's seller economics, version 2024_03_15: sales, fees and advertising of each product by period."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.amazon.graphql import QueryError
from kpiterm.sandbox.amazon.kiosk_arguments import granularity, marketplaces, span
from kpiterm.sandbox.amazon.kiosk_traffic import product_events
from kpiterm.sandbox.amazon.ledger import events, storage
from kpiterm.sandbox.amazon.sales_traffic import amount, period_end, period_start
from kpiterm.sandbox.figures import figures_of
from kpiterm.sandbox.orders import HOUR, business_day, day_bounds
from kpiterm.sandbox.shop import MARKETPLACE_ID, days_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop

_PERIODS = ("DAY", "WEEK", "MONTH", "RANGE")
_PRODUCTS = ("MSKU", "FNSKU", "CHILD_ASIN", "PARENT_ASIN")
_FEES = {
    ("Order", "Commission"): "ReferralFee",
    ("Order", "FBAPerUnitFulfillmentFee"): "FbaFulfilmentFee",
    ("Refund", "Commission"): "RefundedReferralFee",
    ("Refund", "RefundCommission"): "RefundCommissionFee",
}


class Charge(NamedTuple):
    """A fee or an advertising charge of one product on one day: cents (cost positive) and units."""

    day: date
    position: int
    name: str
    cents: int
    units: int


def fees_of(shop: Shop, day_from: date, day_to: date, at: int) -> list[Charge]:
    """The fees that the report knows at `at`, by the business day of their posting."""
    days = [day for day in days_between(day_from, day_to) if _visible(shop, day, at)]
    if not days:
        return []
    start, end = day_bounds(min(days))[0], day_bounds(max(days))[1]
    found = [
        Charge(
            business_day(event.posted),
            item.product.position,
            _FEES[event.kind, part.description],
            -part.cents,
            item.quantity,
        )
        for event in events(shop, start, end)
        for item in event.items
        for part in item.parts
        if item.product and (event.kind, part.description) in _FEES
    ]
    found += [
        Charge(day, position, "FbaStorageFee", cents, 0)
        for day in days
        if day.day == 10
        for position, cents in storage(shop, day).items()
    ]
    return [charge for charge in found if charge.day in days]


def ads_of(shop: Shop, day_from: date, day_to: date, at: int) -> list[Charge]:
    """Sponsored Products spend by product and day."""
    return [
        Charge(day, cell.product.position, "SponsoredProductFee", cell.cost, cell.clicks)
        for day in days_between(day_from, day_to)
        if _visible(shop, day, at)
        for cell in shop.day_ads(day)
        if cell.cost
    ]


def _visible(shop: Shop, day: date, at: int) -> bool:
    return at >= day_bounds(day)[1] + (24 * HOUR if shop.lag else 0)


def economics(shop: Shop, arguments: Mapping[str, Any], at: int) -> list[dict[str, Any]]:
    """economics: one row for each product and period in which something happened."""
    by = arguments.get("aggregateBy", {})
    if not isinstance(by, dict):
        raise QueryError("aggregateBy must be an object with date and productId")
    period = granularity(by, "date", _PERIODS, "DAY")
    level = granularity(by, "productId", _PRODUCTS, "MSKU")
    marketplaces(arguments.get("marketplaceIds"))
    start, end = span(arguments, at)
    rows: dict[tuple[date, tuple[str, ...]], _Row] = {}

    def row(day: date, position: int) -> _Row:
        product = shop.products[position]
        first = start if period == "RANGE" else period_start(day, period)
        last = end if period == "RANGE" else period_end(first, period)
        return rows.setdefault((first, _key(product, level)), _Row(first, last, product, level))

    for charge in fees_of(shop, start, end, at):
        row(charge.day, charge.position).fees.append(charge)
    for charge in ads_of(shop, start, end, at):
        row(charge.day, charge.position).ads.append(charge)
    for (day, position, name), count in _sales(shop, start, end, at).items():
        row(day, position).sales[name] += count
    return [rows[key].record() for key in sorted(rows)]


def _sales(shop: Shop, start: date, end: date, at: int) -> Counter[tuple[date, int, str]]:
    days = figures_of(shop, start, end, at)
    counts = product_events(shop, days, at)
    wanted = {key: count for key, count in counts.items() if key[2] in ("refunded", "refunded_sales")}
    sales = Counter[tuple[date, int, str]](wanted)
    for day, figures in days.items():
        for position, sums in figures.products.items():
            if sums.units:
                sales[day, position, "ordered"] += sums.units
                sales[day, position, "ordered_sales"] += sums.sales
    return sales


def _key(product: Product, level: str) -> tuple[str, ...]:
    return {
        "MSKU": (product.parent_asin, product.asin, product.fnsku, product.sku),
        "FNSKU": (product.parent_asin, product.asin, product.fnsku),
        "CHILD_ASIN": (product.parent_asin, product.asin),
        "PARENT_ASIN": (product.parent_asin,),
    }[level]


class _Row:
    """What is known of one product in one period."""

    def __init__(self, first: date, last: date, product: Product, level: str) -> None:
        self.first, self.last, self.product, self.level = first, last, product, level
        self.fees: list[Charge] = []
        self.ads: list[Charge] = []
        self.sales = Counter[str]()

    def record(self) -> dict[str, Any]:
        sales, level = self.sales, self.level
        net = sales["ordered_sales"] - sales["refunded_sales"]
        units = sales["ordered"] - sales["refunded"]
        left = net - sum(charge.cents for charge in (*self.fees, *self.ads))
        parent, child, fnsku, sku = (*_key(self.product, level), None, None, None)[:4]
        if level == "MSKU":
            sku, fnsku = self.product.sku, self.product.fnsku
        return {
            "marketplaceId": MARKETPLACE_ID,
            "startDate": str(self.first),
            "endDate": str(self.last),
            "parentAsin": parent,
            "childAsin": child,
            "fnsku": fnsku,
            "msku": sku,
            "sales": {
                "orderedProductSales": amount(sales["ordered_sales"]),
                "refundedProductSales": amount(sales["refunded_sales"]),
                "netProductSales": amount(net),
                "averageSellingPrice": _each(sales["ordered_sales"], sales["ordered"]),
                "unitsOrdered": sales["ordered"],
                "unitsRefunded": sales["refunded"],
                "netUnitsSold": units,
            },
            "fees": [self._fee(name) for name in sorted({charge.name for charge in self.fees})],
            "ads": [_ad(name, self.ads) for name in sorted({charge.name for charge in self.ads})],
            "cost": None,
            "netProceeds": {"total": amount(left), "perUnit": _each(left, units)},
        }

    def _fee(self, name: str) -> dict[str, Any]:
        cents, units = _summed(name, self.fees)
        detail = _detail(cents, units)
        charge = {
            "identifier": f"{name}_Standard",
            "startDate": str(self.first),
            "endDate": str(self.last),
            "aggregatedDetail": detail,
            "properties": None,
            "components": None,
        }
        return {"feeTypeName": name, "charges": [charge]}


def _summed(name: str, charges: list[Charge]) -> tuple[int, int]:
    mine = [charge for charge in charges if charge.name == name]
    return sum(charge.cents for charge in mine), sum(charge.units for charge in mine)


def _each(cents: int, units: int) -> dict[str, Any] | None:
    return amount(cents / units) if units else None


def _detail(cents: int, units: int) -> dict[str, Any]:
    return {
        "amount": amount(cents),
        "promotionAmount": amount(0),
        "taxAmount": amount(0),
        "totalAmount": amount(cents),
        "quantity": float(units) if units else None,
        "amountPerUnit": _each(cents, units),
        "amountPerUnitDelta": None,
    }


def _ad(name: str, charges: list[Charge]) -> dict[str, Any]:
    return {"adTypeName": name, "charge": _detail(_summed(name, charges)[0], 0)}


# A record with every field that may be asked for.
BLANK: dict[str, Any] = {
    **dict.fromkeys(("marketplaceId", "startDate", "endDate", "parentAsin", "childAsin", "fnsku", "msku")),
    "sales": {
        **{f"{name}ProductSales": amount(0) for name in ("ordered", "refunded", "net")},
        "averageSellingPrice": amount(0),
        **dict.fromkeys(("unitsOrdered", "unitsRefunded", "netUnitsSold")),
    },
    "fees": [
        {
            "feeTypeName": None,
            "charges": [
                {
                    **dict.fromkeys(("identifier", "startDate", "endDate")),
                    "aggregatedDetail": _detail(0, 1) | {"amountPerUnitDelta": amount(0)},
                    "properties": [dict.fromkeys(("propertyName", "propertyValue"))],
                    "components": [
                        {
                            "name": None,
                            "aggregatedDetail": _detail(0, 1) | {"amountPerUnitDelta": amount(0)},
                            "properties": [dict.fromkeys(("propertyName", "propertyValue"))],
                        }
                    ],
                }
            ],
        }
    ],
    "ads": [{"adTypeName": None, "charge": _detail(0, 1) | {"amountPerUnitDelta": amount(0)}}],
    "netProceeds": {"total": amount(0), "perUnit": amount(0)},
}
