"""Shipments on their way to Walmart's fulfilment centres, item by item, and what of them was received."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import httpx
import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.wire import by_offset, decode, stamp

SHIPMENTS = "/v3/fulfillment/inbound-shipments"
ITEMS = "/v3/fulfillment/inbound-shipment-items"
PAGE = 50


class _Headers(msgspec.Struct, rename="camel"):
    total_count: int | None = None


class _Entry(msgspec.Struct, rename="camel"):
    shipment_id: str | None = None


class _Page(msgspec.Struct):
    headers: _Headers = msgspec.field(default_factory=_Headers)
    payload: list[_Entry] = []


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """The shipments made within the window, then what is in each of them: only the items know SKUs and receipts."""
    asked = {"fromCreateDate": stamp(window.start), "toCreateDate": stamp(window.end)}
    shipments: set[str] = set()
    for offset, page in by_offset(ctx, SHIPMENTS, asked, _counted, limit=PAGE):
        shipments |= {entry.shipment_id for entry in decode(page, _Page).payload if entry.shipment_id}
        yield _payload(page, f"GET {SHIPMENTS} made {window} from {offset}")
    for shipment in sorted(shipments):
        for offset, page in by_offset(ctx, ITEMS, {"shipmentId": shipment}, _counted, limit=PAGE):
            yield _payload(page, f"GET {ITEMS} {shipment} from {offset}")


def _counted(page: httpx.Response) -> tuple[int, int | None]:
    read = decode(page, _Page)
    return len(read.payload), read.headers.total_count


def _payload(page: httpx.Response, request: str) -> Payload:
    return Payload(body=page.content, format="json", request=request, records=("payload",))


STREAM = Stream(
    name="wfs-inbound",
    title="Shipments to Walmart Fulfillment Services",
    fetch=fetch,
    shape=Shape(
        # Addresses, the seller's own among them, are not read.
        columns=dict.fromkeys(
            (
                "shipmentId",
                "status",
                "createdDate",
                "expectedDeliveryDate",
                "updatedExpectedDeliveryDate",
                "actualDeliveryDate",
                "sku",
            ),
            "VARCHAR",
        )
        | dict.fromkeys(("itemQty", "receivedQty"), "BIGINT"),
        required=("shipmentId",),
        outputs=(
            Output(
                into="inbound",
                select=files(__package__).joinpath("inbound.sql").read_text("utf-8"),
                replaces=("shipment_id",),
            ),
        ),
    ),
    # A shipment is received weeks after it was made.
    lookback=timedelta(days=60),
    history=timedelta(days=180),
    max_window=timedelta(days=366),
    every=timedelta(hours=12),
    lag=timedelta(minutes=2),
)
