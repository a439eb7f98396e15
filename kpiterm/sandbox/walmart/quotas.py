"""How often each operation may be called, and how a refusal says when it may be called again."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.walmart.errors import gateway, listed

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.wire import Response

MINUTE, HOUR = 60, 3600
NO_LIMIT = {"x-amzn-RateLimit-Limit": "1000.0"}
"""What all answers say when nothing is throttled, errors and the 404 of an empty list too, so that nobody waits."""


class Quota(NamedTuple):
    """`calls` per `seconds`; `said` is the form of X-Next-Replenishment-Time: seconds, ms (since the epoch) or iso."""

    calls: int
    seconds: int
    said: str = "seconds"

    @property
    def plan(self) -> Plan:
        return Plan(self.calls / self.seconds, self.calls)


QUOTAS = {
    "getTokenDetail": Quota(100, MINUTE),
    "getAllOrders": Quota(5000, MINUTE, ""),
    "getAnOrder": Quota(5000, MINUTE, ""),
    "getReturns": Quota(50, MINUTE),
    "getAllItems": Quota(300, MINUTE),
    "getAllItems?": Quota(60, MINUTE),
    "getAnItem": Quota(900, MINUTE),
    "getAnItem?": Quota(60, MINUTE),
    "getInventories": Quota(200, MINUTE),
    "getInventoriesOfSku": Quota(200, MINUTE),
    "getInventory": Quota(200, MINUTE),
    "getWFSInventoryDetails": Quota(100, MINUTE),
    "getRestockRecommendations": Quota(100, MINUTE),
    "getInboundShipments": Quota(100, MINUTE),
    "getInboundShipmentItems": Quota(100, MINUTE),
    "getPerformance": Quota(1, MINUTE, "ms"),
    "getSellerIncentivesInfo": Quota(1, MINUTE, "ms"),
    "generateReport": Quota(1, MINUTE, "iso"),  # as measured by others; Walmart does not say
    "getRequestsStatus": Quota(200, MINUTE, "iso"),
    "getSingleRequestStatus": Quota(20, HOUR, "iso"),
    "downloadReport": Quota(20, HOUR, "iso"),
    "getPartnerStatement": Quota(15, MINUTE),
    "getPartnerPerformance": Quota(15, MINUTE),
    "getReconDates": Quota(100, MINUTE),
    "getReconFile": Quota(100, MINUTE),
    "getReconFileJson": Quota(100, MINUTE),
}


def over_quota(world: World, operation: str, bucket: str, client: str) -> Response | None:
    """The 429 answer when the bucket of an operation is empty; `bucket` parts endpoints that count apart."""
    quota = QUOTAS[operation]
    wait = world.buckets.take(f"walmart:{bucket}", client, quota.plan) if world.throttle else 0.0
    if not wait:
        return None
    world.throttled[bucket] += 1
    return refusal(quota.said, wait, world.clock.time())


def refusal(said: str, wait: float, now: float) -> Response:
    """429 for so many seconds more, said in the way of the service."""
    if not said:
        answer = listed(429, "RATE_LIMIT_EXCEEDED.GMP_ORDER_API", "Too many requests.", "Rate limit exceeded.")
        answer.headers["Retry-After"] = str(ceil(wait))
        return answer
    answer = gateway(429, "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "Request threshold violated")
    answer.headers |= {"X-Current-Token-Count": "0", "X-Next-Replenishment-Time": _moment(said, wait, now)}
    return answer


def _moment(said: str, wait: float, now: float) -> str:
    if said == "seconds":
        return str(ceil(wait))
    if said == "ms":
        return str(ceil((now + wait) * 1000))
    return datetime.fromtimestamp(ceil(now + wait), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
