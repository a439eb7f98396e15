"""Returns: what buyers send back, as the shop has agreed with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.changed import changed
from kpiterm_shopify.items import Item
from kpiterm_shopify.pages import Connection, pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.search import number

# An order rarely has more than one; more are further pages.
AT_ONCE = 5


class _Fulfilled(msgspec.Struct, rename="camel"):
    line_item: Item


class _Reason(msgspec.Struct):
    handle: str


class _Line(msgspec.Struct, rename="camel"):
    quantity: int
    return_reason_definition: _Reason | None = None
    fulfillment_line_item: _Fulfilled | None = None


class _Return(msgspec.Struct, rename="camel"):
    id: str
    status: str
    created_at: datetime
    return_line_items: Connection[_Line]


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """The returns of all orders that changed within the window."""
    admin = Admin(ctx)
    for order in changed(ctx, admin, "returns", window):
        if order.return_status == "NO_RETURN":
            continue
        for page in pages(admin, load("returns"), _Return, ("order", "returns"), {"id": order.id}, first=AT_ONCE):
            yield Payload(body=page.answer.body, format="json", request=f"returns of {order.id} page {page.number}")
            for found in page.nodes:
                yield from _rows(admin, order.id, found)


def _rows(admin: Admin, order_id: str, found: _Return) -> Iterator[Payload | Row]:
    lines = list(found.return_line_items.nodes)
    info = found.return_line_items.page_info
    if info.has_next_page:
        path = ("return", "returnLineItems")
        for page in pages(admin, load("return_lines"), _Line, path, {"id": found.id}, after=info.end_cursor):
            yield Payload(body=page.answer.body, format="json", request=f"lines of {found.id} page {page.number + 1}")
            lines += page.nodes
    for line in lines:
        goods = line.fulfillment_line_item.line_item if line.fulfillment_line_item else Item()
        values = {
            "order_id": number(order_id),
            "sku": goods.key,
            "item_id": goods.variant_id,
            "returned_at": found.created_at,
            "quantity": line.quantity,
            "reason": line.return_reason_definition.handle if line.return_reason_definition else None,
            "status": found.status.lower(),
        }
        yield Row("return_line", values)


STREAM = Stream(
    name="returns",
    title="Returns",
    fetch=fetch,
    lookback=timedelta(minutes=10),
    history=timedelta(days=400),
    max_window=timedelta(days=100),
    every=timedelta(hours=1),
    settles=timedelta(days=60),
)
