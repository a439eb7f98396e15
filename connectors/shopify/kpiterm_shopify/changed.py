"""Which orders changed, as far as refunds and returns care: a lean first pass, by pages or by a bulk operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeVar

import msgspec

from kpiterm.plugins import Context, DataError, Window
from kpiterm_shopify import bulk
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.orders import LONG, halved
from kpiterm_shopify.pages import pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.search import stamp, updated

T = TypeVar("T")


class _Refund(msgspec.Struct):
    id: str


class Changed(msgspec.Struct, rename="camel"):
    """An order that changed, and whether there is something to it."""

    id: str
    updated_at: str
    test: bool = False
    return_status: str = "NO_RETURN"
    refunds: list[_Refund] = []


def with_refunds(ctx: Context, admin: Admin, window: Window) -> Iterator[str]:
    """Ids of the real orders that changed within the window and have refunds."""
    found: Iterable[Changed] = paged(admin, window)
    if window.end - window.start > LONG:
        spans = bulk.spans(ctx, "refunds", window)
        found = chain.from_iterable(_bulk(ctx, admin, span) for span in spans)
    return _once(order.id for order in found if order.refunds and not order.test)


def with_returns(admin: Admin, window: Window) -> Iterator[str]:
    """Ids of the real orders that changed within the window and have returns."""
    return _once(o.id for o in paged(admin, window) if o.return_status != "NO_RETURN" and not o.test)


def paged(admin: Admin, window: Window) -> Iterator[Changed]:
    """The orders that changed, page by page; one that changes meanwhile comes twice."""

    def onward(nodes: list[Changed]) -> str:
        return f"updated_at:>='{nodes[-1].updated_at}' AND updated_at:<'{stamp(window.end)}'"

    search = updated(window.start, window.end)
    for page in pages(admin, load("changed"), Changed, ("orders",), {"search": search}, onward=onward):
        yield from page.nodes


def read_line(line: bytes, model: type[T]) -> T:
    """A line of a bulk operation's result."""
    try:
        return msgspec.json.decode(line, type=model)
    except msgspec.DecodeError as error:
        raise DataError(
            f"bulk operation: {error}", hint="a line is not what was asked for; nothing of this window was stored"
        ) from None


def _bulk(ctx: Context, admin: Admin, span: Window) -> Iterator[Changed]:
    try:
        for lines in bulk.chunks(ctx, admin, "refunds", span):
            yield from (read_line(line, Changed) for line in lines.splitlines())
    except bulk.FailedError as error:
        for half in halved(ctx, span, error):
            yield from _bulk(ctx, admin, half)


def _once(ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for order_id in ids:
        if order_id not in seen:
            seen.add(order_id)
            yield order_id
