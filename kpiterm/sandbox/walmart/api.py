"""The frame of every Marketplace call: headers, token, routing, quota, and the correlation id on the way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.walmart.errors import Refused, gateway, listed, spring
from kpiterm.sandbox.walmart.quotas import NO_LIMIT, QUOTAS, over_quota

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.identity import Identity
    from kpiterm.sandbox.walmart.tokens import Tokens
    from kpiterm.sandbox.wire import Request, Response

HOSTS = ("marketplace.walmartapis.com", "sandbox.walmartapis.com")
_CORRELATION = "WM_QOS.CORRELATION_ID"


class Route(NamedTuple):
    """One operation; named groups of `path` go to the handler as text and part its quota."""

    method: str
    path: str
    operation: str
    handler: Callable[[Request, dict[str, str]], Response]


class MarketplaceApi:
    """Answers for the Marketplace host."""

    def __init__(self, world: World, identity: Identity, tokens: Tokens, routes: Sequence[Route]) -> None:
        self._world, self._identity, self._tokens = world, identity, tokens
        own = Route("GET", "/v3/token/detail", "getTokenDetail", tokens.detail)
        self._routes = [(route, re.compile(route.path)) for route in (own, *routes)]

    def answer(self, request: Request) -> Response:
        """Checks in the gateway's order: headers, token, route, quota, then the operation itself."""
        response = self._checked(request)
        if not self._world.throttle:
            response.headers |= NO_LIMIT
        if correlation := request.headers.get(_CORRELATION.lower()):
            response.headers[_CORRELATION] = correlation
        return response

    def _checked(self, request: Request) -> Response:
        for name in (_CORRELATION, "WM_SVC.NAME"):
            if not request.headers.get(name.lower()):
                detail = f"The required header {name} is missing."
                return listed(400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", "Invalid request header", detail, name)
        if request.path == "/v3/token":
            return self._tokens.answer(request)
        token = request.headers.get("wm_sec.access_token", "")
        if not self._tokens.valid(token):
            detail = "WM_SEC.ACCESS_TOKEN is expired or invalid." if token else "WM_SEC.ACCESS_TOKEN is missing."
            return gateway(401, "UNAUTHORIZED.GMP_GATEWAY_API", "Unauthorized", detail)
        for route, pattern in self._routes:
            match = pattern.fullmatch(request.path)
            if match and route.method == request.method:
                return self._limited(route, request, match.groupdict())
        return spring(404, "Not Found", request.path, iso(self._world.clock.time()))

    def _limited(self, route: Route, request: Request, groups: dict[str, str]) -> Response:
        operation = route.operation
        if request.query_string and f"{operation}?" in QUOTAS:
            operation += "?"
        bucket = f"{operation}/{groups['metric']}" if "metric" in groups else operation
        refused = over_quota(self._world, operation, bucket, self._identity.client_id)
        if refused:
            return refused
        try:
            return route.handler(request, groups)
        except Refused as no:
            return no.response
