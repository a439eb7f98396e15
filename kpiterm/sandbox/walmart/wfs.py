"""Stock in Walmart's warehouses (WFS): units, age, forecast, and what to send."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.orders import business_day, expected_orders
from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.errors import Refused, with_header, with_status
from kpiterm.sandbox.walmart.params import choice, flag, known_only, number
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import ItemStock, WalmartShop

AT_RISK_DAYS, SURPLUS_DAYS = 28, 180
_TARGET_DAYS, _MONTH = 60, 28
_RESTOCK_FILTERS = (
    *("customerFavorite", "showInsights", "limit", "offset", "sort_by", "sort_order"),
    "showHiddenRecordsOnly",
)
_MARKET_HEADERS = {"WM_GLOBAL_VERSION": "3.1", "WM_MARKET": "us", "wm_audit.origin_source": ""}


class Outlook(NamedTuple):
    """What Walmart expects of one item: units of three four-week spans, days of supply, units to send or to spare."""

    spans: tuple[float, float, float]
    days: int | None
    suggested: int
    surplus: int

    @property
    def a_day(self) -> float:
        return self.spans[0] / _MONTH


def outlook_of(shop: WalmartShop, stock: ItemStock, day: date) -> Outlook:
    """The forecast follows the year's shape, from what the item sold lately."""
    spans = _spans(shop, day)
    first, second, third = (round(stock.per_day * span, 1) for span in spans)
    a_day = first / _MONTH
    units = available(stock) + inbound(stock)
    suggested = max(0, round(a_day * _TARGET_DAYS) - units)
    surplus = max(0, available(stock) - round(a_day * SURPLUS_DAYS))
    return Outlook((first, second, third), int(units / a_day) if a_day else None, suggested, surplus)


def available(stock: ItemStock) -> int:
    return stock.level.fulfillable


def inbound(stock: ItemStock) -> int:
    level = stock.level
    return level.inbound_working + level.inbound_shipped + level.inbound_receiving


def _spans(shop: WalmartShop, day: date) -> list[float]:
    """Days' worth of recent sales in each of the next three four-week spans."""
    recent = sum(expected_orders(shop.demand, day - timedelta(days=i)) for i in range(1, 31)) / 30
    return [
        sum(expected_orders(shop.demand, day + timedelta(days=i)) for i in range(start, start + _MONTH)) / recent
        for start in (0, _MONTH, 2 * _MONTH)
    ]


def stock_status(stock: ItemStock, outlook: Outlook) -> str:
    """Walmart's words; less than 28 days of supply is at risk."""
    if not available(stock):
        return "Out of stock"
    at_risk = outlook.days is not None and outlook.days < AT_RISK_DAYS
    return "At risk" if at_risk else "In stock"


class Wfs:
    """The two read operations."""

    def __init__(self, world: World, shop: WalmartShop) -> None:
        self._world, self._shop = world, shop

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v3/wfs/inventory", "getWFSInventoryDetails", self._inventory),
            Route("GET", "/v3/wfs/recommendation/restock", "getRestockRecommendations", self._restock),
        ]

    def _entries(self, at: datetime) -> list[tuple[ItemStock, Outlook]]:
        day = business_day(at.timestamp())
        held = (stock for stock in self._shop.stock(at=at) if stock.item.wfs)
        return [(stock, outlook_of(self._shop, stock, day)) for stock in held]

    def _inventory(self, request: Request, _: dict[str, str]) -> Response:
        query, at = request.query, self._world.clock()
        known_only(query, ("sku", "gtin", "limit", "offset", "customerFavorite"), _refuse_inventory)
        size = number(query, "limit", 10, 1, 300, _refuse_inventory)
        offset = number(query, "offset", 0, 0, 1_000_000, _refuse_inventory)
        found = [
            (stock, outlook)
            for stock, outlook in self._entries(at)
            if query.get("sku", "") in {"", stock.item.product.sku} and query.get("gtin", "") in {"", stock.item.gtin}
        ]
        if "customerFavorite" in query and flag(query, "customerFavorite", _refuse_inventory):
            found = [(stock, outlook) for stock, outlook in found if stock.item.customer_favourite]
        page = [self._entry(stock, outlook, at) for stock, outlook in found[offset : offset + size]]
        headers = {"totalCount": len(found), "limit": size, "offset": offset}
        return json_response(200, {"headers": headers, "payload": {"inventory": page}})

    def _entry(self, stock: ItemStock, outlook: Outlook, at: datetime) -> dict[str, Any]:
        item = stock.item
        information = {
            "itemName": item.product.title,
            "gtin": item.gtin,
            "sku": item.product.sku,
            "itemID": item.item_id,
            "offerID": item.offer_id,
            "brand": "Larkhill Home",
            "itemCondition": "New",
        }
        insights: dict[str, Any] = {
            "salesForecastWeek1to4": outlook.spans[0],
            "salesForecastWeek5to8": outlook.spans[1],
            "salesForecastWeek9to12": outlook.spans[2],
            "sellThroughRate": round(stock.per_day * 90 / max(1, on_hand(stock)), 2),
            "suggestedUnits": outlook.suggested,
            "surplusUnits": outlook.surplus,
            "customerFavorite": stock.item.customer_favourite,
        }
        if outlook.days is not None:
            insights["daysOfSupply"] = str(outlook.days)
            insights["outOfStockDate"] = str(business_day(at.timestamp()) + timedelta(days=outlook.days))
        data = self._units(stock) | {
            "publishingStatus": "Published" if item.published else "Unpublished",
            "itemLifecycle": "Active",
            "stockStatus": stock_status(stock, outlook),
            "firstInStockDate": str(self._shop.shop.listed(item.product)),
        }
        return {"itemInformation": information, "inventoryData": data, "inventoryInsights": insights}

    @staticmethod
    def _units(stock: ItemStock) -> dict[str, Any]:
        level, whole = stock.level, on_hand(stock)
        young = whole * 3 // 4
        return {
            "availableUnits": level.fulfillable,
            "reservedUnits": level.reserved_orders,
            "inboundUnits": inbound(stock),
            "unavailableUnits": {
                "inventoryReviewUnits": level.unfulfillable,
                "inventoryMovementUnits": level.reserved_processing,
            },
            "onhandUnits": whole,
            "inventoryAge": {
                "0To90days": young,
                "91To180days": whole - young,
                "181To270days": 0,
                "271To365days": 0,
                "365PlusDays": 0,
            },
        }

    def _restock(self, request: Request, _: dict[str, str]) -> Response:
        for name, value in _MARKET_HEADERS.items():
            sent = request.headers.get(name.lower(), "")
            if not sent or (value and sent.lower() != value):
                raise Refused(with_status(400, "400.WFS.101", f"The header {name} is missing or not {value or 'set'}."))
        query = request.query
        known_only(query, _RESTOCK_FILTERS, _refuse_restock)
        size = number(query, "limit", 30, 1, 300, _refuse_restock)
        offset = number(query, "offset", 0, 0, 1_000_000, _refuse_restock)
        short = self._short(query)
        payload: dict[str, Any] = {
            "recommendedItems": [_recommendation(*pair) for pair in short[offset : offset + size]],
            "totalRecords": len(short),
        }
        if choice(query, "showInsights", ("true", "false"), "true", _refuse_restock) == "true":
            payload["totalInsights"] = _totals(short)
        return json_response(200, {"status": "OK", "payload": payload})

    def _short(self, query: dict[str, str]) -> list[tuple[ItemStock, Outlook]]:
        by = choice(query, "sort_by", tuple(_SORTS), "forecastedSalesLift", _refuse_restock)
        rising = choice(query, "sort_order", ("ACS", "ASC", "DESC"), "DESC", _refuse_restock) != "DESC"
        favourites = flag(query, "customerFavorite", _refuse_restock)
        hidden = flag(query, "showHiddenRecordsOnly", _refuse_restock)  # nothing is ever hidden
        short = [
            (stock, outlook)
            for stock, outlook in self._entries(self._world.clock())
            if outlook.suggested and not hidden and (stock.item.customer_favourite or not favourites)
        ]
        return sorted(short, key=lambda pair: _SORTS[by](*pair), reverse=not rising)


def _totals(short: list[tuple[ItemStock, Outlook]]) -> dict[str, float]:
    """Dollars a day that are lost where nothing is left, and at risk where little is."""
    lost, at_risk = (
        sum(o.a_day * s.item.product.price / 100 for s, o in short if stock_status(s, o) == status)
        for status in ("Out of stock", "At risk")
    )
    return {
        "totalEstimatedSalesLift": round(lost + at_risk, 2),
        "totalForecastedSalesLost": round(lost, 2),
        "totalForecastedSalesAtRisk": round(at_risk, 2),
    }


def on_hand(stock: ItemStock) -> int:
    """Units in the warehouses, sellable or not."""
    level = stock.level
    return level.fulfillable + level.reserved_orders + level.unfulfillable + level.reserved_processing


def _lift(stock: ItemStock, outlook: Outlook) -> float:
    return outlook.suggested * stock.item.product.price / 100


_SORTS: Mapping[str, Callable[[ItemStock, Outlook], float]] = {
    "forecastedSalesLift": _lift,
    "daysOfSupply": lambda _, outlook: outlook.days or 0,
    "suggestedUnits": lambda _, outlook: outlook.suggested,
}


def _recommendation(stock: ItemStock, outlook: Outlook) -> dict[str, Any]:
    item = stock.item
    return {
        "gtin": item.gtin,
        "sku": item.product.sku,
        "itemId": item.item_id,
        "brand": "Larkhill Home",
        "itemName": item.product.title,
        "stockStatus": stock_status(stock, outlook),
        "itemCondition": "New",
        # One object, as Walmart's example shows it; its schema says a list.
        "insights": {
            "daysOfSupply": outlook.days or 0,
            "suggestedUnits": outlook.suggested,
            "forecastedSalesLift": round(_lift(stock, outlook), 2),
            "customerFavorite": stock.item.customer_favourite,
        },
    }


def _refuse_inventory(name: str, detail: str) -> Refused:
    return Refused(with_header(400, "400.WFS.INVENTORY.100", f"{name}: {detail}"))


def _refuse_restock(name: str, detail: str) -> Refused:
    return Refused(with_status(400, "400.WFS.100", f"{name}: {detail}"))
