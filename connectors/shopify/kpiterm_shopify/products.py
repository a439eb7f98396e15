"""Variants as they are listed, and what one unit of each costs the shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.inventory import behind
from kpiterm_shopify.items import Named
from kpiterm_shopify.pages import pages
from kpiterm_shopify.queries import load


class _Shop(msgspec.Struct, rename="camel"):
    currency_code: str


class _Data(msgspec.Struct):
    shop: _Shop


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """All variants as they stand, prices in the shop's currency."""
    for page in pages(Admin(ctx), load("products"), Named, ("productVariants",), {"search": None}, onward=behind):
        yield Payload(
            body=page.answer.body,
            format="json",
            request=f"products page {page.number}",
            records=("data", "productVariants", "nodes"),
            extra={"_currency": page.answer.read(_Data).shop.currency_code},
        )


def _sql(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")


PRODUCTS = Shape(
    columns={
        "id": "VARCHAR",
        "sku": "VARCHAR",
        "displayName": "VARCHAR",
        "price": "VARCHAR",
        "createdAt": "VARCHAR",
        "product": "STRUCT(id VARCHAR, status VARCHAR, productType VARCHAR)",
        "inventoryItem": "STRUCT(updatedAt VARCHAR, unitCost STRUCT(amount VARCHAR, currencyCode VARCHAR))",
        "_currency": "VARCHAR",
    },
    required=("id",),
    outputs=(
        Output(into="listing", select=_sql("products"), replaces=("item_id",)),
        Output(into="cost", select=_sql("costs"), replaces=("sku", "valid_from")),
    ),
)

STREAM = Stream(
    name="products",
    title="Products and unit costs",
    fetch=fetch,
    shape=PRODUCTS,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=12),
    snapshot=True,
)
