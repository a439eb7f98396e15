"""The Shopify connector with its pace lifted: no quota, no pause before a bulk operation is first asked about, and no
new search at the 25,000th order. Two streams read the same orders, one by pages and one by a bulk operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from bench.bounded import SPAN, WINDOW, bounded
from kpiterm.plugins import Connector, Context, Note, Payload, Row, Stream, Window, hookimpl
from kpiterm_shopify import bulk, orders, pages
from kpiterm_shopify.connector import SHOPIFY

NAME = "bench-shopify"
GRAPHQL, BULK = "orders", "orders-bulk"


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The benchmarks' Shopify."""
    pages.MOST = 1_000_000_000
    bulk.FIRST_PAUSE = 0.001
    streams = _reading(GRAPHQL, longest_by_pages=WINDOW), _reading(BULK, longest_by_pages=timedelta(0))
    return (replace(SHOPIFY, name=NAME, streams=streams, settings=(*SHOPIFY.settings, *SPAN), rates=()),)


def _reading(name: str, *, longest_by_pages: timedelta) -> Stream:
    def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row | Note]:
        orders.LONG = longest_by_pages
        yield from orders.STREAM.fetch(ctx, window)

    return bounded(replace(orders.STREAM, name=name, fetch=fetch))
