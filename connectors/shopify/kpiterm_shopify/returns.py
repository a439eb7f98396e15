"""Returns: what buyers send back, as agreed with the shop. The history comes in bulk, what changed since by pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from kpiterm.plugins import Context, DataError, Note, Payload, Row, Stream, Window
from kpiterm_shopify import bulk
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.changed import read_line, with_returns
from kpiterm_shopify.items import Item
from kpiterm_shopify.orders import LONG, halved
from kpiterm_shopify.pages import Connection, pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.scopes import truncation
from kpiterm_shopify.search import number

# An order rarely has more than one; more are further pages.
AT_ONCE = 5
_ORDER = "gid://shopify/Order/"


class _Fulfilled(msgspec.Struct, rename="camel"):
    line_item: Item


class _Reason(msgspec.Struct):
    handle: str


class _Line(msgspec.Struct, rename="camel"):
    quantity: int
    return_reason_definition: _Reason | None = None
    fulfillment_line_item: _Fulfilled | None = None


class _Head(msgspec.Struct, rename="camel"):
    id: str
    status: str
    created_at: datetime


class _Return(_Head, rename="camel"):
    return_line_items: Connection[_Line]


class _Which(msgspec.Struct):
    """What tells the lines of a bulk operation apart: an order, a return of one, or a line of a return."""

    id: str = ""
    parent: str = msgspec.field(default="", name="__parentId")
    test: bool = False


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row | Note]:
    """The returns of all orders that changed within the window."""
    admin = Admin(ctx)
    yield from truncation(ctx, admin, window)
    if window.end - window.start > LONG:
        for span in bulk.spans(ctx, "returns", window):
            yield from _bulk(ctx, admin, span)
        return
    for order_id in with_returns(admin, window):
        for page in pages(admin, load("returns"), _Return, ("order", "returns"), {"id": order_id}, first=AT_ONCE):
            yield Payload(body=page.answer.body, format="json", request=f"returns of {order_id} page {page.number}")
            for found in page.nodes:
                yield from _rows(admin, order_id, found)


def _bulk(ctx: Context, admin: Admin, span: Window) -> Iterator[Payload | Row]:
    heads: dict[str, tuple[str, _Head]] = {}
    tests: set[str] = set()
    try:
        for part, lines in enumerate(bulk.chunks(ctx, admin, "returns", span), start=1):
            yield Payload(body=lines, format="ndjson", request=f"bulk returns {span} part {part}")
            for line in lines.splitlines():
                yield from _bulk_rows(line, heads, tests)
    except bulk.FailedError as error:
        for half in halved(ctx, span, error):
            yield from _bulk(ctx, admin, half)


def _bulk_rows(line: bytes, heads: dict[str, tuple[str, _Head]], tests: set[str]) -> Iterator[Row]:
    """The row of a line of a return. Its order and its return have come before it, each on a line of its own."""
    which = read_line(line, _Which)
    if which.parent.startswith(_ORDER):
        heads[which.id] = which.parent, read_line(line, _Head)
    elif which.parent:
        if which.parent not in heads:
            raise DataError(f"bulk operation: a line of {which.parent}, which is not there", hint="sync again")
        order_id, head = heads[which.parent]
        if order_id not in tests:
            yield _row(order_id, head, read_line(line, _Line))
    elif which.test:
        tests.add(which.id)


def _rows(admin: Admin, order_id: str, found: _Return) -> Iterator[Payload | Row]:
    lines = list(found.return_line_items.nodes)
    info = found.return_line_items.page_info
    if info.has_next_page:
        path = ("return", "returnLineItems")
        for page in pages(admin, load("return_lines"), _Line, path, {"id": found.id}, after=info.end_cursor):
            yield Payload(body=page.answer.body, format="json", request=f"lines of {found.id} page {page.number + 1}")
            lines += page.nodes
    for line in lines:
        yield _row(order_id, found, line)


def _row(order_id: str, head: _Head, line: _Line) -> Row:
    goods = line.fulfillment_line_item.line_item if line.fulfillment_line_item else Item()
    values = {
        "order_id": number(order_id),
        "sku": goods.key,
        "item_id": goods.variant_id,
        "returned_at": head.created_at,
        "quantity": line.quantity,
        "reason": line.return_reason_definition.handle if line.return_reason_definition else None,
        "status": head.status.lower(),
    }
    return Row("return_line", values)


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
