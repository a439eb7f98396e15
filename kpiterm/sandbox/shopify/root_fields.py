"""Resolvers of the query and mutation roots: the shop, the app, look-ups by id, and every listing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.shopify import payment_fields
from kpiterm.sandbox.shopify.catalog import listings
from kpiterm.sandbox.shopify.catalog_fields import (
    ITEM_SEARCH,
    PRODUCT_SEARCH,
    VARIANT_SEARCH,
    location_of,
    locations,
    quantity_names,
    variants_of,
)
from kpiterm.sandbox.shopify.identity import APP_TITLE, SHOP
from kpiterm.sandbox.shopify.lookup import by_id
from kpiterm.sandbox.shopify.order_search import orders
from kpiterm.sandbox.shopify.paging import Listing, listing
from kpiterm.sandbox.shopify.sales import TIMEZONE
from kpiterm.sandbox.shopify.search import Searchable, compile_search
from kpiterm.sandbox.shopify.shopifyql import shopifyql
from kpiterm.sandbox.shopify.values import CANARIES, CURRENCY, gid, moment
from kpiterm.sandbox.shopify.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpiterm.sandbox.shopify.bulk import Operation
    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.execute import Resolver, Resolvers
    from kpiterm.sandbox.shopify.paging import Key

_BULK_SEARCH = {
    "id": Searchable("id", lambda item: item[1].number),
    "status": Searchable("text", lambda item: item[0].bulk.status(item[1])),
    "operation_type": Searchable("text", lambda _: "query"),
    "created_at": Searchable("time", lambda item: item[1].created),
}
_LOCATION_SEARCH = {
    "id": Searchable("id", lambda item: int(item[1]["legacyResourceId"])),
    "name": Searchable("text", lambda item: item[1]["name"]),
}


def _listed(
    context: Context,
    items: Sequence[Any],
    arguments: dict[str, Any],
    fields: dict[str, Searchable],
    key: Callable[[Any], Key],
) -> Listing:
    found = compile_search(arguments["query"], fields)
    context.warn(arguments["query"], found.warnings)
    return listing([item for item in items if found.matches((context, item))], key)


def _orders(context: Context, arguments: dict[str, Any]) -> Listing:
    query, sort = arguments["query"], str(arguments["sortKey"])
    found, warnings = orders(context.front, context.at, context.oldest, query, sort)
    context.warn(query, warnings)
    return found


def _orders_count(context: Context, arguments: dict[str, Any]) -> dict[str, Any]:
    found = len(_orders(context, arguments | {"sortKey": "ID"}).items)
    limit = arguments["limit"] if arguments["limit"] is not None else context.setup.longest_listing + 1
    return {"count": min(found, limit), "precision": "EXACT" if found <= limit else "AT_LEAST"}


def _shop(context: Context) -> dict[str, Any]:
    local = datetime.fromtimestamp(context.at, UTC).astimezone(TIMEZONE)
    opened = context.front.shop.anchor - 420 * DAY
    return {
        "id": gid("Shop", 60_000_001),
        "name": "Larkhill Home",
        "myshopifyDomain": SHOP,
        "url": f"https://{SHOP}",
        "contactEmail": CANARIES[1],
        "email": CANARIES[1],
        "shopOwnerName": CANARIES[0],
        "createdAt": moment(opened),
        "updatedAt": moment(opened),
        "currencyCode": CURRENCY,
        "enabledPresentmentCurrencies": ["CAD", CURRENCY],
        "ianaTimezone": TIMEZONE.key,
        "timezoneAbbreviation": local.strftime("%Z"),
        "timezoneOffset": local.strftime("%z"),
        "timezoneOffsetMinutes": int((local.utcoffset() or local - local).total_seconds() // 60),
        "taxesIncluded": False,
        "plan": {
            "displayName": "Shopify",
            "publicDisplayName": "Shopify",
            "partnerDevelopment": False,
            "shopifyPlus": False,
        },
    }


def _installation(context: Context) -> dict[str, Any]:
    scopes = [{"handle": scope, "description": scope.replace("_", " ").capitalize()} for scope in context.setup.scopes]
    app = {"id": gid("App", 20_000_001), "title": APP_TITLE, "handle": "kpiterm", "apiKey": "app"}
    return {"id": gid("AppInstallation", 30_000_001), "accessScopes": scopes, "app": app}


def _bulk_operations(context: Context, arguments: dict[str, Any]) -> Listing:
    def key(operation: Operation) -> Key:
        done = context.bulk.show(operation)["completedAt"] or ""
        return (done, operation.number) if arguments["sortKey"] == "COMPLETED_AT" else (operation.number,)

    return _listed(context, context.bulk.all(), arguments, _BULK_SEARCH, key)


def _current_bulk(context: Context, arguments: dict[str, Any]) -> Operation | None:
    known = context.bulk.all() if arguments["type"] in {None, "QUERY"} else []
    return known[-1] if known else None


def _look_up(kind: str) -> Resolver:
    def resolve(context: Context, _: Any, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - any kind of object
        found = by_id(context, arguments["id"])
        return found.source if found and found.name == kind else None

    return resolve


def _bulk_field(name: str) -> Resolver:
    return lambda context, operation, _: context.bulk.show(operation)[name]


ROOT_FIELDS: Resolvers = {
    "QueryRoot": {
        "bulkOperation": _look_up("BulkOperation"),
        "bulkOperations": lambda c, _s, a: _bulk_operations(c, a),
        "currentAppInstallation": lambda c, _s, _a: _installation(c),
        "currentBulkOperation": lambda c, _s, a: _current_bulk(c, a),
        "disputes": lambda c, _s, a: payment_fields.disputes(c, a),
        "inventoryItem": _look_up("InventoryItem"),
        "inventoryItems": lambda c, _s, a: _listed(
            c, list(variants_of(c).values()), a, ITEM_SEARCH, lambda v: (v.item_number,)
        ),
        "inventoryLevel": _look_up("InventoryLevel"),
        "inventoryProperties": lambda _c, _s, _a: quantity_names(),
        "location": lambda _c, _s, a: location_of(a.get("id")),
        "locations": lambda c, _s, a: _listed(
            c,
            locations(),
            a,
            _LOCATION_SEARCH,
            lambda place: (place["name" if a["sortKey"] == "NAME" else "id"],),
        ),
        "node": lambda c, _s, a: by_id(c, a["id"]),
        "nodes": lambda c, _s, a: [by_id(c, global_id) for global_id in a["ids"]],
        "order": _look_up("Order"),
        "orders": lambda c, _s, a: _orders(c, a),
        "ordersCount": lambda c, _s, a: _orders_count(c, a),
        "product": _look_up("Product"),
        "productVariant": _look_up("ProductVariant"),
        "productVariants": lambda c, _s, a: _listed(
            c, list(variants_of(c).values()), a, VARIANT_SEARCH, lambda v: (v.number,)
        ),
        "products": lambda c, _s, a: _listed(
            c, list(listings(c.front.shop).products.values()), a, PRODUCT_SEARCH, lambda p: (p.number,)
        ),
        "publicApiVersions": lambda c, _s, _a: versions(c.at),
        "refund": _look_up("Refund"),
        "return": _look_up("Return"),
        "shop": lambda c, _s, _a: _shop(c),
        "shopifyPaymentsAccount": lambda _c, _s, _a: payment_fields.account(),
        "shopifyqlQuery": lambda c, _s, a: shopifyql(c, a["query"]),
    },
    "Mutation": {
        "bulkOperationCancel": lambda c, _s, a: c.bulk.cancel(a),
        "bulkOperationRunQuery": lambda c, _s, a: c.bulk.run_query(c, a),
    },
    "BulkOperation": {
        name: _bulk_field(name)
        for name in (
            "completedAt",
            "createdAt",
            "errorCode",
            "fileSize",
            "id",
            "objectCount",
            "partialDataUrl",
            "query",
            "rootObjectCount",
            "status",
            "type",
            "url",
        )
    },
}
