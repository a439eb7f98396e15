"""What a report request may ask: type and version in the query string, dates and columns in the body."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.walmart.errors import Refused, problem
from kpiterm.sandbox.walmart.item_files import Asked
from kpiterm.sandbox.walmart.params import known_only

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PATH = "/v3/reports/reportRequests"
IN_QUERY = ("reportType", "reportVersion")
TYPES = (
    *("ITEM", "INVENTORY", "CANCELLATION", "DELIVERY_DEFECT", "ITEM_PERFORMANCE", "PROMO", "RETURN_OVERRIDES", "CPA"),
    *("SHIPPING_CONFIGURATION", "SHIPPING_PROGRAM", "FITMENT_MISSING_ATTR", "FITMENT_ACES_COVERAGE", "BUYBOX"),
    *("ASSORTMENT_RECOMMENDATIONS", "LAGTIME", "API_traffic_report", "SEARCH_INSIGHTS_PERF_REPORT"),
    *("SEARCH_INSIGHTS_SQR_REPORT", "INVENTORY_RECOMMENDATIONS", "SEM_PERFORMANCE", "SEM_SEARCH_TERMS"),
    *("INVENTORY_RECON", "SETTLEMENT", "WFS_ORDERS", "WFS_CUSTOMER_RETURNS", "CONTENT_QUALITY", "LISTING_QUALITY"),
)
GRANULARITIES = ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY")
DAILY_SPAN, LONGEST_SPAN = 15, 730
_BODY = ("rowFilters", "excludeColumns", "dataStartTime", "dataEndTime", "dateGranularity")
_VERSIONS = {"ITEM": 6, "ITEM_PERFORMANCE": 3}
_DEFAULT_DAYS = 30


def refuse(name: str, detail: str) -> Refused:
    """400 as a problem document."""
    return Refused(problem(400, "invalid-request", "Invalid request", f"`{name}` {detail}.", PATH))


def version_of(kind: str, query: Mapping[str, str]) -> str:
    """`v1` up to the latest version of the type."""
    version = query.get("reportVersion", "")
    if version not in {f"v{n}" for n in range(1, _VERSIONS.get(kind, 1) + 1)}:
        raise refuse("reportVersion", f"must be v1 to v{_VERSIONS.get(kind, 1)} for {kind}, not '{version}'")
    return version


def parse_body(kind: str, version: str, body: dict[str, Any], now: datetime) -> Asked:
    """The request's days and columns, the last 30 days where none are given."""
    known_only(body, _BODY, refuse)
    if body.get("rowFilters"):
        raise refuse("rowFilters", "are not made by the sandbox; leave them out")
    excluded = body.get("excludeColumns") or []
    if not isinstance(excluded, list) or not all(isinstance(name, str) for name in excluded):
        raise refuse("excludeColumns", "must be a list of column names")
    granularity = ""
    if (kind, version) == ("ITEM_PERFORMANCE", "v3"):
        granularity = _granularity(body)
    today = business_day(now.timestamp())
    first = _day(body, "dataStartTime") or today - timedelta(days=_DEFAULT_DAYS)
    last = _day(body, "dataEndTime") or today
    _check_range(first, last, today, granularity)
    return Asked(first, last, granularity, now, frozenset(excluded))


def _granularity(body: dict[str, Any]) -> str:
    names = ("dataStartTime", "dataEndTime", "dateGranularity")
    if any(name not in body for name in names):
        listed = ", ".join(f"`{name}`" for name in names)
        detail = f"The fields {listed} are required when `reportType=ITEM_PERFORMANCE` and `reportVersion=v3`."
        raise Refused(problem(400, "missing-required-field", "Missing required field", detail, PATH))
    value = str(body["dateGranularity"])
    if value not in GRANULARITIES:
        allowed = ", ".join(f"`{name}`" for name in GRANULARITIES)
        detail = f"The value '{value}' is not a valid dateGranularity. Valid values are: {allowed}."
        raise Refused(problem(400, "invalid-date-granularity", "Invalid date granularity", detail, PATH))
    return value


def _day(body: dict[str, Any], name: str) -> date | None:
    if name not in body:
        return None
    text = str(body[name])
    try:
        parsed = date.fromisoformat(text[:10])
    except ValueError:
        parsed = None
    if parsed is None or text[10:11] != "T":
        raise refuse(name, f"must be like 2026-06-01T00:00:00Z, not '{text}'")
    return parsed


def _check_range(first: date, last: date, today: date, granularity: str) -> None:
    if first > last:
        detail = "`dataStartTime` must be earlier than or equal to `dataEndTime`."
        raise Refused(problem(400, "invalid-date-range", "Invalid date range", detail, PATH))
    if last > today + timedelta(days=1) or (today - first).days > LONGEST_SPAN:
        raise refuse("dataStartTime", "and `dataEndTime` must lie within the last two years")
    span = DAILY_SPAN if granularity == "DAILY" else LONGEST_SPAN
    if (last - first).days + 1 > span:
        detail = f"The date range between `dataStartTime` and `dataEndTime` must not exceed {span} days."
        raise Refused(problem(400, "reporting-window-exceeded", "Reporting window exceeded", detail, PATH))
