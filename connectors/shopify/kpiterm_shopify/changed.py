"""Which orders changed, as far as refunds and returns care: a lean first pass, since neither can be read in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec

from kpiterm.plugins import Context, DataError, Window
from kpiterm_shopify import bulk
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.orders import LONG, halved
from kpiterm_shopify.pages import pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.scopes import warn_of_truncation
from kpiterm_shopify.search import stamp, updated


class _Refund(msgspec.Struct):
    id: str


class Changed(msgspec.Struct, rename="camel"):
    """An order that changed, and whether there is something to it."""

    id: str
    updated_at: str
    test: bool = False
    return_status: str = "NO_RETURN"
    refunds: list[_Refund] = []


def changed(ctx: Context, admin: Admin, name: str, window: Window) -> Iterator[Changed]:
    """Real orders that changed within the window. `name` is the stream's: each has its own bulk operation to resume."""
    warn_of_truncation(ctx, admin, window)
    found: Iterator[Changed]
    if window.end - window.start > LONG:
        spans = bulk.spans(ctx, name, window)
        found = chain.from_iterable(_bulk(ctx, admin, name, span) for span in spans)
    else:
        found = _paged(admin, window)
    seen: set[str] = set()
    for order in found:
        if not order.test and order.id not in seen:
            seen.add(order.id)
            yield order


def _paged(admin: Admin, window: Window) -> Iterator[Changed]:
    def onward(nodes: list[Changed]) -> str:
        return f"updated_at:>='{nodes[-1].updated_at}' AND updated_at:<'{stamp(window.end)}'"

    search = updated(window.start, window.end)
    for page in pages(admin, load("changed"), Changed, ("orders",), {"search": search}, onward=onward):
        yield from page.nodes


def _bulk(ctx: Context, admin: Admin, name: str, span: Window) -> Iterator[Changed]:
    try:
        for lines in bulk.chunks(ctx, admin, name, span):
            yield from (_read(line) for line in lines.splitlines())
    except bulk.FailedError as error:
        for half in halved(ctx, span, error):
            yield from _bulk(ctx, admin, name, half)


def _read(line: bytes) -> Changed:
    try:
        return msgspec.json.decode(line, type=Changed)
    except msgspec.DecodeError as error:
        raise DataError(
            f"bulk operation: {error}", hint="a line is not what was asked for; nothing of this window was stored"
        ) from None
