"""What Walmart recommends to send to its fulfilment centres, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import httpx
import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.wire import by_offset, decode, stamp

RESTOCK = "/v3/wfs/recommendation/restock"
PAGE = 300
# One of the global APIs, which want to know the market. The origin is the one of Walmart's example.
MARKET = {
    "Content-Type": "application/json",
    "WM_GLOBAL_VERSION": "3.1",
    "WM_MARKET": "US",
    "wm_audit.origin_source": "SELLER_API",
}


class _Listed(msgspec.Struct, rename="camel"):
    recommended_items: list[msgspec.Raw] = []
    total_records: int | None = None


class _Page(msgspec.Struct):
    payload: _Listed = msgspec.field(default_factory=_Listed)


# Without the dollars of all items together.
ASKED = {"showInsights": "false"}


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """Every recommendation as it stands."""
    for offset, page in by_offset(ctx, RESTOCK, ASKED, _counted, limit=PAGE, headers=MARKET):
        yield Payload(
            body=page.content,
            format="json",
            request=f"GET {RESTOCK} from {offset}",
            records=("payload", "recommendedItems"),
            extra={"_taken_at": stamp(ctx.now)},
        )


def _counted(page: httpx.Response) -> tuple[int, int | None]:
    read = decode(page, _Page).payload
    return len(read.recommended_items), read.total_records


STREAM = Stream(
    name="wfs-restock",
    title="Restock recommendations of Walmart Fulfillment Services",
    fetch=fetch,
    shape=Shape(
        columns={
            "sku": "VARCHAR",
            "itemId": "VARCHAR",
            # One object in Walmart's example, a list of them in its schema.
            "insights": "JSON",
            "_taken_at": "VARCHAR",
        },
        required=("itemId", "insights"),
        outputs=(
            Output(
                into="market_estimate",
                select=files(__package__).joinpath("restock.sql").read_text("utf-8"),
                replaces=("source", "day"),
            ),
        ),
    ),
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    snapshot=True,
)
