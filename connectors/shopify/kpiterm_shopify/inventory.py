"""Stock of every tracked variant at every location, with what is on its way there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, DataError, Output, Payload, Shape, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.items import Named
from kpiterm_shopify.pages import Connection, pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.search import number, stamp


class _Empty(msgspec.Struct):
    """A node of which nothing needs to be known here."""


class _Stocked(msgspec.Struct, rename="camel"):
    id: str
    inventory_levels: Connection[_Empty]


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """All levels as they stand: only the present can be read."""
    admin, extra = Admin(ctx), {"_taken_at": stamp(ctx.now)}
    for page in pages(admin, load("inventory"), _Stocked, ("inventoryItems",), {"search": None}, onward=behind):
        yield Payload(
            body=page.answer.body,
            format="json",
            request=f"inventory page {page.number}",
            records=("data", "inventoryItems", "nodes"),
            extra=extra,
        )
        for item in page.nodes:
            yield from _further_levels(admin, item, extra)


def behind(nodes: list[_Stocked] | list[Named]) -> str:
    """A search for what comes after these nodes by id; DataError where they do not come in its order."""
    ids = [int(number(node.id) or 0) for node in nodes]
    if ids != sorted(ids):
        raise DataError(
            "Shopify has more than 25,000 of them and does not list them by id", hint="report this: none is left out"
        )
    return f"id:>={ids[-1] + 1}"


def _further_levels(admin: Admin, item: _Stocked, extra: dict[str, str]) -> Iterator[Payload]:
    info = item.inventory_levels.page_info
    if not info.has_next_page:
        return
    path = ("inventoryItem", "inventoryLevels")
    for page in pages(admin, load("inventory_levels"), _Empty, path, {"id": item.id}, after=info.end_cursor):
        yield Payload(
            body=page.answer.body,
            format="json",
            request=f"levels of {item.id} page {page.number + 1}",
            records=("data", *path, "nodes"),
            extra={**extra, "__parentId": item.id},
        )


_QUANTITIES = 'STRUCT("name" VARCHAR, quantity BIGINT)[]'
_LEVEL = {"location": 'STRUCT("name" VARCHAR)', "quantities": _QUANTITIES}

STOCK = Shape(
    columns={
        "id": "VARCHAR",
        "__parentId": "VARCHAR",
        "sku": "VARCHAR",
        "tracked": "BOOLEAN",
        "variants": "STRUCT(nodes STRUCT(id VARCHAR, displayName VARCHAR)[])",
        "inventoryLevels": f"STRUCT(nodes STRUCT({', '.join(f'{n} {t}' for n, t in _LEVEL.items())})[])",
        **_LEVEL,
        "_taken_at": "VARCHAR",
    },
    required=("id",),
    outputs=(
        Output(
            into="stock_level",
            select=files(__package__).joinpath("inventory.sql").read_text("utf-8"),
            replaces=("taken_at", "sku", "item_id", "location"),
        ),
    ),
)

STREAM = Stream(
    name="inventory",
    title="Stock by location",
    fetch=fetch,
    shape=STOCK,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=4),
    snapshot=True,
)
