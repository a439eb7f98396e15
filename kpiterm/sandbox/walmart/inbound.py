"""Shipments on their way to Walmart's warehouses: each restocks one WFS item, month by month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.stock import Movement, stock_of
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.params import choice, known_only, moment, number, refusal_of
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.stock import StockLevel
    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import ItemStock, WalmartShop
    from kpiterm.sandbox.walmart.items import Item

_CYCLE, _UNDER_WAY = 30 * DAY, 21 * DAY
_STEP = 8 * DAY  # less than what lies between two shipments of an item
_STATUSES = (
    "FAILED_GDM", "SUBMITTED", "CANCELLED", "AWAITING_DELIVERY", "CANCELLED_GDM", "MOVED", "CANCELLED_INIT", "FAILED",
    "CLOSED", "PROCESSED_GDM", "ALLOCATED", "PROCESSED", "RECEIVING_IN_PROGRESS", "CREATE_GDM_PUBLISH_FAILED",
    "RECEIVED", "TRANSFER_IN_PROGRESS",
)  # fmt: skip
_SHIPMENT_FILTERS = ("offset", "limit", "inboundOrderId", "shipmentId", "status", "fromCreateDate", "toCreateDate")
_ADDRESS = {"addressLine1": "1 Distribution Way", "city": "Shelbyville", "stateCode": "KY", "countryCode": "US"}


class Shipment(NamedTuple):
    """Units of one item that arrive at a moment, in epoch seconds, and the stage in which they are."""

    item: Item
    units: int
    arrives: int
    status: str

    @property
    def created(self) -> int:
        return self.arrives - _UNDER_WAY

    @property
    def received(self) -> int:
        return self.units if self.status == "CLOSED" else 0

    @property
    def number(self) -> str:
        return f"{self.item.product.position:03d}{self.arrives // DAY:05d}"


def shipments(shop: WalmartShop, at: datetime) -> list[Shipment]:
    """Those that are under way at `at`, and those that arrived since the shop's anchor, from new to old."""
    seconds = int(at.timestamp())
    found = [s for stock in shop.stock(at=at) if stock.item.wfs for s in _of_item(shop, stock, seconds)]
    return sorted(found, key=lambda s: (-s.created, s.number))


def _of_item(shop: WalmartShop, stock: ItemStock, at: int) -> Iterator[Shipment]:
    level, arrives = stock.level, _next_arrival(shop, stock, at)
    units = _units(_level(shop, stock, arrives))
    if _units(level):
        stage = "SUBMITTED" if level.inbound_working else "AWAITING_DELIVERY"
        yield Shipment(stock.item, units, arrives, "RECEIVING_IN_PROGRESS" if level.inbound_receiving else stage)
    for earlier in range(arrives - _CYCLE, shop.shop.anchor, -_CYCLE):
        yield Shipment(stock.item, units, earlier, "CLOSED")


def _units(level: StockLevel) -> int:
    return level.inbound_working + level.inbound_shipped + level.inbound_receiving


def _level(shop: WalmartShop, stock: ItemStock, at: int) -> StockLevel:
    """What is under way depends on nothing that is sold."""
    return stock_of(shop.seed, stock.item.product, shop.shop.anchor, at, Movement(0, 0, stock.per_day, 0))


def _next_arrival(shop: WalmartShop, stock: ItemStock, at: int) -> int:
    """The last second at which the shipment that is under way, or else the next one, has not arrived."""

    def under_way(moment: int) -> bool:
        return _units(_level(shop, stock, moment)) > 0

    low = at
    while not under_way(low):
        low += _STEP
    high = low + _STEP
    while under_way(high):
        low, high = high, high + _STEP
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if under_way(middle) else (low, middle)
    return low


class Inbound:
    """The two read operations."""

    def __init__(self, world: World, shop: WalmartShop) -> None:
        self._world, self._shop = world, shop
        self._refuse = refusal_of("GMP_WFS_INBOUND_API")

    def routes(self) -> list[Route]:
        base = "/v3/fulfillment/inbound-shipment"
        return [
            Route("GET", f"{base}s", "getInboundShipments", self._shipments),
            Route("GET", f"{base}-items", "getInboundShipmentItems", self._items),
        ]

    def _found(self, query: dict[str, str]) -> list[Shipment]:
        wanted = {name: query[name] for name in ("inboundOrderId", "shipmentId") if name in query}
        return [s for s in shipments(self._shop, self._world.clock()) if wanted.items() <= _ids(s).items()]

    def _shipments(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        known_only(query, _SHIPMENT_FILTERS, self._refuse)
        status = choice(query, "status", _STATUSES, "", self._refuse)
        since = moment(query, "fromCreateDate", self._refuse) or 0
        until = moment(query, "toCreateDate", self._refuse)
        found = [
            s
            for s in self._found(query)
            if status in {"", s.status} and since <= s.created and (until is None or s.created < until)
        ]
        return self._answer(query, [_shipment(s) for s in found])

    def _items(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        known_only(query, ("offset", "limit", "shipmentId"), self._refuse)
        return self._answer(query, [_entry(s) for s in self._found(query)])

    def _answer(self, query: dict[str, str], entries: list[dict[str, Any]]) -> Response:
        size = self._world.page(number(query, "limit", 10, 1, 100, self._refuse))
        offset = number(query, "offset", 0, 0, 1_000_000, self._refuse)
        headers = {"totalCount": len(entries), "limit": size, "offset": offset}
        return json_response(200, {"headers": headers, "payload": entries[offset : offset + size]})


def _ids(shipment: Shipment) -> dict[str, str]:
    return {"inboundOrderId": f"restock-{shipment.number}", "shipmentId": f"{shipment.number}GDM"}


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _shipment(shipment: Shipment) -> dict[str, Any]:
    arrives = _stamp(shipment.arrives)
    entry = {
        **_ids(shipment),
        "shipToAddress": {"fcName": "KY1", **_ADDRESS, "postalCode": "40065"},
        "returnAddress": {**_ADDRESS, "postalCode": "40065"},
        "status": shipment.status,
        "createdDate": _stamp(shipment.created),
        "shipmentUnits": shipment.units,
        "receivedUnits": shipment.received,
        "expectedDeliveryDate": arrives,
        "updatedExpectedDeliveryDate": arrives,
        "trackingNo": [f"7874{shipment.number}"],
        "carrierName": "WFS-FEDEX",
    }
    return entry | ({"actualDeliveryDate": arrives} if shipment.received else {})


def _entry(shipment: Shipment) -> dict[str, Any]:
    item, arrives = shipment.item, _stamp(shipment.arrives)
    return {
        **_ids(shipment),
        "gtin": item.gtin,
        "sku": item.product.sku,
        "itemDesc": item.product.title,
        "itemQty": shipment.units,
        "vendorPackQty": 0,
        "innerPackQty": 0,
        "receivedQty": shipment.received,
        "damagedQty": 0,
        "fillRate": 100.0 if shipment.received else 0.0,
        "expectedDeliveryDate": arrives,
        "updatedExpectedDeliveryDate": arrives,
        "shipNodeName": "KY1",
    }
