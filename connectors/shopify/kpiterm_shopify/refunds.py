"""Refunds line by line, with the day of the order and the day of the refund.

`refunds` is a plain list within an order, and a bulk operation refuses a connection inside a list: so the orders that
have refunds are found first, and their refund lines are asked for in a second pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

import msgspec

from kpiterm.plugins import Context, Note, Payload, Row, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.changed import with_refunds
from kpiterm_shopify.items import Item, MoneyBag
from kpiterm_shopify.pages import Connection, pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.scopes import truncation
from kpiterm_shopify.search import number

AT_ONCE = 20
# What a refund gives back beyond its lines: shipping, tax, goodwill; below zero, what it holds back of them.
REST = "adjustment"


class _Goods(Item):
    id: str = ""
    is_gift_card: bool = False


class _Line(msgspec.Struct, rename="camel"):
    quantity: int
    subtotal_set: MoneyBag
    line_item: _Goods


class _Refund(msgspec.Struct, rename="camel"):
    id: str
    processed_at: datetime
    total_refunded_set: MoneyBag
    refund_line_items: Connection[_Line]


class _Order(msgspec.Struct, rename="camel"):
    id: str
    processed_at: datetime
    refunds: list[_Refund]


class _Nodes(msgspec.Struct):
    nodes: list[_Order | None]


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row | Note]:
    """The refunds of all orders that changed within the window."""
    admin = Admin(ctx)
    yield from truncation(ctx, admin, window)
    ids = with_refunds(ctx, admin, window)
    while batch := list(islice(ids, AT_ONCE)):
        answer = admin.ask(load("refunds"), {"ids": batch})
        yield Payload(body=answer.body, format="json", request=f"refunds of {batch[0]} and {len(batch) - 1} more")
        for order in answer.read(_Nodes).nodes:
            for refund in order.refunds if order else ():
                yield from _rows(admin, order, refund)


def _rows(admin: Admin, order: _Order | None, refund: _Refund) -> Iterator[Payload | Row]:
    """One row a line and one for the rest, which together are the money that went back. A refund that gave nothing
    back, as when an unpaid order is cancelled, has no rows."""
    assert order
    total = refund.total_refunded_set.shop_money
    lines = list(refund.refund_line_items.nodes)
    info = refund.refund_line_items.page_info
    if info.has_next_page:
        path = ("refund", "refundLineItems")
        for page in pages(admin, load("refund_lines"), _Line, path, {"id": refund.id}, after=info.end_cursor):
            yield Payload(body=page.answer.body, format="json", request=f"lines of {refund.id} page {page.number + 1}")
            lines += page.nodes
    if not total.amount:
        return
    common = {
        "order_id": number(order.id),
        "ordered_at": order.processed_at,
        "refunded_at": refund.processed_at,
        "currency": total.currency_code,
    }
    for line in lines:
        if not line.line_item.is_gift_card:
            yield Row("refund_line", {**common, **_values(line)})
    rest = total.amount - sum((line.subtotal_set.shop_money.amount for line in lines), Decimal(0))
    if rest:
        yield Row("refund_line", {**common, "line_key": REST, "amount": rest})


def _values(line: _Line) -> dict[str, object]:
    goods = line.line_item
    return {
        "line_key": number(goods.id),
        "sku": goods.key,
        "item_id": goods.variant_id,
        "quantity": line.quantity,
        "amount": line.subtotal_set.shop_money.amount,
    }


STREAM = Stream(
    name="refunds",
    title="Refunds",
    fetch=fetch,
    lookback=timedelta(minutes=10),
    history=timedelta(days=400),
    max_window=timedelta(days=100),
    every=timedelta(hours=1),
    settles=timedelta(days=30),
)
