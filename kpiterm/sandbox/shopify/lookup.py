"""Objects by their global id, as `node` finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.shopify.after_fields import RefundOf, ReturnOf
from kpiterm.sandbox.shopify.after_sales import sale_serial
from kpiterm.sandbox.shopify.catalog import listings
from kpiterm.sandbox.shopify.catalog_fields import LevelOf, levels_of_item, location_of, variants_of
from kpiterm.sandbox.shopify.execute import Typed
from kpiterm.sandbox.shopify.sales import number_of_serial
from kpiterm.sandbox.shopify.values import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.shopify.bulk import Operation
    from kpiterm.sandbox.shopify.catalog import ProductRecord, VariantRecord
    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.sales import Sale


def by_id(context: Context, global_id: str) -> Typed | None:
    """The object of a global id, with its type; None where there is none that the token may see."""
    kind = global_id.removeprefix("gid://shopify/").partition("/")[0]
    finder = _FINDERS.get(kind)
    found = finder(context, global_id) if finder else None
    return None if found is None else Typed(kind, found)


def _order(context: Context, global_id: str) -> Sale | None:
    return _sale(context, number_of(global_id, "Order"))


def _sale(context: Context, number: int | None) -> Sale | None:
    found = context.front.sale(number, context.at) if number is not None else None
    return found if found and found.created >= context.oldest else None


def _refund(context: Context, global_id: str) -> RefundOf | None:
    number = number_of(global_id, "Refund")
    sale = _sale(context, number_of_serial(sale_serial(number))) if number else None
    same = (r for r in (sale.refunds if sale else ()) if r.number == number and r.created <= context.at)
    return next((RefundOf(sale, refund) for refund in same if sale), None)


def _return(context: Context, global_id: str) -> ReturnOf | None:
    number = number_of(global_id, "Return")
    sale = _sale(context, number_of_serial(sale_serial(number))) if number else None
    same = (r for r in (sale.returns if sale else ()) if r.number == number and r.created <= context.at)
    return next((ReturnOf(sale, item) for item in same if sale), None)


def _product(context: Context, global_id: str) -> ProductRecord | None:
    return listings(context.front.shop).products.get(number_of(global_id, "Product") or 0)


def _variant(context: Context, global_id: str) -> VariantRecord | None:
    return variants_of(context).get(number_of(global_id, "ProductVariant") or 0)


def _item(context: Context, global_id: str) -> VariantRecord | None:
    number = number_of(global_id, "InventoryItem")
    return next((v for v in variants_of(context).values() if v.item_number == number), None)


def _level(context: Context, global_id: str) -> LevelOf | None:
    item = _item(context, f"gid://shopify/InventoryItem/{global_id.partition('?inventory_item_id=')[2]}")
    levels = levels_of_item(context, item, inactive=True) if item else []
    return next((level for level in levels if level.id == global_id), None)


def _bulk(context: Context, global_id: str) -> Operation | None:
    return context.bulk.get(global_id)


def _location(_: Context, global_id: str) -> dict[str, Any] | None:
    return location_of(global_id)


_FINDERS: dict[str, Callable[[Context, str], Any]] = {
    "BulkOperation": _bulk,
    "InventoryItem": _item,
    "InventoryLevel": _level,
    "Location": _location,
    "Order": _order,
    "Product": _product,
    "ProductVariant": _variant,
    "Refund": _refund,
    "Return": _return,
}
