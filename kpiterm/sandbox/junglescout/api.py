"""The frame of every call: key, headers, marketplace, quota, pages and JSON:API errors."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.vendor import SandboxAccount
from kpiterm.sandbox.wire import Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.wire import Request

HOST = "developer.junglescout.com"
ACCEPT, CONTENT = "application/vnd.junglescout.v1+json", "application/vnd.api+json"
MARKETPLACES = ("us", "uk", "ca", "de", "fr", "in", "it", "es", "mx", "jp")
CATEGORIES = ("Home & Kitchen", "Kitchen & Dining", "Office Products", "Patio, Lawn & Garden", "Pet Supplies")
_MINUTE, _BURST = Plan(5.0, 300), Plan(15.0, 15)
_TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class Refused(Exception):
    """A call that is not answered: status and detail."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class Route(NamedTuple):
    """A call: `page` is the usual number of records on a page, 0 where it is not paged; `handler` gets the query of a
    GET and the attributes of a POST."""

    method: str
    path: str
    page: int
    handler: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Identity:
    """The key, and the account as a user would configure it."""

    authorization: str = field(repr=False)
    account: SandboxAccount


def identity_of(shop: Shop, phrases: Sequence[str]) -> Identity:
    """The same seed always gives the same key. The account looks at its best products and what buyers type for them."""
    rng = Random(f"{shop.seed}:junglescout-identity")
    key = "".join(rng.choices(_TEXT, k=43))
    best = sorted(shop.products, key=lambda product: -product.weight)[:6]
    settings = {
        "marketplace": "us",
        "key_name": "demo_key",
        "asins": ",".join(product.asin for product in best),
        "keywords": ";".join(phrases[:2]),
        "categories": ";".join(CATEGORIES),
    }
    account = SandboxAccount("demo-junglescout", "junglescout", settings, {"api_key": key})
    return Identity(f"demo_key:{key}", account)


class Api:
    """Answers below `/api/`."""

    def __init__(self, world: World, identity: Identity, routes: Sequence[Route]) -> None:
        self._world, self._key = world, identity.authorization
        self._routes = {(route.method, f"/api/{route.path}"): route for route in routes}

    def answer(self, request: Request) -> Response:
        """Checks in the gateway's order: key, media types, route, marketplace, quota, then the call itself."""
        try:
            return self._answer(request)
        except Refused as no:
            return _error(no.status, no.detail)

    def _answer(self, request: Request) -> Response:
        if not secrets.compare_digest(request.headers.get("authorization", "").encode(), self._key.encode()):
            raise Refused(401, "Invalid API key or key name.")
        if request.headers.get("x_api_type") not in ("junglescout", "cobalt"):
            raise Refused(400, "The header X_API_Type must be junglescout or cobalt.")
        if request.headers.get("accept") != ACCEPT or request.headers.get("content-type") != CONTENT:
            raise Refused(406, f"Send Accept: {ACCEPT} and Content-Type: {CONTENT}.")
        route = self._routes.get((request.method, request.path))
        if route is None:
            raise Refused(404, "Not found.")
        if request.query.get("marketplace") not in MARKETPLACES:
            raise Refused(422, f"marketplace must be one of {', '.join(MARKETPLACES)}.")
        if wait := self._wait():
            self._world.throttled["junglescout"] += 1
            return over_quota(wait)
        found = route.handler(_attributes(request) if route.method == "POST" else request.query)
        return json_response(200, self._envelope(request, route, found))

    def _wait(self) -> float:
        if not self._world.throttle:
            return 0.0
        take = self._world.buckets.take
        return take("junglescout:burst", self._key, _BURST) or take("junglescout:minute", self._key, _MINUTE)

    def _envelope(self, request: Request, route: Route, found: Any) -> dict[str, Any]:  # noqa: ANN401 - one or many
        address = f"https://{HOST}{request.path}"
        here = {"self": f"{address}?{request.query_string}"}
        if not route.page or not isinstance(found, list):
            total = len(found) if isinstance(found, list) else 1
            return {"data": found, "links": here, "meta": {"total_items": total, "errors": []}}
        size, start = _page(request.query, route.page)
        size = self._world.page(size)
        links: dict[str, str | None] = {**here, "next": None}
        if start + size < len(found):
            query = {**request.query, "page[cursor]": _cursor(self._world.after(start, size, "junglescout"))}
            links["next"] = f"{address}?{urlencode(query)}"
        return {"data": found[start : start + size], "links": links, "meta": {"total_items": len(found), "errors": []}}


def _page(query: Mapping[str, str], usual: int) -> tuple[int, int]:
    """Records on the page and where it begins; cursors are opaque."""
    size, cursor = query.get("page[size]", str(usual)), query.get("page[cursor]")
    if not size.isdecimal() or not 1 <= int(size) <= 100:
        raise Refused(422, "page[size] must be between 1 and 100.")
    try:
        start = int(base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("at:")) if cursor else 0
    except ValueError:
        raise Refused(422, "page[cursor] is not valid.") from None
    return int(size), start


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"at:{start}".encode()).decode()


def _attributes(request: Request) -> Mapping[str, Any]:
    """The attributes of a query, whose type is named after its path."""
    try:
        data = json.loads(request.body)["data"]
        kind, attributes = data["type"], data["attributes"]
    except (ValueError, KeyError, TypeError):
        raise Refused(400, "The body must be a JSON:API document with data.type and data.attributes.") from None
    if kind != request.path.rpartition("/")[2] or not isinstance(attributes, dict):
        raise Refused(422, f"data.type must be {request.path.rpartition('/')[2]}.")
    return attributes


def over_quota(seconds: float) -> Response:
    """429 with the whole seconds until the next request."""
    return _error(429, "Rate limit exceeded.", {"Retry-After": str(int(seconds) + 1)})


def _error(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = {"errors": [{"status": str(status), "title": "Error", "detail": detail, "code": str(status)}]}
    return json_response(status, body, headers)
