"""Order lines: the history by bulk operation, what changed since by pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, Note, Output, Payload, Shape, Stream, TransientError, Window
from kpiterm_shopify import bulk
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.pages import PageInfo, pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.scopes import truncation
from kpiterm_shopify.search import stamp, updated

# A span that is longer than this is read by a bulk operation.
LONG = timedelta(days=2)
_SHORTEST = timedelta(hours=1)


class _Id(msgspec.Struct):
    id: str


class _Lines(msgspec.Struct, rename="camel"):
    page_info: PageInfo


class _Order(msgspec.Struct, rename="camel"):
    id: str
    updated_at: str
    line_items: _Lines


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Note]:
    """The orders that changed within the window, with all of their lines."""
    admin = Admin(ctx)
    yield from truncation(ctx, admin, window)
    if window.end - window.start <= LONG:
        yield from _paged(admin, window)
        return
    for span in bulk.spans(ctx, "orders", window):
        yield from _bulk(ctx, admin, span)


def _bulk(ctx: Context, admin: Admin, span: Window) -> Iterator[Payload]:
    """One bulk operation, or two of half the span where Shopify cannot finish it."""
    try:
        for document in bulk.documents(ctx, admin, "orders", span):
            yield Payload(body=document, format="ndjson", request=f"bulk orders {span}")
    except bulk.FailedError as error:
        halves = halved(ctx, span, error)
        for half in halves:
            yield from _bulk(ctx, admin, half)


def halved(ctx: Context, span: Window, error: TransientError) -> tuple[Window, Window]:
    """The two halves of a span that was too much for Shopify; the error itself where it is short already."""
    if span.end - span.start < _SHORTEST:
        raise error
    ctx.log(f"{error.message}; trying two halves")
    middle = span.start + (span.end - span.start) / 2
    middle = middle.replace(microsecond=0)
    return Window(span.start, middle), Window(middle, span.end)


def _paged(admin: Admin, window: Window) -> Iterator[Payload]:
    def onward(nodes: list[_Order]) -> str:
        return f"updated_at:>='{nodes[-1].updated_at}' AND updated_at:<'{stamp(window.end)}'"

    search = updated(window.start, window.end)
    for page in pages(admin, load("orders"), _Order, ("orders",), {"search": search}, onward=onward):
        request = f"orders {window} page {page.number}"
        yield Payload(body=page.answer.body, format="json", request=request, records=("data", "orders", "nodes"))
        for order in page.nodes:
            yield from _further_lines(admin, order)


def _further_lines(admin: Admin, order: _Order) -> Iterator[Payload]:
    """The lines beyond those that the page of orders holds, as a bulk operation would give them."""
    info = order.line_items.page_info
    if not info.has_next_page:
        return
    path = ("order", "lineItems")
    for page in pages(admin, load("order_lines"), _Id, path, {"id": order.id}, after=info.end_cursor):
        yield Payload(
            body=page.answer.body,
            format="json",
            request=f"lines of {order.id} page {page.number + 1}",
            records=("data", *path, "nodes"),
            extra={"__parentId": order.id},
        )


MONEY = "STRUCT(shopMoney STRUCT(amount VARCHAR, currencyCode VARCHAR))"
_LINE = {
    "sku": "VARCHAR",
    "name": "VARCHAR",
    "quantity": "BIGINT",
    "currentQuantity": "BIGINT",
    "unfulfilledQuantity": "BIGINT",
    "isGiftCard": "BOOLEAN",
    "originalTotalSet": MONEY,
    "discountAllocations": f"STRUCT(allocatedAmountSet {MONEY})[]",
    "taxLines": f"STRUCT(priceSet {MONEY})[]",
    "variant": "STRUCT(id VARCHAR)",
}
_LINE_STRUCT = f"STRUCT(id VARCHAR, {', '.join(f'{name} {type_}' for name, type_ in _LINE.items())})"

ORDERS = Shape(
    columns={
        "id": "VARCHAR",
        "__parentId": "VARCHAR",
        "test": "BOOLEAN",
        "processedAt": "VARCHAR",
        "updatedAt": "VARCHAR",
        "cancelledAt": "VARCHAR",
        "currencyCode": "VARCHAR",
        "displayFinancialStatus": "VARCHAR",
        "displayFulfillmentStatus": "VARCHAR",
        "totalShippingPriceSet": MONEY,
        "totalTaxSet": MONEY,
        "lineItems": f"STRUCT(nodes {_LINE_STRUCT}[])",
        **_LINE,
    },
    required=("id",),
    outputs=(
        Output(
            into="order_line",
            select=files(__package__).joinpath("orders.sql").read_text("utf-8"),
            replaces=("order_id",),
        ),
    ),
)

STREAM = Stream(
    name="orders",
    title="Order lines",
    fetch=fetch,
    shape=ORDERS,
    lookback=timedelta(minutes=10),
    history=timedelta(days=400),
    max_window=timedelta(days=100),
    every=timedelta(minutes=15),
    settles=timedelta(days=30),
)
