"""Inventory of the seller's own nodes: all SKUs by a strictly sequential cursor, or one SKU."""

from __future__ import annotations

import base64
from threading import Lock
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.errors import Refused, legacy, listed
from kpiterm.sandbox.walmart.order_json import NODE_NAMES
from kpiterm.sandbox.walmart.params import known_only, number, refusal_of
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import ItemStock, WalmartShop

_SERVICE = "GMP_INVENTORY_API"


class Inventory:
    """A page covers `limit` SKUs of the catalogue and shows those that the seller's nodes hold, so pages come short."""

    def __init__(self, world: World, shop: WalmartShop) -> None:
        self._world, self._shop, self._lock = world, shop, Lock()
        self._refuse = refusal_of(_SERVICE)
        self._sessions = 0
        self._expected: set[str] = set()

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v3/inventories", "getInventories", self._all),
            Route("GET", "/v3/inventories/(?P<sku>.+)", "getInventoriesOfSku", self._nodes_of_sku),
            Route("GET", "/v3/inventory", "getInventory", self._default_node),
        ]

    def _all(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        known_only(query, ("limit", "nextCursor"), self._refuse)
        size = self._world.page(number(query, "limit", 10, 1, 50, self._refuse))
        session, offset = self._enter(query.get("nextCursor", ""))
        stock = self._shop.stock(at=self._world.clock())
        meta: dict[str, Any] = {"totalCount": len(stock)}
        if offset + size < len(stock):
            meta["nextCursor"] = self._expect(session, self._world.after(offset, size, "walmart inventories"))
        page = [entry for entry in stock[offset : offset + size] if not entry.item.wfs]
        shown = [{"sku": entry.item.product.sku, "nodes": [_node(entry)]} for entry in page]
        return json_response(200, {"meta": meta, "elements": {"inventories": shown}})

    def _enter(self, cursor: str) -> tuple[str, int]:
        """Session and offset; a cursor works once, so a second or parallel use is refused."""
        with self._lock:
            if not cursor:
                self._sessions += 1
                return f"55ff219a-e4d3-40b0-8d8f-{self._sessions:012x}", 0
            if cursor not in self._expected:
                info = "The cursor is out of order, used before, or not one of this service."
                raise Refused(listed(404, f"CONTENT_NOT_FOUND.{_SERVICE}", "Content not found.", info, "nextCursor"))
            self._expected.remove(cursor)
        session, _, offset = base64.b64decode(cursor).decode().partition(" ")
        return session, int(offset)

    def _expect(self, session: str, offset: int) -> str:
        cursor = base64.b64encode(f"{session} {offset}".encode()).decode()
        with self._lock:
            self._expected.add(cursor)
        return cursor

    def _find(self, sku: str) -> ItemStock:
        for entry in self._shop.stock(at=self._world.clock()):
            if entry.item.product.sku == sku and not entry.item.wfs:
                return entry
        raise Refused(legacy(404, f"CONTENT_NOT_FOUND.{_SERVICE}", f"No inventory for SKU {sku}."))

    def _nodes_of_sku(self, request: Request, groups: dict[str, str]) -> Response:
        known_only(request.query, ("shipNode",), self._refuse)
        entry = self._find(groups["sku"])
        return json_response(200, {"sku": groups["sku"], "nodes": [_node(entry)]})

    def _default_node(self, request: Request, _: dict[str, str]) -> Response:
        known_only(request.query, ("sku", "shipNode"), self._refuse)
        if "sku" not in request.query:
            raise self._refuse("sku", "is required")
        entry = self._find(request.query["sku"])
        return json_response(200, {"sku": request.query["sku"], "quantity": _each(entry.level.fulfillable)})


def _each(units: int) -> dict[str, Any]:
    return {"unit": "EACH", "amount": units}


def _node(entry: ItemStock) -> dict[str, Any]:
    level = entry.level
    return {
        "shipNode": NODE_NAMES[entry.item.node][1],
        "inputQty": _each(level.fulfillable + level.reserved_orders),
        "availToSellQty": _each(level.fulfillable),
        "reservedQty": _each(level.reserved_orders),
    }
