"""Items: `GET /v3/items` with a cursor that stays the same while the offset advances, and one item by its id."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.walmart.api import Route
from kpiterm.sandbox.walmart.errors import Refused, bare
from kpiterm.sandbox.walmart.params import choice, flag, known_only, number, refuse_item
from kpiterm.sandbox.wire import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpiterm.sandbox.vendor import World
    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.items import Item

CURSOR_SECONDS, LAST_OFFSET = 120, 10_000
_FILTERS = (
    *("nextCursor", "sku", "gtin", "offset", "limit", "lifecycleStatus", "publishedStatus", "variantGroupId"),
    *("condition", "availability", "showDuplicateItemInfo", "includeCustomerFavoritesStatus", "bundleType"),
)
_CONDITIONS = (
    *("New", "New without box", "New without tags", "Restored Premium", "Restored", "Remanufactured", "Open Box"),
    *("Pre-Owned: Like New", "Pre-Owned: Good", "Pre-Owned: Fair", "New with defects"),
)
_BY_ID: Mapping[str, Callable[[Item], str]] = {
    "SKU": lambda item: item.product.sku,
    "ITEM_ID": lambda item: item.item_id,
    "GTIN": lambda item: item.gtin,
    "UPC": lambda item: item.gtin[2:],
    "EAN": lambda item: item.gtin[1:],
    "ISBN": lambda _: "",
}


class Listings:
    """The catalogue; the numeric item id is not among its answers."""

    def __init__(self, world: World, shop: WalmartShop) -> None:
        self._world, self._shop = world, shop
        self._cursors: dict[str, float] = {}

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v3/items", "getAllItems", self._list),
            Route("GET", "/v3/items/(?P<item>.+)", "getAnItem", self._one),
        ]

    def _list(self, request: Request, _: dict[str, str]) -> Response:
        query = request.query
        known_only(query, _FILTERS, refuse_item)
        offset = number(query, "offset", 0, 0, LAST_OFFSET, refuse_item)
        size = number(query, "limit", 20, 1, 1000, refuse_item)
        cursor = self._cursor(query["nextCursor"]) if "nextCursor" in query else ""
        in_stock = {entry.item.item_id for entry in self._shop.stock(at=self._world.clock()) if entry.level.fulfillable}
        found = [item for item in self._shop.items if _matches(item, query, in_stock)]
        favourites = flag(query, "includeCustomerFavoritesStatus", refuse_item)
        flag(query, "showDuplicateItemInfo", refuse_item)  # there are no duplicates to tell of
        page = [_view(item, item.item_id in in_stock, favourites) for item in found[offset : offset + size]]
        if not page:
            raise _nothing()
        body: dict[str, Any] = {"ItemResponse": page, "totalItems": len(found)}
        return json_response(200, body | ({"nextCursor": cursor} if cursor else {}))

    def _cursor(self, sent: str) -> str:
        now = self._world.clock.time()
        if sent == "*":
            cursor = f"AoE/{len(self._cursors):06d}+{int(now * 1000):x}=="
            self._cursors[cursor] = now + CURSOR_SECONDS
            return cursor
        if now >= self._cursors.get(sent, 0.0):
            raise Refused(bare(400, "Invalid Cursor", "The cursor has expired or is unknown; start again with *."))
        return sent

    def _one(self, request: Request, groups: dict[str, str]) -> Response:
        query = request.query
        known = (
            "productIdType",
            "condition",
            "availability",
            "showDuplicateItemDetails",
            "includeCustomerFavoritesStatus",
        )
        known_only(query, known, refuse_item)
        id_of = _BY_ID[choice(query, "productIdType", _BY_ID, "SKU", refuse_item)]
        for entry in self._shop.stock(at=self._world.clock()):
            if id_of(entry.item) == groups["item"]:
                favourites = flag(query, "includeCustomerFavoritesStatus", refuse_item)
                view = _view(entry.item, bool(entry.level.fulfillable), favourites)
                return json_response(200, {"ItemResponse": [view], "totalItems": 1})
        raise _nothing()


def _nothing() -> Refused:
    return Refused(bare(404, "No Items found for the input parameters.", "Requested content could not be found."))


def _matches(item: Item, query: dict[str, str], in_stock: set[str]) -> bool:
    published = choice(query, "publishedStatus", ("PUBLISHED", "UNPUBLISHED"), "", refuse_item)
    lifecycle = choice(query, "lifecycleStatus", ("ACTIVE", "ARCHIVED", "RETIRED"), "", refuse_item)
    stock = choice(query, "availability", ("In_stock", "Out_of_stock", "Preorder"), "", refuse_item)
    condition = choice(query, "condition", _CONDITIONS, "", refuse_item)
    bundles = choice(query, "bundleType", ("VIRTUALPACK",), "", refuse_item)
    return (
        published in {"", "PUBLISHED" if item.published else "UNPUBLISHED"}
        and lifecycle in {"", "ACTIVE"}
        and stock in {"", "In_stock" if item.item_id in in_stock else "Out_of_stock"}
        and condition in {"", "New"}
        and query.get("sku", "") in {"", item.product.sku}
        and query.get("gtin", "") in {"", item.gtin}
        and query.get("variantGroupId", "") in {"", item.product.parent_asin}
        and not bundles
    )


def _view(item: Item, in_stock: bool, favourites: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "mart": "WALMART_US",
        "sku": item.product.sku,
        "condition": "New",
        "availability": "In_stock" if in_stock else "Out_of_stock",
        "wpid": item.wpid,
        "upc": item.gtin[2:],
        "gtin": item.gtin,
        "productName": item.product.title,
        "shelf": json.dumps(["Home Page", "Home", item.product.category]),
        "productType": item.product.title.split(", ")[0].split("Home ", 1)[-1],
        "price": {"currency": "USD", "amount": item.product.price / 100},
        "publishedStatus": "PUBLISHED" if item.published else "UNPUBLISHED",
        "lifecycleStatus": "ACTIVE",
        "variantGroupId": item.product.parent_asin,
        "isDuplicate": False,
    }
    if favourites:
        view["isCustomerFavorite"] = item.customer_favourite
    if not item.published:
        view["unpublishedReasons"] = {"reason": ["No price was found for this listing."]}
    return view
