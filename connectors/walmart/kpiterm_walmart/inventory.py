"""Stock that the seller keeps, at every ship node, as Walmart offers it now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.places import url
from kpiterm_walmart.wire import NONE_FOUND, first_page, meta, next_page, stamp

INVENTORIES = "/v3/inventories"


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """Every SKU as it stands. The cursor is strictly sequential and ends the list by its absence, not a short page."""
    page, number = first_page(ctx, INVENTORIES, {"limit": "50"}), 1
    while page.status_code != NONE_FOUND:
        listed = meta(page)
        if listed.total_count == 0:  # an empty list may lack what it is a list of
            return
        yield Payload(
            body=page.content,
            format="json",
            request=f"GET {INVENTORIES} page {number}",
            records=("elements", "inventories"),
            extra={"_taken_at": stamp(ctx.now)},
        )
        if not listed.next_cursor:
            return
        page = next_page(ctx, url(INVENTORIES), {"limit": "50", "nextCursor": listed.next_cursor})
        number += 1


_QUANTITY = "STRUCT(amount VARCHAR)"

STREAM = Stream(
    name="inventory",
    title="Stock at the seller's ship nodes",
    fetch=fetch,
    shape=Shape(
        columns={
            "sku": "VARCHAR",
            "nodes": f"STRUCT(shipNode VARCHAR, availToSellQty {_QUANTITY}, reservedQty {_QUANTITY})[]",
            "_taken_at": "VARCHAR",
        },
        required=("sku", "nodes"),
        outputs=(
            Output(
                into="stock_level",
                select=files(__package__).joinpath("inventory.sql").read_text("utf-8"),
                replaces=("taken_at", "sku", "location"),
            ),
        ),
    ),
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=4),
    snapshot=True,
)
