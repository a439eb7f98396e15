"""The frame of every Selling Partner API call: token, usage plan, routing, the common headers and error shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpiterm.sandbox.amazon.identity import Identity
    from kpiterm.sandbox.amazon.lwa import Tokens
    from kpiterm.sandbox.vendor import World

UNTHROTTLED = "1000.0"
# Default usage plans of the official models, requests per second and burst.
PLANS = {
    "searchOrders": Plan(0.0056, 20),
    "getOrder": Plan(0.5, 30),
    "getInventorySummaries": Plan(2.0, 2),
    "createReport": Plan(0.0167, 15),
    "getReport": Plan(2.0, 15),
    "getReports": Plan(0.0222, 10),
    "cancelReport": Plan(0.0222, 10),
    "getReportDocument": Plan(0.0167, 15),
    "createQuery": Plan(0.0167, 15),
    "getQuery": Plan(2.0, 15),
    "getQueries": Plan(0.0222, 10),
    "cancelQuery": Plan(0.0222, 10),
    "getDocument": Plan(0.0167, 15),
    "listTransactions": Plan(0.5, 10),
    "getMarketplaceParticipations": Plan(0.016, 15),
}
_DETAILS = {
    "missing": "Access token is missing in the request header.",
    "expired": "The access token you provided has expired.",
    "invalid": "The access token you provided is revoked, malformed or invalid.",
}


class ApiError(Exception):
    """An answer in the common error shape."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.response = error(status, code, message, details)


class Route(NamedTuple):
    """One operation; named groups of `path` are passed to the handler as text."""

    method: str
    path: str
    operation: str
    handler: Callable[[Request, dict[str, str]], Response]


class SellingPartnerApi:
    """Answers for the regional SP-API hosts."""

    def __init__(self, world: World, identity: Identity, tokens: Tokens, routes: Sequence[Route]) -> None:
        self._world, self._tokens = world, tokens
        self._client = identity.apps[0].client_id
        self._routes = [(r, re.compile(r.path)) for r in routes]

    def answer(self, request: Request) -> Response:
        """Checks in Amazon's order: token, route, usage plan, then the operation itself."""
        response = self._checked(request)
        response.headers["x-amzn-RequestId"] = str(uuid4())
        return response

    def _checked(self, request: Request) -> Response:
        state = self._tokens.state(request.headers.get("x-amz-access-token", ""), "selling-partner")
        if state != "ok":
            return error(403, "Unauthorized", "Access to requested resource is denied.", _DETAILS[state])
        for route, pattern in self._routes:
            match = pattern.fullmatch(request.path)
            if match and route.method == request.method:
                return self._limited(route, request, match.groupdict())
        return error(404, "NotFound", f"The sandbox has no operation {request.method} {request.path}.")

    def _limited(self, route: Route, request: Request, groups: dict[str, str]) -> Response:
        plan = PLANS[route.operation]
        if self._world.throttle and self._world.buckets.take(route.operation, self._client, plan):
            self._world.throttled[route.operation] += 1
            return over_quota()
        try:
            response = route.handler(request, groups)
        except ApiError as refused:
            response = refused.response
        if response.status < 300 or response.status in {400, 404}:
            response.headers["x-amzn-RateLimit-Limit"] = str(plan.rate) if self._world.throttle else UNTHROTTLED
        return response


def error(status: int, code: str, message: str, details: str = "") -> Response:
    """`{"errors": [{code, message, details}]}`."""
    return json_response(status, {"errors": [{"code": code, "message": message, "details": details}]})


def over_quota() -> Response:
    """429, which says nothing of when to come again."""
    return error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


def invalid(message: str) -> ApiError:
    """400 InvalidInput."""
    return ApiError(400, "InvalidInput", message)
