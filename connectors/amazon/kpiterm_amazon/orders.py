"""Order lines: the All-Orders report for the history, searchOrders for the last hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import reports
from kpiterm_amazon.all_orders import ALL_ORDERS
from kpiterm_amazon.encodings import encoding
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import SIDE_BY_SIDE, decode, stamp

REPORT_TYPE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
SEARCH = "/orders/2026-01-01/orders"
LOOKBACK = timedelta(hours=6)
# Without PROCEEDS no money comes back; without BUYER and RECIPIENT no personal data does.
INCLUDED = "PROCEEDS,PROMOTION,FULFILLMENT,CANCELLATION"
# The burst of searchOrders; after it Amazon gives one page of 100 orders in three minutes.
MOST_PAGES = 20
# Amazon wants `lastUpdatedBefore` at least two minutes in the past.
NOT_YET = timedelta(minutes=3)


def fetch_report(ctx: Context, window: Window) -> Iterator[Payload]:
    """The orders that changed within the window, as a flat file."""
    asked = _report(window)
    for span in reports.spans(ctx, asked):
        part = _report(span)
        for document in reports.documents(ctx, part):
            yield Payload(
                body=document.path,
                format="tsv",
                request=str(part),
                encoding=encoding(document, place(ctx.settings).code),
            )


def _report(window: Window) -> reports.Report:
    return reports.Report(type=REPORT_TYPE, start=window.start, end=window.end, may_be_empty=True, read_again=LOOKBACK)


class _Pagination(msgspec.Struct, rename="camel"):
    next_token: str | None = None


class _Page(msgspec.Struct):
    pagination: _Pagination | None = None


def fetch_recent(ctx: Context, window: Window) -> Iterator[Payload]:
    """The orders that changed within the window, page by page, at most `MOST_PAGES`."""
    where = place(ctx.settings)
    end = min(window.end, ctx.now - NOT_YET)
    if end <= window.start:
        return
    query = {
        "lastUpdatedAfter": stamp(window.start),
        "lastUpdatedBefore": stamp(end),
        "marketplaceIds": where.marketplace_id,
        "includedData": INCLUDED,
        "maxResultsPerPage": "100",
    }
    request = f"GET {SEARCH} {query['lastUpdatedAfter']}..{query['lastUpdatedBefore']}"
    for number in range(1, MOST_PAGES + 1):
        response = ctx.http.get(where.selling(SEARCH), params=query)
        page = decode(response, _Page).pagination
        yield Payload(body=response.content, format="json", request=f"{request} page {number}", records=("orders",))
        if page is None or not page.next_token:
            return
        query["paginationToken"] = page.next_token
    ctx.log(f"more than {MOST_PAGES * 100} orders changed since {window.start}: stream orders reads the rest")


_MONEY = "STRUCT(amount VARCHAR, currencyCode VARCHAR)"
_DETAIL = f'STRUCT(subtype VARCHAR, "value" {_MONEY})'
_BREAKDOWN = f'STRUCT("type" VARCHAR, subtotal {_MONEY}, detailedBreakdowns {_DETAIL}[])'
_ITEM = f"""STRUCT(
    orderItemId VARCHAR,
    quantityOrdered BIGINT,
    product STRUCT(asin VARCHAR, title VARCHAR, sellerSku VARCHAR),
    proceeds STRUCT(breakdowns {_BREAKDOWN}[]),
    cancellation STRUCT(cancellationExecution STRUCT(cancelledBy VARCHAR)),
    fulfillment STRUCT(quantityFulfilled BIGINT, quantityUnfulfilled BIGINT)
)"""

RECENT_ORDERS = Shape(
    columns={
        "orderId": "VARCHAR",
        "createdTime": "VARCHAR",
        "lastUpdatedTime": "VARCHAR",
        "salesChannel": "STRUCT(channelName VARCHAR, marketplaceName VARCHAR)",
        "fulfillment": "STRUCT(fulfillmentStatus VARCHAR, fulfilledBy VARCHAR)",
        "orderItems": f"{_ITEM}[]",
    },
    required=("orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems"),
    outputs=(
        Output(
            into="order_line",
            select=files(__package__).joinpath("orders_recent.sql").read_text("utf-8"),
            replaces=("order_id",),
        ),
    ),
)

STREAMS = (
    Stream(
        name="orders",
        title="Order lines (All-Orders report)",
        fetch=fetch_report,
        shape=ALL_ORDERS,
        lookback=LOOKBACK,
        # Thirteen windows: with the two other reports they fit createReport's burst of fifteen on the first sync.
        history=timedelta(days=390),
        max_window=timedelta(days=30),
        every=timedelta(hours=2),
        ahead=SIDE_BY_SIDE,
        lag=timedelta(minutes=5),
        retention=timedelta(days=729),
        settles=timedelta(days=30),
    ),
    Stream(
        name="orders-recent",
        title="Order lines of the last hours",
        fetch=fetch_recent,
        shape=RECENT_ORDERS,
        lookback=timedelta(hours=1),
        history=timedelta(days=1),
        max_window=timedelta(days=2),
        every=timedelta(minutes=15),
        lag=NOT_YET,
        retention=timedelta(days=2),
        settles=timedelta(days=30),
    ),
)
