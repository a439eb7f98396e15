"""Orders: `GET /v3/orders` with its cursor, one ship-node type per call and a week by default; one order by its id."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY, business_day
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.cursors import Cursors
from kpiterm.sandbox.walmart.errors import Refused, listed
from kpiterm.sandbox.walmart.items import NODES
from kpiterm.sandbox.walmart.order_json import order_json
from kpiterm.sandbox.walmart.params import choice, flag, known_only, moment, number, refusal_of
from kpiterm.sandbox.walmart.trade import line_states, modified
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.identity import Identity
    from kpiterm.sandbox.walmart.trade import PurchaseOrder

MOST_ORDERS = 10_000
_SERVICE = "GMP_ORDER_API"
_WEEK, _HISTORY = 7 * DAY, 180 * DAY
_STATUSES = ("Created", "Acknowledged", "Shipped", "Delivered", "Cancelled")
_EXTRAS = ("productInfo", "replacementInfo", "incentiveInfo")
_RANGES = ("created", "lastModified")
_TEXTS = ("sku", "customerOrderId", "purchaseOrderId")
_FILTERS = (
    *_TEXTS,
    *_EXTRAS,
    *(f"{name}{end}Date" for name in _RANGES for end in ("Start", "End")),
    "fromExpectedShipDate",
    "toExpectedShipDate",
    *("status", "limit", "shipNodeType", "shippingProgramType", "orderType"),
)
_STATE = ("hasMoreElements", "soIndex", "poIndex", "partnerId", "sellerId", "asOf", "hash")


class Search(NamedTuple):
    """One search; ranges in epoch seconds, both ends included."""

    at: int
    node: str
    created: tuple[int, int]
    modified: tuple[int, int]
    ship_by: tuple[int, int]
    status: str
    program: str
    order_type: str
    texts: tuple[str, ...]
    extras: tuple[str, ...]


class Orders:
    """The two read operations; a search is fixed when its first page is asked for."""

    def __init__(self, world: World, shop: WalmartShop, identity: Identity) -> None:
        self._world, self._shop, self._identity = world, shop, identity
        self._cursors, self._refuse = Cursors(f"{shop.seed}:orders"), refusal_of(_SERVICE)
        self._found = lru_cache(maxsize=16)(self._find)

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v3/orders", "getAllOrders", self._search),
            Route("GET", "/v3/orders/(?P<po_id>[^/]+)", "getAnOrder", self._get),
        ]

    def _search(self, request: Request, _: dict[str, str]) -> Response:
        genuine = self._cursors.genuine(request.query_string)
        if genuine is False:
            raise self._refuse("nextCursor", "the cursor is not as it was given out; send it unchanged and alone")
        query = dict(request.query)
        if genuine:
            offset, at = int(query["poIndex"]), int(query["asOf"])
        else:
            known_only(query, _FILTERS, self._refuse)
            offset, at = 0, int(self._world.clock().timestamp())
        search = self._parse(query, at)
        size = self._world.page(number(query, "limit", 100, 1, 200, self._refuse))
        return self._page(search, query, offset, size)

    def _get(self, request: Request, groups: dict[str, str]) -> Response:
        known_only(request.query, _EXTRAS, self._refuse)
        extras = tuple(name for name in _EXTRAS if flag(request.query, name, self._refuse))
        at = self._world.clock()
        order = self._shop.order(groups["po_id"], at)
        if order is None:
            raise _nothing("The requested purchase order was not found.")
        return json_response(200, {"order": order_json(order, self._shop.items, int(at.timestamp()), extras)})

    def _parse(self, query: dict[str, str], at: int) -> Search:
        refuse = self._refuse
        start, end = moment(query, "createdStartDate", refuse), moment(query, "createdEndDate", refuse)
        created = (at - _WEEK if start is None else max(start, at - _HISTORY), at if end is None else end)
        if start is not None and start > created[1]:
            raise refuse("createdStartDate", "must not be later than createdEndDate")
        bounds = [
            (moment(query, low, refuse) or 0, at + _HISTORY if high is None else high)
            for low, high_name in (
                ("lastModifiedStartDate", "lastModifiedEndDate"),
                ("fromExpectedShipDate", "toExpectedShipDate"),
            )
            for high in (moment(query, high_name, refuse),)
        ]
        return Search(
            at=at,
            node=choice(query, "shipNodeType", NODES, "SellerFulfilled", refuse),
            created=created,
            modified=bounds[0],
            ship_by=bounds[1],
            status=choice(query, "status", _STATUSES, "", refuse),
            program=choice(query, "shippingProgramType", ("TWO_DAY", "ONE_DAY"), "", refuse),
            order_type=choice(query, "orderType", ("REGULAR", "REPLACEMENT", "PREORDER"), "", refuse),
            texts=tuple(query.get(name, "") for name in _TEXTS),
            extras=tuple(name for name in _EXTRAS if flag(query, name, refuse)),
        )

    def _find(self, search: Search) -> list[PurchaseOrder]:
        days = (business_day(search.created[0]), business_day(search.created[1]))
        orders = self._shop.orders(*days, datetime.fromtimestamp(search.at, UTC))
        return [order for order in orders if _matches(order, search)]

    def _page(self, search: Search, query: dict[str, str], offset: int, size: int) -> Response:
        orders = self._found(search)
        if not orders:
            raise _nothing("No orders were found for the given criteria.")
        if len(orders) > MOST_ORDERS:
            raise self._refuse("createdStartDate", f"more than {MOST_ORDERS} orders match; ask for a shorter time")
        shown = [order_json(o, self._shop.items, search.at, search.extras) for o in orders[offset : offset + size]]
        meta: dict[str, object] = {"totalCount": len(orders), "limit": size}
        if offset + size < len(orders):
            following = self._world.after(offset, size, "walmart orders")
            meta["nextCursor"] = self._cursors.seal(self._state(search, query, len(orders), following, size))
        return json_response(200, {"list": {"meta": meta, "elements": {"order": shown}}})

    def _state(self, search: Search, query: dict[str, str], total: int, offset: int, size: int) -> dict[str, str]:
        kept = {name: value for name, value in query.items() if name not in _STATE}
        created = {f"created{end}Date": _iso(m) for end, m in zip(("Start", "End"), search.created, strict=True)}
        return {
            "limit": str(size),
            "hasMoreElements": "true",
            "soIndex": str(total),
            "poIndex": str(offset),
            "partnerId": self._identity.partner_id,
            "sellerId": self._identity.seller_id,
            **{name: value for name, value in kept.items() if name != "limit"},
            **created,
            "asOf": str(search.at),
        }


def _matches(order: PurchaseOrder, search: Search) -> bool:
    sku, customer_order_id, po_id = search.texts
    return (
        order.node == search.node
        and search.created[0] <= order.created <= min(search.created[1], search.at)
        and search.modified[0] <= modified(order, search.at) <= search.modified[1]
        and search.ship_by[0] <= order.ship_by <= search.ship_by[1]
        and customer_order_id in {"", order.customer_order_id}
        and po_id in {"", order.po_id}
        and search.order_type in {"", "REGULAR"}
        and search.program in {"", "TWO_DAY" if order.expedited else "none"}
        and (not sku or any(line.product.sku == sku for line in order.lines))
        and (not search.status or search.status in _statuses(order, search.at))
    )


def _statuses(order: PurchaseOrder, at: int) -> set[str]:
    """One line in the state is enough, so a page holds lines in other states too."""
    return {state for line in order.lines for state, _ in line_states(order, line, at)}


def _nothing(info: str) -> Refused:
    return Refused(listed(404, f"NOT_FOUND.{_SERVICE}", "Resource not found.", info))


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
