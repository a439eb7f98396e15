"""Resolvers of products, variants, inventory and locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.shopify.catalog import GIFT_CARD, ProductRecord, VariantRecord, listings
from kpiterm.sandbox.shopify.order_fields import location
from kpiterm.sandbox.shopify.paging import Listing, listing
from kpiterm.sandbox.shopify.search import Searchable
from kpiterm.sandbox.shopify.stock import LOCATIONS, ON_HAND, Level
from kpiterm.sandbox.shopify.values import gid, moment, money, number_of

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.execute import Resolvers

QUANTITY_NAMES = (*ON_HAND, "incoming", "on_hand")


class LevelOf(NamedTuple):
    """A level with the variant that it is of."""

    variant: VariantRecord
    level: Level

    @property
    def id(self) -> str:
        place = 110_000_000 + self.level.location
        return gid("InventoryLevel", f"{place}?inventory_item_id={self.variant.item_number}")


def variants_of(context: Context) -> dict[int, VariantRecord]:
    return listings(context.front.shop).variants


def levels_of_item(context: Context, variant: VariantRecord, *, inactive: bool) -> list[LevelOf]:
    """The levels of one inventory item; the gift card has none."""
    found = context.front.levels(context.at).get(variant.position, ())
    return [LevelOf(variant, level) for level in found if inactive or level.active]


def variant_updated(context: Context, variant: VariantRecord) -> int:
    moments = [o.level.updated for o in levels_of_item(context, variant, inactive=True)]
    return max([variant.product.created, *moments])


def quantity(level: Level, name: str) -> int | None:
    """Units under a name of `inventoryProperties`; None for a name that there is not."""
    return int(getattr(level, name)) if name in QUANTITY_NAMES else None


def _quantities(found: LevelOf, names: list[str]) -> list[dict[str, Any]]:
    kept = [name for name in names if name in QUANTITY_NAMES]
    return [
        {
            "id": gid("InventoryQuantity", f"{found.variant.item_number}?name={name}"),
            "name": name,
            "quantity": quantity(found.level, name),
            "updatedAt": None if name == "on_hand" else moment(found.level.updated),
        }
        for name in kept
    ]


def _level_at(context: Context, variant: VariantRecord, arguments: dict[str, Any]) -> LevelOf | None:
    found = levels_of_item(context, variant, inactive=arguments["includeInactive"])
    return next((o for o in found if location(o.level.location)["id"] == arguments["locationId"]), None)


def _levels(context: Context, variant: VariantRecord, arguments: dict[str, Any]) -> Listing:
    found = levels_of_item(context, variant, inactive=bool(arguments.get("includeInactive")))
    return listing(found, lambda o: (o.level.location,))


def _available(context: Context, variant: VariantRecord) -> int:
    return sum(o.level.available for o in levels_of_item(context, variant, inactive=False))


def _variants(context: Context, product: ProductRecord) -> Listing:
    found = [v for v in variants_of(context).values() if v.product == product]
    return listing(found, lambda v: (v.rank, v.number))


def _product_updated(context: Context, product: ProductRecord) -> int:
    return max(variant_updated(context, v) for v in variants_of(context).values() if v.product == product)


def _status(product: ProductRecord) -> str:
    return "UNLISTED" if product.number % 10 == 9 and not product.gift_card else "ACTIVE"


def quantity_names() -> dict[str, Any]:
    """`inventoryProperties`: what is on hand comprises every state but incoming."""

    def one(name: str) -> dict[str, Any]:
        whole = name == "on_hand"
        return {
            "name": name,
            "displayName": name.replace("_", " ").capitalize(),
            "isInUse": True,
            "belongsTo": ["on_hand"] if name in ON_HAND else [],
            "comprises": list(ON_HAND) if whole else [],
        }

    return {"quantityNames": [one(name) for name in QUANTITY_NAMES]}


ITEM_SEARCH = {
    "id": Searchable("id", lambda item: item[1].item_number),
    "sku": Searchable("text", lambda item: item[1].sku),
    "created_at": Searchable("time", lambda item: item[1].product.created),
    "updated_at": Searchable("time", lambda item: variant_updated(item[0], item[1])),
}
VARIANT_SEARCH = {
    "id": Searchable("id", lambda item: item[1].number),
    "sku": Searchable("text", lambda item: item[1].sku),
    "title": Searchable("text", lambda item: item[1].title),
    "product_id": Searchable("id", lambda item: item[1].product.number),
    "updated_at": Searchable("time", lambda item: variant_updated(item[0], item[1])),
}
PRODUCT_SEARCH = {
    "id": Searchable("id", lambda item: item[1].number),
    "title": Searchable("text", lambda item: item[1].title),
    "status": Searchable("text", lambda item: _status(item[1])),
    "vendor": Searchable("text", lambda item: item[1].vendor),
    "product_type": Searchable("text", lambda item: item[1].kind),
    "gift_card": Searchable("flag", lambda item: item[1].gift_card),
    "created_at": Searchable("time", lambda item: item[1].created),
    "updated_at": Searchable("time", lambda item: _product_updated(item[0], item[1])),
}

CATALOG_FIELDS: Resolvers = {
    "InventoryItem": {
        "createdAt": lambda _c, v, _a: moment(v.product.created),
        "id": lambda _c, v, _a: gid("InventoryItem", v.item_number),
        "inventoryLevel": _level_at,
        "inventoryLevels": _levels,
        "legacyResourceId": lambda _c, v, _a: str(v.item_number),
        "requiresShipping": lambda _c, v, _a: v.position != GIFT_CARD,
        "sku": lambda _c, v, _a: v.sku,
        "tracked": lambda _c, v, _a: v.tracked,
        "unitCost": lambda _c, v, _a: None if v.unit_cost is None else money(v.unit_cost),
        "updatedAt": lambda c, v, _a: moment(variant_updated(c, v)),
        "variant": lambda _c, v, _a: v,
        "variants": lambda _c, v, _a: listing([v], lambda o: (o.number,)),
    },
    "InventoryLevel": {
        "createdAt": lambda _c, o, _a: moment(o.variant.product.created),
        "id": lambda _c, o, _a: o.id,
        "isActive": lambda _c, o, _a: o.level.active,
        "item": lambda _c, o, _a: o.variant,
        "location": lambda _c, o, _a: location(o.level.location),
        "quantities": lambda _c, o, a: _quantities(o, a["names"]),
        "updatedAt": lambda _c, o, _a: moment(o.level.updated),
    },
    "Product": {
        "createdAt": lambda _c, p, _a: moment(p.created),
        "handle": lambda _c, p, _a: f"{p.title.lower().replace(' ', '-')}-{p.number % 1000}",
        "id": lambda _c, p, _a: gid("Product", p.number),
        "isGiftCard": lambda _c, p, _a: p.gift_card,
        "legacyResourceId": lambda _c, p, _a: str(p.number),
        "productType": lambda _c, p, _a: p.kind,
        "status": lambda _c, p, _a: _status(p),
        "tags": lambda _c, p, _a: [p.kind.lower()],
        "title": lambda _c, p, _a: p.title,
        "totalInventory": lambda c, p, _a: sum(_available(c, v) for v in _variants(c, p).items),
        "tracksInventory": lambda c, p, _a: any(v.tracked for v in _variants(c, p).items),
        "updatedAt": lambda c, p, _a: moment(_product_updated(c, p)),
        "variants": lambda c, p, _a: _variants(c, p),
        "variantsCount": lambda _c, p, _a: {"count": len(p.positions), "precision": "EXACT"},
        "vendor": lambda _c, p, _a: p.vendor,
    },
    "ProductVariant": {
        "availableForSale": lambda c, v, _a: not v.tracked or _available(c, v) > 0,
        "barcode": lambda _c, v, _a: None if v.position == GIFT_CARD else f"08{v.number % 10**10:010d}",
        "compareAtPrice": lambda _c, _v, _a: None,
        "createdAt": lambda _c, v, _a: moment(v.product.created),
        "displayName": lambda _c, v, _a: f"{v.product.title} - {v.title}",
        "id": lambda _c, v, _a: gid("ProductVariant", v.number),
        "inventoryItem": lambda _c, v, _a: v,
        "inventoryQuantity": lambda c, v, _a: _available(c, v) if v.tracked else 0,
        "legacyResourceId": lambda _c, v, _a: str(v.number),
        "position": lambda _c, v, _a: v.rank,
        "price": lambda _c, v, _a: f"{v.price // 100}.{v.price % 100:02d}",
        "product": lambda _c, v, _a: v.product,
        "selectedOptions": lambda _c, v, _a: [{"name": "Size", "value": v.title}],
        "sku": lambda _c, v, _a: v.sku,
        "taxable": lambda _c, v, _a: v.position != GIFT_CARD,
        "title": lambda _c, v, _a: v.title,
        "updatedAt": lambda c, v, _a: moment(variant_updated(c, v)),
    },
}


def locations() -> list[dict[str, Any]]:
    return [location(i) for i in range(len(LOCATIONS))]


def location_of(global_id: str | None) -> dict[str, Any] | None:
    """A location by its id; the warehouse where none is given."""
    if global_id is None:
        return location(0)
    number = number_of(global_id, "Location")
    return next((place for place in locations() if place["legacyResourceId"] == str(number)), None)
