"""GET_SALES_AND_TRAFFIC_REPORT: sales and traffic by date and by ASIN, as JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.figures import Figures, ProductFigures, figures_of
from kpiterm.sandbox.shop import CURRENCY, MARKETPLACE_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop


def sales_traffic_report(shop: Shop, start: int, end: int, at: int, options: Mapping[str, str]) -> str | None:
    """The report for the dates of two moments (UTC date parts, both included), or None when no day is there yet."""
    by_date, by_asin = options.get("dateGranularity", "DAY"), options.get("asinGranularity", "PARENT")
    day_from, day_to = (datetime.fromtimestamp(m, UTC).date() for m in (start, min(end, at)))
    if day_from < datetime.fromtimestamp(at, UTC).date() - timedelta(days=731):
        return None
    first, last = period_start(day_from, by_date), period_end(day_to, by_date)
    days = figures_of(shop, first, last, at)
    if not days:
        return None
    periods: dict[date, Figures] = {}
    for day, figures in days.items():
        periods.setdefault(period_start(day, by_date), Figures()).add(figures)
    whole = Figures()
    for day, figures in days.items():
        if day_from <= day <= day_to:
            whole.add(figures)
    report = {
        "reportSpecification": {
            "reportType": "GET_SALES_AND_TRAFFIC_REPORT",
            "reportOptions": {"dateGranularity": by_date, "asinGranularity": by_asin},
            "dataStartTime": str(day_from),
            "dataEndTime": str(day_to),
            "marketplaceIds": [MARKETPLACE_ID],
        },
        "salesAndTrafficByDate": [date_row(day, figures, len(shop.products)) for day, figures in periods.items()],
        "salesAndTrafficByAsin": _asin_rows(shop, whole, by_asin),
    }
    return json.dumps(report)


def period_start(day: date, granularity: str) -> date:
    """The first day of the DAY, WEEK (from Sunday) or MONTH that holds `day`."""
    if granularity == "WEEK":  # Sunday to Saturday
        return day - timedelta(days=(day.weekday() + 1) % 7)
    return day.replace(day=1) if granularity == "MONTH" else day


def period_end(day: date, granularity: str) -> date:
    """The last day of that period."""
    if granularity == "DAY":
        return day
    start = period_start(day, granularity)
    length = 7 if granularity == "WEEK" else 32
    return period_start(start + timedelta(days=length), granularity) - timedelta(days=1)


def amount(cents: float) -> dict[str, Any]:
    """Cents as a JSON number with its currency."""
    return {"amount": round(cents / 100, 2), "currencyCode": CURRENCY}


def ratio(part: float, whole: float, scale: int = 1) -> float:
    """Two decimals, as the reports print them; 0 where there is nothing to divide by."""
    return round(scale * part / whole, 2) if whole else 0.0


def date_row(day: date, figures: Figures, products: int) -> dict[str, Any]:
    total, other = figures.total(), figures.other
    feedback = other["positive_feedback"] + other["negativeFeedback"]
    return {
        "date": str(day),
        "salesByDate": {
            "orderedProductSales": amount(total.sales),
            "unitsOrdered": total.units,
            "totalOrderItems": total.items,
            "averageSalesPerOrderItem": amount(ratio(total.sales, total.items)),
            "averageUnitsPerOrderItem": ratio(total.units, total.items),
            "averageSellingPrice": amount(ratio(total.sales, total.units)),
            "unitsRefunded": other["units_refunded"],
            "refundRate": ratio(other["units_refunded"], total.units, 100),
            "claimsGranted": other["claims"],
            "claimsAmount": amount(other["claims_amount"]),
            "shippedProductSales": amount(other["shipped_sales"]),
            "unitsShipped": other["units_shipped"],
            "ordersShipped": other["orders_shipped"],
        },
        "trafficByDate": {
            **traffic(total),
            "orderItemSessionPercentage": ratio(total.items, total.sessions, 100),
            "averageOfferCount": products,
            "averageParentItems": products,
            "feedbackReceived": feedback,
            "negativeFeedbackReceived": other["negativeFeedback"],
            "receivedNegativeFeedbackRate": ratio(other["negativeFeedback"], feedback, 100),
        },
    }


def traffic(figures: ProductFigures) -> dict[str, Any]:
    """Visits, page views and shares; percentages from 0 to 100."""
    return {
        "browserPageViews": figures.page_views - figures.mobile_page_views,
        "mobileAppPageViews": figures.mobile_page_views,
        "pageViews": figures.page_views,
        "browserSessions": figures.sessions - figures.mobile_sessions,
        "mobileAppSessions": figures.mobile_sessions,
        "sessions": figures.sessions,
        "buyBoxPercentage": ratio(figures.buy_box, figures.page_views),
        "unitSessionPercentage": ratio(figures.units, figures.sessions, 100),
    }


def _asin_rows(shop: Shop, whole: Figures, granularity: str) -> list[dict[str, Any]]:
    groups: dict[tuple[str, ...], ProductFigures] = {}
    for product in shop.products:
        groups.setdefault(asin_key(product, granularity), ProductFigures()).add(whole.product(product.position))
    total = whole.total()
    names = ("parentAsin", "childAsin", "sku")
    return [
        {
            **dict(zip(names, key, strict=False)),
            "salesByAsin": {
                "unitsOrdered": figures.units,
                "orderedProductSales": amount(figures.sales),
                "totalOrderItems": figures.items,
            },
            "trafficByAsin": asin_traffic(figures, total),
        }
        for key, figures in groups.items()
    ]


def asin_key(product: Product, granularity: str) -> tuple[str, ...]:
    """What a row is about: parent, child, SKU, as far as the granularity goes."""
    key = (product.parent_asin, product.asin, product.sku)
    return key[: ("PARENT", "CHILD", "SKU").index(granularity) + 1]


def asin_traffic(figures: ProductFigures, total: ProductFigures) -> dict[str, Any]:
    """Traffic of a row, and its share in that of all products."""
    shares = {
        "browserSessionPercentage": (
            figures.sessions - figures.mobile_sessions,
            total.sessions - total.mobile_sessions,
        ),
        "mobileAppSessionPercentage": (figures.mobile_sessions, total.mobile_sessions),
        "sessionPercentage": (figures.sessions, total.sessions),
        "browserPageViewsPercentage": (
            figures.page_views - figures.mobile_page_views,
            total.page_views - total.mobile_page_views,
        ),
        "mobileAppPageViewsPercentage": (figures.mobile_page_views, total.mobile_page_views),
        "pageViewsPercentage": (figures.page_views, total.page_views),
    }
    return traffic(figures) | {name: ratio(part, whole, 100) for name, (part, whole) in shares.items()}
