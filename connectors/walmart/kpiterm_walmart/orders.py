"""Order lines of all three kinds of ship node, as they change: Walmart lists one kind per query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import httpx

from kpiterm.plugins import Context, DataError, Output, Payload, Shape, Stream, Window
from kpiterm_walmart.order_shape import ORDER_COLUMNS
from kpiterm_walmart.wire import NONE_FOUND, first_page, following, meta, stamp

ORDERS = "/v3/orders"
NODES = ("SellerFulfilled", "WFSFulfilled", "3PLFulfilled")
MOST_ORDERS = 10_000
# Walmart reaches back 180 days, counted from the order's creation.
REACH = timedelta(days=179)
SHORTEST = timedelta(minutes=1)
# Both ends of a span are exclusive, so that each begins a little before the last one ended.
OVERLAP = timedelta(seconds=1)
_TOO_MANY = re.compile(r"10,?000")


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """The orders that changed within the window, whole, whoever ships them."""
    for node in NODES:
        for span in _spans(ctx, node, window):
            yield from span


def _spans(ctx: Context, node: str, window: Window) -> Iterator[Iterator[Payload]]:
    """The window, or its halves as long as Walmart counts more orders in it than one query may return."""
    page = _first(ctx, node, window)
    if page is not None:
        yield _pages(ctx, node, window, page)
    elif window.end - window.start <= SHORTEST:
        raise DataError(
            f"more than {MOST_ORDERS:,} {node} orders changed within {window}: Walmart cannot list them",
            hint="nothing of this window was stored; ask Walmart's seller support for a larger limit",
        )
    else:
        middle = window.start + (window.end - window.start) / 2
        yield from _spans(ctx, node, Window(window.start, middle))
        yield from _spans(ctx, node, Window(middle, window.end))


def query(ctx: Context, node: str, window: Window) -> dict[str, str]:
    """What to ask. Without createdStartDate Walmart keeps to the orders of the last seven days; replacements, which
    cost the buyer nothing, are listed only on demand."""
    return {
        "createdStartDate": stamp(ctx.now - REACH),
        "createdEndDate": stamp(ctx.now),
        "lastModifiedStartDate": stamp(window.start - OVERLAP),
        "lastModifiedEndDate": stamp(window.end),
        "shipNodeType": node,
        "limit": "200",
    }


def _first(ctx: Context, node: str, window: Window) -> httpx.Response | None:
    """The first page; None where the span holds more orders than Walmart would list."""
    try:
        page = first_page(ctx, ORDERS, query(ctx, node, window))
    except DataError as error:
        if _TOO_MANY.search(error.message):
            return None
        raise
    many = page.status_code != NONE_FOUND and (meta(page).total_count or 0) > MOST_ORDERS
    return None if many else page


def _pages(ctx: Context, node: str, window: Window, first: httpx.Response) -> Iterator[Payload]:
    for number, page in enumerate(following(ctx, ORDERS, first), start=1):
        yield Payload(
            body=page.content,
            format="json",
            request=f"GET {ORDERS} {node} changed {window} page {number}",
            records=("list", "elements", "order"),
            extra={"_ship_node": node, "_refunds_from": ctx.settings.get("refunds_from", "")},
        )


def _sql(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


STREAM = Stream(
    name="orders",
    title="Order lines",
    fetch=fetch,
    shape=Shape(
        columns={**ORDER_COLUMNS, "_ship_node": "VARCHAR", "_refunds_from": "VARCHAR"},
        required=("purchaseOrderId", "orderDate", "orderLines"),
        outputs=(
            Output(into="order_line", select=_sql("orders.sql"), replaces=("order_id",)),
            Output(into="refund_line", select=_sql("order_refunds.sql"), replaces=("order_id", "line_key")),
        ),
    ),
    lookback=timedelta(hours=6),
    history=REACH,
    retention=REACH,
    max_window=timedelta(days=30),
    every=timedelta(minutes=15),
    lag=timedelta(minutes=2),
    settles=timedelta(days=30),
)
