"""Orders API 2026-01-01: searchOrders and getOrder."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.api import ApiError, Route, invalid
from kpiterm.sandbox.amazon.order_json import DATASETS, order_json
from kpiterm.sandbox.amazon.params import known_only, listed, moment, whole_number
from kpiterm.sandbox.amazon.tokens import seal, unseal
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY, status, updated
from kpiterm.sandbox.shop import MARKETPLACE_ID
from kpiterm.sandbox.wire import Request, Response

if TYPE_CHECKING:
    from kpiterm.sandbox.orders import Order
    from kpiterm.sandbox.vendor import World

_STATUSES = frozenset(
    ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE")
)
_BOUNDS = ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore")
_FILTERS = ("fulfillmentStatuses", "marketplaceIds", "fulfilledBy", "maxResultsPerPage", "includedData")
_SETTLING = 120  # a *Before must be this many seconds in the past
_TOKEN_LIFE = DAY
_HISTORY = timedelta(days=730)

Search = tuple[bool, int, int, int, tuple[str, ...], tuple[str, ...]]  # by update, from, to, at, statuses, fulfilled by


class Orders:
    """The two read operations; a search is fixed when its first page is asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._found = lru_cache(maxsize=8)(self._find)
        self._page = lru_cache(maxsize=1024)(self._render)

    def routes(self) -> list[Route]:
        base = "/orders/2026-01-01/orders"
        return [
            Route("GET", base, "searchOrders", self._search),
            Route("GET", f"{base}/(?P<order_id>[^/]+)", "getOrder", self._get),
        ]

    def _search(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        known_only(query, (*_BOUNDS, *_FILTERS, "paginationToken"))
        included = tuple(sorted(listed(query, "includedData", allowed=DATASETS)))
        if token := query.get("paginationToken"):
            state = unseal("searchOrders", token, self._world.clock.time())
            return Response(200, self._page(_tupled(state["search"]), state["offset"], state["size"], included))
        size = self._world.page(whole_number(query, "maxResultsPerPage", 100, 1, 100))
        return Response(200, self._page(self._parse(query), 0, size, included))

    def _get(self, request: Request, groups: dict[str, str]) -> Response:
        known_only(request.query, ("includedData",))
        included = listed(request.query, "includedData", allowed=DATASETS)
        at = self._world.clock()
        order = self._world.shop.order(groups["order_id"], at)
        if order is None:
            raise ApiError(404, "NotFound", f"No order {groups['order_id']} was found.")
        return Response(200, f'{{"order":{order_json(order, int(at.timestamp()), included)}}}'.encode())

    def _parse(self, query: dict[str, str]) -> Search:
        bounds = {name: moment(query, name) for name in _BOUNDS}
        by_update = bounds["lastUpdatedAfter"] is not None
        if by_update == (bounds["createdAfter"] is not None):
            raise invalid("Exactly one of createdAfter and lastUpdatedAfter must be given.")
        name, other = ("lastUpdated", "created") if by_update else ("created", "lastUpdated")
        if bounds[f"{other}Before"] is not None:
            raise invalid(f"{other}Before cannot be combined with {name}After.")
        now = self._world.clock().timestamp()
        latest = self._world.clock.time() - _SETTLING
        start, end = bounds[f"{name}After"] or 0.0, bounds[f"{name}Before"]
        if end is not None and end > latest:
            raise invalid(f"{name}Before must be at least two minutes before the time of the request.")
        end = now - _SETTLING if end is None else end
        if start > end:
            raise invalid(f"{name}After must not be later than {name}Before.")
        oldest = (self._world.clock() - _HISTORY).timestamp()
        statuses = tuple(sorted(listed(query, "fulfillmentStatuses", allowed=_STATUSES)))
        networks = tuple(sorted(listed(query, "fulfilledBy", allowed=("AMAZON", "MERCHANT"))))
        markets = listed(query, "marketplaceIds", at_most=50)
        if markets and MARKETPLACE_ID not in markets:
            raise ApiError(
                403, "Unauthorized", "Access to requested resource is denied.", "Marketplace not authorised."
            )
        return by_update, int(max(start, oldest)), int(end), int(now), statuses, networks

    def _find(self, search: Search) -> list[Order]:
        by_update, start, end, at, statuses, networks = search
        out = []
        for order in self._world.shop.orders_touched(start, end):
            if order.created > at or not start <= (updated(order, at) if by_update else order.created) <= end:
                continue
            if statuses and status(order, at) not in statuses:
                continue
            if networks and ("AMAZON" if order.afn else "MERCHANT") not in networks:
                continue
            out.append(order)
        return sorted(out, key=lambda o: updated(o, at)) if by_update else out

    def _render(self, search: Search, offset: int, size: int, included: tuple[str, ...]) -> bytes:
        orders, at = self._found(search), search[3]
        page = ",".join(order_json(order, at, included) for order in orders[offset : offset + size])
        until = "lastUpdatedBefore" if search[0] else "createdBefore"
        more = ""
        if offset + size < len(orders):
            following = self._world.after(offset, size, "searchOrders")
            state: dict[str, Any] = {"search": search, "offset": following, "size": size}
            token = seal("searchOrders", state, self._world.clock.time() + _TOKEN_LIFE)
            more = f',"pagination":{{"nextToken":"{token}"}}'
        return f'{{"orders":[{page}],"{until}":"{iso(search[2])}"{more}}}'.encode()


def _tupled(search: list[Any]) -> Search:
    by_update, start, end, at, statuses, networks = search
    return by_update, start, end, at, tuple(statuses), tuple(networks)
