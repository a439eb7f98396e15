"""Data Kiosk's sales and traffic, version 2024_04_24: by date, by ASIN, and trends of chosen ASINs by date."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.graphql import QueryError
from kpiterm.sandbox.amazon.kiosk_arguments import granularity, marketplaces, span
from kpiterm.sandbox.amazon.sales_traffic import (
    amount,
    asin_key,
    asin_traffic,
    date_row,
    period_end,
    period_start,
    ratio,
)
from kpiterm.sandbox.figures import Figures, ProductFigures, figures_of
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shop import MARKETPLACE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop

Events = Counter[tuple[date, int, str]]  # day, product position, what happened
_LEVELS = ("PARENT", "CHILD", "SKU")
_PERIODS = ("DAY", "WEEK", "MONTH")
_MOST_ASINS = 30
_WITHOUT_B2B = ("averageOfferCount", "averageParentItems")
_LONGEST = timedelta(days=42)


def by_date(shop: Shop, arguments: Mapping[str, Any], at: int) -> list[dict[str, Any]]:
    """salesAndTrafficByDate: whole periods only."""
    period = granularity(arguments, "aggregateBy", _PERIODS)
    marketplaces(arguments.get("marketplaceIds"))
    periods = _periods(shop, span(arguments, at), period, at)
    return [_date_record(day, period, figures, len(shop.products)) for day, figures in periods.items()]


def by_asin(shop: Shop, arguments: Mapping[str, Any], at: int) -> list[dict[str, Any]]:
    """salesAndTrafficByAsin: one row for each ASIN over the whole span."""
    level = granularity(arguments, "aggregateBy", _LEVELS)
    marketplaces(arguments.get("marketplaceIds"))
    start, end = span(arguments, at)
    days = figures_of(shop, start, end, at)
    return _asin_records(shop, level, start, end, days, product_events(shop, days, at))


def trends(shop: Shop, arguments: Mapping[str, Any], at: int) -> list[dict[str, Any]]:
    """salesAndTrafficTrends: chosen child ASINs, period by period."""
    if arguments.get("asinAggregation") != "CHILD":
        raise QueryError("asinAggregation must be CHILD")
    period = granularity(arguments, "dateAggregation", _PERIODS)
    wanted = _wanted(arguments.get("filters"))
    start, end = _whole(span(arguments, at), period)
    days = figures_of(shop, start, end, at)
    events = product_events(shop, days, at)
    grouped: dict[date, dict[date, Figures]] = {}
    for day, figures in days.items():
        grouped.setdefault(period_start(day, period), {})[day] = figures
    return [
        record | {"asinAggregation": "CHILD"}
        for first, inner in grouped.items()
        for record in _asin_records(shop, "CHILD", first, period_end(first, period), inner, events)
        if record["childAsin"] in wanted
    ]


def _wanted(filters: object) -> set[str]:
    if not isinstance(filters, list) or not filters or not all(isinstance(f, dict) for f in filters):
        raise QueryError("filters must be a list of {marketplaceId, asins}")
    wanted: set[str] = set()
    for entry in filters:
        asins = entry.get("asins")
        if not isinstance(asins, list) or not 1 <= len(asins) <= _MOST_ASINS:
            raise QueryError(f"a filter takes 1 to {_MOST_ASINS} asins")
        marketplaces([entry.get("marketplaceId")])
        wanted.update(map(str, asins))
    return wanted


def _whole(days: tuple[date, date], period: str) -> tuple[date, date]:
    """Whole weeks or months within the days asked for."""
    start, end = days
    if start != period_start(start, period):
        start = period_end(start, period) + timedelta(days=1)
    if end != period_end(end, period):
        end = period_start(end, period) - timedelta(days=1)
    return start, end


def _periods(shop: Shop, days: tuple[date, date], period: str, at: int) -> dict[date, Figures]:
    start, end = _whole(days, period)
    periods: dict[date, Figures] = {}
    for day, figures in figures_of(shop, start, end, at).items():
        periods.setdefault(period_start(day, period), Figures()).add(figures)
    return periods


def _date_record(day: date, period: str, figures: Figures, products: int) -> dict[str, Any]:
    row = date_row(day, figures, products)
    return {
        "marketplaceId": MARKETPLACE_ID,
        "startDate": str(day),
        "endDate": str(period_end(day, period)),
        "sales": _with_b2b(row["salesByDate"]),
        "traffic": _with_b2b(row["trafficByDate"]),
    }


def _with_b2b(values: dict[str, Any]) -> dict[str, Any]:
    """The twins for business customers are null: this seller is in no such programme."""
    return values | {f"{name}B2B": None for name in values if name not in _WITHOUT_B2B}


def product_events(shop: Shop, days: Iterable[date], at: int) -> Events:
    """Units and orders shipped, and units refunded, by day and product."""
    chosen, events = set(days), Events()
    if not chosen:
        return events
    for order in shop.orders(min(chosen) - _LONGEST, max(chosen), datetime.fromtimestamp(at, UTC)):
        if order.non_amazon:
            continue
        for line in order.lines:
            position = line.product.position
            if 0 < order.shipped <= at:
                shipped = business_day(order.shipped)
                events[shipped, position, "units"] += line.quantity
                events[shipped, position, "orders"] += 1
                events[shipped, position, "sales"] += line.price
            if 0 < line.refunded <= at:
                events[business_day(line.refunded), position, "refunded"] += line.quantity
                events[business_day(line.refunded), position, "refunded_sales"] += line.price
    return Events({key: count for key, count in events.items() if key[0] in chosen})


def _asin_records(
    shop: Shop, level: str, start: date, end: date, days: Mapping[date, Figures], events: Events
) -> list[dict[str, Any]]:
    whole = Figures()
    for figures in days.values():
        whole.add(figures)
    groups: dict[tuple[str, ...], list[Product]] = {}
    for product in shop.products:
        groups.setdefault(asin_key(product, level), []).append(product)
    total = whole.total()
    records = []
    for key, members in groups.items():
        sums, counts = ProductFigures(), Counter[str]()
        for product in members:
            sums.add(whole.product(product.position))
            for day in days:
                for name in ("units", "orders", "sales", "refunded"):
                    counts[name] += events[day, product.position, name]
        if sums.sessions or sums.units or counts.total():
            records.append(_asin_record(key, start, end, sums, total, counts))
    return records


def _asin_record(
    key: tuple[str, ...], start: date, end: date, sums: ProductFigures, total: ProductFigures, counts: Counter[str]
) -> dict[str, Any]:
    parent, child, sku = (*key, None, None)[:3]
    sales = {
        "orderedProductSales": amount(sums.sales),
        "unitsOrdered": sums.units,
        "totalOrderItems": sums.items,
        "shippedProductSales": amount(counts["sales"]),
        "unitsShipped": counts["units"],
        "ordersShipped": counts["orders"],
        "unitsRefunded": counts["refunded"],
        "refundRate": ratio(counts["refunded"], sums.units, 100),
    }
    return {
        "marketplaceId": MARKETPLACE_ID,
        "startDate": str(start),
        "endDate": str(end),
        "parentAsin": parent,
        "childAsin": child,
        "sku": sku,
        "sales": _with_b2b(sales),
        "traffic": _with_b2b(asin_traffic(sums, total)),
    }


_DAY = date(2020, 1, 1)
BLANK_DATE = _date_record(_DAY, "DAY", Figures(), 0)
BLANK_ASIN = _asin_record(("", "", ""), _DAY, _DAY, ProductFigures(), ProductFigures(), Counter())
BLANK_TREND = BLANK_ASIN | {"asinAggregation": "CHILD"}
