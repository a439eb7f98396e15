"""Seller performance summaries with Walmart's own standards, and the Pro Seller status."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.orders import PACIFIC, business_day
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.errors import Refused, bare
from kpiterm.sandbox.walmart.params import choice, known_only
from kpiterm.sandbox.walmart.performance import metric
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from datetime import date

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.identity import Identity
    from kpiterm.sandbox.walmart.performance import Metric

DURATIONS = ("14", "30", "60", "90")
_METHODS = ("ALL_METHODS", "TWO_DAY", "ONE_DAY")


class Kind(NamedTuple):
    """How one metric is shown: its rate field, its standard in per cent, its drivers, and which way is good.

    `at_least` metrics show the share of orders that were fine, the others the share that was not.
    """

    rate: str
    days: int
    standard: int
    at_least: bool
    new: bool  # the endpoints of 2026: other trends, no deprecated fields, 204 where nothing happened
    impact: str
    drivers: str
    others: str
    option: str = ""
    trend: str = "cumulativeRateTrend"


KINDS = {
    "cancellations": Kind(
        "cumulativeRate", 30, 2, False, False, "ordersImpacted",
        "outOfStock pricingError incMrkdAddNotSvcble shipWindowExp", "customerReq customerFraud miscellaneous",
    ),
    "otd": Kind(
        "sellerAccountableRate", 30, 90, True, False, "impactedCustomerCount",
        "lateShipment carrierEDDLaterThanEDD lateHandoverToCarrier noCarrierScan carrierMethodMismatch "
        "shipLocationMismatch carrierDelays",
        "weatherDelays carrierException miscellaneous", "shippingMethod", "sellerAccountableTrend",
    ),
    "vtr": Kind(
        "cumulativeRate", 30, 99, True, False, "impactedCustomerCount",
        "misleadingTracking nonIntegratedCarrier invalidTrackingId invalidTrackingUrl noCarrierScan", "miscellaneous",
        "shippingMethod",
    ),
    "srr": Kind(
        "cumulativeRate", 30, 95, True, False, "impactedCustomerCount",
        "miscellaneous cancellation feedback itemIssue returnsRefunds trackOrder", "",
    ),
    "refunds": Kind(
        "cumulativeRate", 30, 6, False, False, "ordersImpacted",
        "incorrectItems arrivedLate defective damaged lost", "customerChangedMind miscellaneous undelivered",
    ),
    "returns": Kind(
        "cumulativeRate", 60, 6, False, True, "ordersImpacted",
        "incorrectItems arrivedLate defective damaged", "customerChangedMind miscellaneous", "conditionType",
    ),
    "itemNotReceived": Kind(
        "cumulativeRate", 60, 2, False, True, "ordersImpacted", "incorrectItems lost",
        "customerChangedMind miscellaneous",
    ),
    "negativeFeedback": Kind(
        "cumulativeRate", 60, 2, False, True, "ordersImpacted",
        "cancellation carrier productQuality packaging damaged defective late lost itemNotAsDesc miscellaneous other",
        "wfs sww",
    ),
    "lateShipment": Kind(
        "sellerAccountableRate", 30, 5, False, True, "ordersImpacted",
        "lateShipment lateHandoverToCarrier missingOrInvalid", "weatherDelay miscellaneous", "shippingMethod",
        "sellerAccountableTrend",
    ),
}  # fmt: skip
# Where the payload's name for a cause differs from the one that the orders keep.
_CAUSES = {
    "shipWindowExp": "shipWindowExpired",
    "customerReq": "customerRequested",
    "incorrectItems": "incorrectItem",
}


class Insights:
    """Figures are as of half past six in the morning, once a day."""

    def __init__(self, world: World, shop: WalmartShop, identity: Identity) -> None:
        self._world, self._shop, self._identity = world, shop, identity

    def routes(self) -> list[Route]:
        names = "|".join(KINDS)
        return [
            Route("GET", f"/v3/insights/performance/(?P<metric>{names})/summary", "getPerformance", self._summary),
            Route("GET", "/v3/insights/sellerIncentives", "getSellerIncentivesInfo", self._incentives),
        ]

    def _summary(self, request: Request, groups: dict[str, str]) -> Response:
        name, query = groups["metric"], request.query
        kind = KINDS[name]
        known_only(query, ("reportDuration", *((kind.option,) if kind.option else ())), _refuse)
        days = int(choice(query, "reportDuration", DURATIONS, str(kind.days), _refuse))
        extra = {}
        if kind.option == "shippingMethod":
            extra["shippingMethod"] = choice(query, "shippingMethod", _METHODS, "ALL_METHODS", _refuse)
        elif kind.option:
            extra["conditionType"] = choice(query, "conditionType", ("ALL", "NEW", "RESOLD"), "ALL", _refuse)
        at = refreshed(self._world.clock())
        method = extra.get("shippingMethod", "ALL_METHODS")
        expedited = None if method == "ALL_METHODS" else method == "TWO_DAY"
        counted = metric(self._shop, name, days, at=at, expedited=expedited)
        unknown = method == "ONE_DAY" or extra.get("conditionType") == "RESOLD" or not counted.total
        if kind.new and (unknown or not counted.hit):
            return Response(204)
        if unknown:
            raise Refused(bare(404, "HTTP 404 Not Found", "Requested Performance Metrics could not be found."))
        before = metric(self._shop, name, days, at=at - timedelta(days=days), expedited=expedited)
        payload = {"reportDuration": days, "updatedTimestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if name != "lateShipment":
            payload |= extra
        return json_response(200, {"status": "OK", "payload": payload | _payload(kind, counted, before)})

    def _incentives(self, _: Request, __: dict[str, str]) -> Response:
        at = refreshed(self._world.clock())
        first, day = self._shop.shop.first_day, business_day(at.timestamp())
        counts = {name: metric(self._shop, name, 90, at=at) for name in ("otd", "cancellations", "srr")}
        criteria: dict[str, float] = {
            "orders": sum(1 for _ in self._shop.orders(day - timedelta(days=90), day, at)),
            "activeDays": (day - first).days + 1,
            "onTimeDeliveryRate": round(100 - counts["otd"].rate, 2),
            "cancellationRate": counts["cancellations"].rate,
            "sellerResponseRate": round(100 - counts["srr"].rate, 2),
            "shippingScore": 67,
            "contentScore": 66,
            "priceMbScore": 97.5,
        }
        tiers = {name: tier_of(name, value) for name, value in criteria.items()}
        tier = min(tiers.values(), key=TIERS.index)
        payload = {
            "partnerId": self._identity.partner_id,
            "currentTier": tier,
            "eligibleTier": tier,
            "proSellerBadgeEnrolledDate": _midnight(first + timedelta(days=90)),
            "criteriaMetadata": criteria,
            "criteriaTier": tiers,
            "isTierOverride": False,
            "reasonCodes": [],
            "nextRefreshDate": _midnight(next_refresh(day)),
            "rewards": [
                {"reward": name, "isRewardActive": tier == TIERS[-1], "isRewardOverride": False}
                for name in ("Pro Seller Badge", "Shipping label discount")
            ],
        }
        # Wrapped, as Walmart's example shows it; its schema is flat.
        return json_response(200, {"status": "OK", "payload": payload})


TIERS = ("Rising", "Advanced", "Pro Seller")
# Least values for Advanced and for Pro Seller; of cancellations the most.
_CRITERIA = {
    "orders": (50, 100),
    "activeDays": (60, 90),
    "onTimeDeliveryRate": (85, 90),
    "cancellationRate": (3, 2),
    "sellerResponseRate": (90, 95),
    "shippingScore": (40, 60),
    "contentScore": (50, 60),
    "priceMbScore": (80, 90),
}


def tier_of(name: str, value: float) -> str:
    """The tier that one criterion alone would give."""
    sign = -1 if name == "cancellationRate" else 1
    return TIERS[sum(sign * value >= sign * bound for bound in _CRITERIA[name])]


def refreshed(now: datetime) -> datetime:
    """The latest daily refresh that is not after `now`."""
    local = now.astimezone(PACIFIC)
    today = local.replace(hour=6, minute=30, second=0, microsecond=0)
    latest = today if today <= local else today - timedelta(days=1)
    return latest.astimezone(now.tzinfo)


def next_refresh(day: date) -> date:
    """Tiers are set anew on the 5th and the 20th."""
    if day.day < 20:
        return day.replace(day=5 if day.day < 5 else 20)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=5)


def _payload(kind: Kind, counted: Metric, before: Metric) -> dict[str, Any]:
    shown, earlier = (_shown(kind, m.rate) for m in (counted, before))
    good = shown >= kind.standard if kind.at_least else shown <= kind.standard
    impact_trend = "impactedCustomerTrend" if kind.impact == "impactedCustomerCount" else "ordersImpactedTrend"
    out: dict[str, Any] = {
        kind.rate: shown,
        kind.trend: _trend(kind, shown, earlier, good=good),
        kind.impact: counted.hit,
        impact_trend: _trend(kind, counted.hit, before.hit, good=good),
        "performanceStandard": f"{kind.standard}%",
        "performanceRiskLevel": "GOOD" if good else "MONITOR" if counted.hit < 5 else "URGENT",
        "sellerAccountableDrivers": _rates(kind.drivers, counted, counted.drivers),
    }
    if kind.others:
        out["nonAccountableDrivers"] = _rates(kind.others, counted, counted.others)
    if kind.rate == "sellerAccountableRate":
        out["overallRate"] = _shown(kind, counted.overall)
        out["overallRateTrend" if kind.new else "overallTrend"] = _trend(kind, shown, earlier, good=good)
    if kind.impact == "ordersImpacted" and kind.rate == "cumulativeRate":
        out["gmvLoss"] = counted.lost / 100
    if not kind.new:
        out |= {"standard": f"{kind.standard}%", "riskLevel": "Meets standard" if good else "Monitor"}
    return out


def _shown(kind: Kind, rate: float) -> float:
    return round(100 - rate, 2) if kind.at_least else rate


def _trend(kind: Kind, value: float, before: float, *, good: bool) -> str:
    colour = "GREEN" if good else "RED"
    if value == before:
        return "NEUTRAL" if kind.new else colour
    return f"{colour}_{'UP' if value > before else 'DOWN'}"


def _rates(names: str, counted: Metric, causes: dict[str, int]) -> dict[str, float]:
    return {f"{name}Rate": counted.percent(causes.get(_CAUSES.get(name, name), 0)) for name in names.split()}


def _midnight(day: date) -> str:
    moment = datetime(day.year, day.month, day.day, tzinfo=PACIFIC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000%z")[:-2] + ":00"


def _refuse(name: str, detail: str) -> Refused:
    return Refused(bare(400, "HTTP 400 Bad Request", f"{name}: {detail}"))
