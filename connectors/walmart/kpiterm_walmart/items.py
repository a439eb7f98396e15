"""The seller's offers as listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.places import url
from kpiterm_walmart.wire import decode, first_page, next_page

ITEMS = "/v3/items"
PAGE = 1000
FARTHEST = 10_000


class _Page(msgspec.Struct, rename="camel"):
    items: list[msgspec.Raw] = msgspec.field(name="ItemResponse", default_factory=list)
    total_items: int = 0
    next_cursor: str | None = None


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """Every offer, whatever its status. The cursor stays the same for its two minutes while the offset moves on; an
    offset beyond 10,000 is refused."""
    cursor, offset = "*", 0
    page = first_page(ctx, ITEMS, _query(cursor, offset))
    while page.is_success:
        yield Payload(body=page.content, format="json", request=f"GET {ITEMS} from {offset}", records=("ItemResponse",))
        read = decode(page, _Page)
        offset, cursor = offset + len(read.items), read.next_cursor or ""
        if not read.items or not cursor or offset >= read.total_items:
            return
        if offset > FARTHEST:
            ctx.log(f"{ITEMS}: Walmart lists no more than {offset:,} of {read.total_items:,} offers")
            return
        page = next_page(ctx, url(ITEMS), _query(cursor, offset))


def _query(cursor: str, offset: int) -> dict[str, str]:
    return {"nextCursor": cursor, "offset": str(offset), "limit": str(PAGE)}


STREAM = Stream(
    name="items",
    title="Offers as listed",
    fetch=fetch,
    shape=Shape(
        columns={
            "sku": "VARCHAR",
            "productName": "VARCHAR",
            "productType": "VARCHAR",
            "price": "STRUCT(currency VARCHAR, amount DECIMAL(18, 4))",
            "publishedStatus": "VARCHAR",
            "lifecycleStatus": "VARCHAR",
            "variantGroupId": "VARCHAR",
        },
        required=("sku",),
        outputs=(
            Output(
                into="listing",
                select=files(__package__).joinpath("items.sql").read_text("utf-8"),
                replaces=("sku",),
            ),
        ),
    ),
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=24),
    snapshot=True,
)
