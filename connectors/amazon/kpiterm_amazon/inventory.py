"""Stock in Amazon's fulfilment network, as the FBA Inventory API shows it now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, DataError, Output, Payload, Shape, Stream, TransientError, Window
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import decode, stamp

SUMMARIES = "/fba/inventory/v1/summaries"


class _Pagination(msgspec.Struct, rename="camel"):
    next_token: str | None = None


class _Page(msgspec.Struct):
    pagination: _Pagination | None = None


def query(marketplace_id: str) -> dict[str, str]:
    """The parameters that every page repeats."""
    return {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": marketplace_id,
        "marketplaceIds": marketplace_id,
    }


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """Every SKU as it stands: only the present can be read."""
    for number, body in enumerate(_pages(ctx), start=1):
        yield Payload(
            body=body,
            format="json",
            request=f"GET {SUMMARIES} page {number}",
            records=("payload", "inventorySummaries"),
            extra={"_taken_at": stamp(ctx.now)},
        )


def _pages(ctx: Context) -> list[bytes]:
    """All pages before the first is handed on: a page's token dies after 30 seconds, however long storing takes."""
    where = place(ctx.settings)
    params = query(where.marketplace_id)
    bodies: list[bytes] = []
    while True:
        try:
            response = ctx.http.get(where.selling(SUMMARIES), params=params)
        except DataError as error:
            if not bodies:
                raise
            raise TransientError(
                f"the list broke off: {error.message}", hint="its token has died; the next sync reads the list anew"
            ) from None
        bodies.append(response.content)
        page = decode(response, _Page).pagination
        if page is None or not page.next_token:
            return bodies
        params["nextToken"] = page.next_token


STOCK = Shape(
    columns={
        "sellerSku": "VARCHAR",
        "asin": "VARCHAR",
        "productName": "VARCHAR",
        "inventoryDetails": """STRUCT(
            fulfillableQuantity BIGINT,
            inboundWorkingQuantity BIGINT,
            inboundShippedQuantity BIGINT,
            inboundReceivingQuantity BIGINT,
            reservedQuantity STRUCT(totalReservedQuantity BIGINT),
            unfulfillableQuantity STRUCT(totalUnfulfillableQuantity BIGINT)
        )""",
        "_taken_at": "VARCHAR",
    },
    required=("sellerSku", "inventoryDetails"),
    outputs=(
        Output(
            into="stock_level",
            select=files(__package__).joinpath("inventory.sql").read_text("utf-8"),
            replaces=("source", "taken_at", "sku", "item_id", "location"),  # pages of one reading add up
        ),
    ),
)

STREAM = Stream(
    name="inventory",
    title="FBA stock",
    fetch=fetch,
    shape=STOCK,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=4),
    snapshot=True,
)
