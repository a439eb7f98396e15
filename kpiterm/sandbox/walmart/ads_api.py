"""Walmart Connect's frame: the bearer token, the signed headers, the hourly quota, and the prefix of every path."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from kpiterm.sandbox.walmart.quotas import HOUR, Quota
from kpiterm.sandbox.walmart.signing import SANDBOX_KEY, signed_text
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.api import Route
    from kpiterm.sandbox.walmart.identity import Identity

ADS_HOSTS = ("developer.api.walmart.com", "developer.api.stg.walmart.com")
PREFIX = "/api-proxy/service/WPA/Api/v1"
CLOCK_SKEW_MS = 5 * 60 * 1000
_HEADERS = ("WM_CONSUMER.ID", "WM_SEC.KEY_VERSION", "WM_CONSUMER.intimestamp", "WM_SEC.AUTH_SIGNATURE")
ADS_QUOTA = Quota(1000, HOUR)


class AdsApi:
    """Answers for the Walmart Connect host."""

    def __init__(self, world: World, identity: Identity, routes: Sequence[Route]) -> None:
        self._world, self._identity = world, identity
        self._routes = [(route, re.compile(re.escape(PREFIX) + route.path)) for route in routes]

    def answer(self, request: Request) -> Response:
        """Checks the token and the signature, then the quota, then the operation itself."""
        if wrong := self._wrong_header(request):
            return failure(401, wrong)
        for route, pattern in self._routes:
            match = pattern.fullmatch(request.path)
            if match and route.method == request.method:
                if self._world.throttle and self._wait(route.operation):
                    self._world.throttled[route.operation] += 1
                    return over_hourly_quota()
                return route.handler(request, match.groupdict())
        return failure(404, f"The sandbox has no operation {request.method} {request.path}.")

    def _wait(self, operation: str) -> float:
        return self._world.buckets.take(f"walmart-ads:{operation}", self._identity.consumer_id, ADS_QUOTA.plan)

    def _wrong_header(self, request: Request) -> str:
        bearer = f"Bearer {self._identity.auth_token}"
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), bearer.encode()):
            return "The bearer token is missing or unknown."
        consumer, version, moment, signature = (request.headers.get(name.lower(), "") for name in _HEADERS)
        if (consumer, version) != (self._identity.consumer_id, self._identity.key_version):
            return f"{_HEADERS[0]} and {_HEADERS[1]} are not those of a consumer that is known here."
        now = self._world.clock.time() * 1000
        if not (moment.isascii() and moment.isdecimal() and abs(int(moment) - now) <= CLOCK_SKEW_MS):
            return f"{_HEADERS[2]} must be the time of the request in milliseconds since the epoch."
        if not SANDBOX_KEY.verify(signed_text(consumer, moment, version), signature):
            return f"{_HEADERS[3]} does not match: sign consumer id, timestamp and key version, a line each."
        return ""


def over_hourly_quota() -> Response:
    """429, which says nothing of when to come again but in words."""
    return failure(429, "Too many requests: the hourly quota is used up; wait ten minutes.")


def failure(status: int, details: str) -> Response:
    """`{code: failure, details}`, the shape that the snapshot operations use."""
    return json_response(status, {"code": "failure", "details": details})
