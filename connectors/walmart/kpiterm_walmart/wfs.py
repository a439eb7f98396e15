"""Stock in Walmart's fulfilment centres, and what Walmart forecasts and recommends for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import httpx
import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.wire import by_offset, decode, stamp

INVENTORY = "/v3/wfs/inventory"
PAGE = 300


class _Headers(msgspec.Struct, rename="camel"):
    total_count: int | None = None


class _Stock(msgspec.Struct):
    inventory: list[msgspec.Raw] = []


class _Page(msgspec.Struct):
    headers: _Headers = msgspec.field(default_factory=_Headers)
    payload: _Stock = msgspec.field(default_factory=_Stock)


def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
    """Every SKU as it stands; sellers who do not use the service are answered 404."""
    for offset, page in by_offset(ctx, INVENTORY, {}, _counted, limit=PAGE):
        yield Payload(
            body=page.content,
            format="json",
            request=f"GET {INVENTORY} from {offset}",
            records=("payload", "inventory"),
            extra={"_taken_at": stamp(ctx.now)},
        )


def _counted(page: httpx.Response) -> tuple[int, int | None]:
    read = decode(page, _Page)
    return len(read.payload.inventory), read.headers.total_count


def _sql(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


_DATA = """STRUCT(
    availableUnits BIGINT,
    reservedUnits BIGINT,
    inboundUnits BIGINT,
    unavailableUnits STRUCT(inventoryReviewUnits BIGINT, inventoryMovementUnits BIGINT)
)"""
_INSIGHTS = ", ".join(
    f"{name} VARCHAR"
    for name in (
        "daysOfSupply", "suggestedUnits", "surplusUnits",
        "salesForecastWeek1to4", "salesForecastWeek5to8", "salesForecastWeek9to12",
    )
)  # fmt: skip

STREAM = Stream(
    name="wfs-inventory",
    title="Stock at Walmart Fulfillment Services",
    fetch=fetch,
    shape=Shape(
        columns={
            "itemInformation": "STRUCT(sku VARCHAR, itemID VARCHAR, itemName VARCHAR)",
            "inventoryData": _DATA,
            "inventoryInsights": f"STRUCT({_INSIGHTS})",
            "_taken_at": "VARCHAR",
        },
        required=("itemInformation", "inventoryData"),
        outputs=(
            Output(into="stock_level", select=_sql("wfs_stock.sql"), replaces=("taken_at", "sku", "location")),
            Output(into="market_estimate", select=_sql("wfs_insights.sql"), replaces=("day", "item_id", "metric")),
        ),
    ),
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=4),
    snapshot=True,
)
