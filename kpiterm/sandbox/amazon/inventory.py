"""FBA Inventory API v1: getInventorySummaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.api import ApiError, Route, invalid
from kpiterm.sandbox.amazon.params import known_only, listed, moment
from kpiterm.sandbox.amazon.tokens import seal, unseal
from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.shop import MARKETPLACE_ID
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.stock import StockLevel
    from kpiterm.sandbox.vendor import World

PAGE_SIZE = 50
_OPERATION = "getInventorySummaries"
TOKEN_SECONDS = 30
_LOOK_BACK = 548 * DAY  # 18 months
_PARAMETERS = (
    "details",
    "granularityType",
    "granularityId",
    "startDateTime",
    "sellerSkus",
    "sellerSku",
    "nextToken",
    "marketplaceIds",
)


class Inventory:
    """Live stock of every FBA SKU, fifty a page."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [Route("GET", "/fba/inventory/v1/summaries", _OPERATION, self._summaries)]

    def _summaries(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        known_only(query, _PARAMETERS)
        _check(query)
        since = self._since(query)
        skus = set(listed(query, "sellerSkus", at_most=50)) or set(filter(None, [query.get("sellerSku")]))
        offset, size = 0, self._world.page(PAGE_SIZE)
        if token := query.get("nextToken"):
            state = unseal(_OPERATION, token, self._world.clock.time())
            if state["since"] != since:
                raise invalid("startDateTime must be repeated unchanged with nextToken.")
            offset = state["offset"]
        levels = [
            level
            for level in self._world.shop.stock(at=self._world.clock())
            if level.updated >= since and (not skus or level.product.sku in skus)
        ]
        detailed = query.get("details") == "true"
        answer: dict[str, Any] = {
            "payload": {
                "granularity": {"granularityType": "Marketplace", "granularityId": MARKETPLACE_ID},
                "inventorySummaries": [_summary(level, detailed=detailed) for level in levels[offset : offset + size]],
            }
        }
        if offset + size < len(levels):
            until = self._world.clock.time() + TOKEN_SECONDS
            state = {"offset": self._world.after(offset, size, _OPERATION), "since": since}
            answer["pagination"] = {"nextToken": seal(_OPERATION, state, until)}
        return json_response(200, answer)

    def _since(self, query: dict[str, str]) -> float:
        since = moment(query, "startDateTime")
        if since is not None and since < self._world.clock().timestamp() - _LOOK_BACK:
            raise invalid("startDateTime must not be earlier than 18 months ago.")
        return since or 0.0


def _check(query: dict[str, str]) -> None:
    if query.get("granularityType") != "Marketplace":
        raise invalid("granularityType must be Marketplace.")
    if query.get("details", "false") not in {"true", "false"}:
        raise invalid("details must be true or false.")
    markets = listed(query, "marketplaceIds", at_most=1)
    if not markets or not query.get("granularityId"):
        raise invalid("marketplaceIds and granularityId are required.")
    if markets != [MARKETPLACE_ID] or query["granularityId"] != MARKETPLACE_ID:
        raise ApiError(403, "Unauthorized", "Access to requested resource is denied.", "Marketplace not authorised.")


def _summary(level: StockLevel, *, detailed: bool) -> dict[str, Any]:
    product = level.product
    summary: dict[str, Any] = {
        "asin": product.asin,
        "fnSku": product.fnsku,
        "sellerSku": product.sku,
        "condition": "NewItem",
        "lastUpdatedTime": iso(level.updated),
        "productName": product.title,
        "totalQuantity": level.total,
        "stores": [],
    }
    if detailed:
        summary["inventoryDetails"] = _details(level)
    return summary


def _details(level: StockLevel) -> dict[str, Any]:
    spans = ("researchingQuantityInShortTerm", "researchingQuantityInMidTerm", "researchingQuantityInLongTerm")
    kinds = ("customerDamaged", "warehouseDamaged", "distributorDamaged", "carrierDamaged", "defective", "expired")
    damaged = {f"{kind}Quantity": 0 for kind in kinds} | {"customerDamagedQuantity": level.unfulfillable}
    return {
        "fulfillableQuantity": level.fulfillable,
        "inboundWorkingQuantity": level.inbound_working,
        "inboundShippedQuantity": level.inbound_shipped,
        "inboundReceivingQuantity": level.inbound_receiving,
        "reservedQuantity": {
            "totalReservedQuantity": level.reserved_orders + level.reserved_processing,
            "pendingCustomerOrderQuantity": level.reserved_orders,
            "pendingTransshipmentQuantity": 0,
            "fcProcessingQuantity": level.reserved_processing,
        },
        "researchingQuantity": {
            "totalResearchingQuantity": 0,
            "researchingQuantityBreakdown": [{"name": name, "quantity": 0} for name in spans],
        },
        "unfulfillableQuantity": {"totalUnfulfillableQuantity": level.unfulfillable, **damaged},
    }
