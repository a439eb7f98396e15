"""Account health as Amazon states it: the Seller Performance report, read daily because Amazon keeps no history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, Window
from kpiterm_amazon import reports
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import SIDE_BY_SIDE

REPORT_TYPE = "GET_V2_SELLER_PERFORMANCE_REPORT"
Block = Mapping[str, Any]

# Metric, the spellings that Amazon uses for its block, where the block holds defects and orders, whose fulfilment.
_RATES = (
    ("late_shipment_rate", ("lateShipmentRate",), "lateShipmentCount", "orderCount", "merchant"),
    (
        "pre_fulfillment_cancellation_rate",
        ("preFulfillmentCancellationRate", "prefulfillmentCancelRate"),
        "cancellationCount", "orderCount", "merchant",
    ),
    ("valid_tracking_rate", ("validTrackingRate",), "validTrackingCount", "shipmentCount", "merchant"),
    (
        "on_time_delivery_rate", ("onTimeDeliveryRate",),
        "onTimeDeliveryCount", "shipmentCountWithValidTracking", "merchant",
    ),
    (
        "unit_on_time_delivery_rate", ("unitOnTimeDeliveryRate",),
        "unitOnTimeDeliveryCount", "totalUnitCount", "merchant",
    ),
    ("invoice_defect_rate", ("invoiceDefectRate",), "invoiceDefect.count", "orderCount", "all"),
)  # fmt: skip
_POLICIES = {
    "listing_policy_violations": ("listingPolicyViolations",),
    "product_authenticity_complaints": ("productAuthenticityCustomerComplaints",),
    "product_condition_complaints": ("productConditionCustomerComplaints",),
    "product_safety_complaints": ("productSafetyCustomerComplaints",),
    "received_ip_complaints": ("receivedIntellectualPropertyComplaints",),
    "restricted_product_violations": ("restrictedProductPolicyViolations",),
    "suspected_ip_violations": ("suspectedIntellectualPropertyViolations",),
    "food_and_product_safety_issues": ("foodAndProductSafetyIssues",),
    "other_policy_violations": ("otherPolicyViolations",),
    "document_requests": ("documentRequests", "documentRequest"),
}
_STATES = {
    "GOOD": "good", "NORMAL": "good", "GREAT": "good", "HEALTHY": "good",
    "AT_RISK": "at_risk", "WARNED": "at_risk",
    "BAD": "bad", "DEACTIVATED": "bad", "SUSPENDED": "bad", "UNHEALTHY": "bad", "CRITICAL": "bad",
    "NONE": "none",
}  # fmt: skip
# A count of violations is never below zero, so "equal to zero" and "at most zero" are the same.
_OPERATORS = {"LESS_THAN": "<", "GREATER_THAN": ">", "EQUALS": "<="}


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Today's reading. Amazon ignores the dates of the request; they make a resumed report one of today."""
    day = (window.end - timedelta(microseconds=1)).astimezone(ZoneInfo(ctx.tz)).date()
    midnight = datetime.combine(day, time(), UTC)
    report = reports.Report(type=REPORT_TYPE, start=midnight, end=midnight + timedelta(days=1))
    for document in reports.documents(ctx, report):
        body = document.path.read_bytes()
        document.path.unlink()
        yield Payload(body=body, format="json", request=str(report))
        yield from rows(body, place(ctx.settings).marketplace_id, day)


def rows(body: bytes, marketplace_id: str, day: date) -> Iterator[Row]:
    """The health metrics of one marketplace; DataError where the report does not speak of it."""
    try:
        report = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode(body)
    except msgspec.DecodeError as error:
        raise DataError(f"{REPORT_TYPE}: {error}", hint="the report is no JSON object; sync again later") from error
    metrics = _of(report.get("performanceMetrics"), marketplace_id)
    if metrics is None:
        raise DataError(
            f"{REPORT_TYPE} has no metrics of marketplace {marketplace_id}",
            hint="check the account's setting 'marketplace': kpiterm account test NAME lists where the seller sells",
        )
    status = _of(report.get("accountStatuses"), marketplace_id) or {}
    found = (_account_status(status), _rating(metrics), *_defects(metrics), *_rates(metrics), *_policies(metrics))
    yield from (Row("health_metric", {"day": day, **values}) for values in found if values)


def _of(entries: list[Block] | None, marketplace_id: str) -> Block | None:
    return next((e for e in entries or () if e.get("marketplaceId") == marketplace_id), None)


def _account_status(entry: Block) -> dict[str, object]:
    if "status" not in entry:
        return {}
    return {"metric": "account_status", "segment": "all", "state": _state(entry)}


def _rating(metrics: Block) -> dict[str, object]:
    block = metrics.get("accountHealthRating")
    if not block:
        return {}
    status = block.get("accountHealthRatingStatus") or block.get("ahrStatus")
    return _common(block) | {
        "metric": "account_health_rating",
        "segment": "all",
        "numerator": _count(block.get("ahrScore")),
        "state": _state({"status": status}),
    }


def _defects(metrics: Block) -> Iterator[dict[str, object]]:
    block = metrics.get("orderDefectRate") or {}
    for key, segment in (("mfn", "merchant"), ("afn", "marketplace")):
        if found := block.get(key):
            yield _rate("order_defect_rate", found, "orderWithDefects.count", "orderCount", segment)


def _rates(metrics: Block) -> Iterator[dict[str, object]]:
    for metric, spellings, numerator, denominator, segment in _RATES:
        if block := _first(metrics, spellings):
            yield _rate(metric, block, numerator, denominator, segment)


def _policies(metrics: Block) -> Iterator[dict[str, object]]:
    for metric, spellings in _POLICIES.items():
        if block := _first(metrics, spellings):
            yield _common(block) | {"metric": metric, "segment": "all", "numerator": _count(block.get("defectsCount"))}


def _rate(metric: str, block: Block, numerator: str, denominator: str, segment: str) -> dict[str, object]:
    return _common(block) | {
        "metric": metric,
        "segment": segment,
        "numerator": _count(_at(block, numerator)),
        "denominator": _count(_at(block, denominator)),
        "rate": _decimal(block.get("rate")),
    }


def _common(block: Block) -> dict[str, object]:
    span = block.get("reportingDateRange") or {}
    return {
        "period_start": _date(span.get("reportingDateFrom")),
        "period_end": _date(span.get("reportingDateTo")),
        "target": _decimal(block.get("targetValue")),
        "target_op": _OPERATORS.get(str(block.get("targetCondition"))),
        "state": _state(block),
    }


def _first(metrics: Block, spellings: tuple[str, ...]) -> Block | None:
    return next((metrics[s] for s in spellings if metrics.get(s)), None)


def _at(block: Block, path: str) -> object:
    value: Any = block
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _count(value: object) -> int | None:
    """Amazon's schema calls some counts numbers: they may come as 808046.0."""
    return None if value is None else int(Decimal(str(value)))


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _state(block: Block) -> str:
    return _STATES.get(str(block.get("status")), "none")


STREAM = Stream(
    name="performance",
    title="Account health",
    fetch=fetch,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    ahead=SIDE_BY_SIDE,
    snapshot=True,
)
