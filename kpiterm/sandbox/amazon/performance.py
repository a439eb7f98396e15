"""GET_V2_SELLER_PERFORMANCE_REPORT: account health as of now; the requested dates are ignored, as Amazon does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shop import MARKETPLACE_ID

if TYPE_CHECKING:
    from kpiterm.sandbox.orders import Order
    from kpiterm.sandbox.shop import Defects, Shop

_VIOLATIONS = (
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "otherPolicyViolations",
    "documentRequests",
)


def performance_report(shop: Shop, at: int) -> str:
    """The JSON document; rates are fractions, although the schema says percentage."""
    moment = datetime.fromtimestamp(at, UTC)
    today = business_day(at)
    defects = shop.odr(at=moment)
    month = _merchant_orders(shop, today - timedelta(days=30), today - timedelta(days=1), moment)
    week = _merchant_orders(shop, today - timedelta(days=7), today - timedelta(days=1), moment)
    tracked = _merchant_orders(shop, today - timedelta(days=43), today - timedelta(days=14), moment)
    arrived = _merchant_orders(shop, today - timedelta(days=27), today - timedelta(days=14), moment)
    metrics = {
        "marketplaceId": MARKETPLACE_ID,
        "orderDefectRate": {n: _order_defect_rate(d, n, today) for n, d in defects.items()},
        "lateShipmentRate": _late_shipment(month, today),
        "preFulfillmentCancellationRate": _cancellation(week, today, at),
        "validTrackingRate": _valid_tracking(tracked, today),
        "onTimeDeliveryRate": _on_time(tracked, today),
        "unitOnTimeDeliveryRate": _unit_on_time(arrived, today),
        "invoiceDefectRate": _invoice_defects(today),
        "warningStates": [],
        "accountHealthRating": {"reportingDateRange": _range(today, 180, 1), "ahrStatus": "GREAT", "ahrScore": 276},
    }
    metrics |= {name: _violation(today) for name in _VIOLATIONS}
    report = {
        "accountStatuses": [{"marketplaceId": MARKETPLACE_ID, "status": "NORMAL"}],
        "performanceMetrics": [metrics],
    }
    return json.dumps(report)


def _merchant_orders(shop: Shop, day_from: date, day_to: date, at: datetime) -> list[Order]:
    return [order for order in shop.orders(day_from, day_to, at) if not order.afn]


def _range(today: date, days: int, ended_days_ago: int) -> dict[str, str]:
    last = today - timedelta(days=ended_days_ago)
    first = last - timedelta(days=days - 1)
    return {"reportingDateFrom": f"{first}T00:00Z", "reportingDateTo": f"{last}T23:59Z"}


def _judged(part: int, whole: int, target: float, condition: str) -> dict[str, Any]:
    rate = part / whole if whole else 0.0
    good = rate < target if condition == "LESS_THAN" else rate > target
    status = "NONE" if not whole else "GOOD" if good else "BAD"
    return {"rate": round(rate, 8), "targetValue": target, "targetCondition": condition, "status": status}


def _order_defect_rate(defects: Defects, network: str, today: date) -> dict[str, Any]:
    judged = _judged(defects.by_kind.total(), defects.orders, 0.01, "LESS_THAN")
    kinds = {k: {"count": defects.by_kind[k], "status": "NONE"} for k in ("claims", "chargebacks", "negativeFeedback")}
    return {
        "reportingDateRange": _range(today, 60, 16),
        "orderCount": defects.orders,
        "orderWithDefects": {"count": defects.by_kind.total(), "status": judged["status"]},
        **kinds,
        "fulfillmentType": network,
        **judged,
    }


def _late_shipment(orders: list[Order], today: date) -> dict[str, Any]:
    late = sum(order.late_shipped for order in orders)
    counts = {"orderCount": len(orders), "lateShipmentCount": late}
    return {"reportingDateRange": _range(today, 30, 1), **counts, **_judged(late, len(orders), 0.04, "LESS_THAN")}


def _cancellation(orders: list[Order], today: date, at: int) -> dict[str, Any]:
    # Only the seller's own cancellations count; the buyer's are the ones that keep their price.
    cancelled = sum(0 < order.cancelled <= at and not order.price_kept for order in orders)
    counts = {"orderCount": len(orders), "cancellationCount": cancelled}
    return {"reportingDateRange": _range(today, 7, 1), **counts, **_judged(cancelled, len(orders), 0.025, "LESS_THAN")}


def _valid_tracking(orders: list[Order], today: date) -> dict[str, Any]:
    shipped = sum(order.shipped > 0 for order in orders)
    valid = sum(order.shipped > 0 and order.shipped % 53 != 0 for order in orders)
    counts = {"shipmentCount": shipped, "validTrackingCount": valid}
    return {"reportingDateRange": _range(today, 30, 14), **counts, **_judged(valid, shipped, 0.95, "GREATER_THAN")}


def _on_time(orders: list[Order], today: date) -> dict[str, Any]:
    shipped = [order for order in orders if order.shipped]
    on_time = sum(not order.late_shipped and order.shipped % 37 != 0 for order in shipped)
    counts = {"shipmentCountWithValidTracking": len(shipped), "onTimeDeliveryCount": on_time}
    judged = _judged(on_time, len(shipped), 0.9, "GREATER_THAN")
    return {"reportingDateRange": _range(today, 30, 14), **counts, **judged}


def _unit_on_time(orders: list[Order], today: date) -> dict[str, Any]:
    units = [(o, sum(line.quantity for line in o.lines)) for o in orders if o.shipped]
    total = sum(count for _, count in units)
    on_time = sum(count for order, count in units if not order.late_shipped and order.shipped % 37 != 0)
    counts = {"totalUnitCount": total, "unitOnTimeDeliveryCount": on_time}
    return {"reportingDateRange": _range(today, 14, 14), **counts, **_judged(on_time, total, 0.9, "GREATER_THAN")}


def _invoice_defects(today: date) -> dict[str, Any]:
    none = {"count": 0, "status": "NONE"}
    counts = {"orderCount": 0, "invoiceDefect": none, "missingInvoice": none, "lateInvoice": none}
    return {"reportingDateRange": _range(today, 7, 28), **counts, **_judged(0, 0, 0.05, "LESS_THAN")}


def _violation(today: date) -> dict[str, Any]:
    return {
        "reportingDateRange": _range(today, 180, 1),
        "defectsCount": 0,
        "status": "GOOD",
        "targetValue": 0,
        "targetCondition": "EQUALS",
    }
