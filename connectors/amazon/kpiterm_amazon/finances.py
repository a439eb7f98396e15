"""Postings to the seller's balance as they happen, days before a settlement shows them: Finances 2024-06-19."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon.flat_reports import sql
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import decode, stamp

TRANSACTIONS = "/finances/2024-06-19/transactions"
# Amazon wants `postedBefore` more than two minutes in the past.
NOT_YET = timedelta(minutes=5)


class _Payload(msgspec.Struct, rename="camel"):
    next_token: str | None = None
    transactions: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _Page(msgspec.Struct):
    payload: _Payload = msgspec.field(default_factory=_Payload)


def query(ctx: Context, window: Window) -> dict[str, str]:
    """The arguments that every page repeats. In the US, a marketplace would leave out orders that the seller ships."""
    where = place(ctx.settings)
    asked = {"postedAfter": stamp(window.start), "postedBefore": stamp(min(window.end, ctx.now - NOT_YET))}
    return asked if where.code == "US" else {**asked, "marketplaceId": where.marketplace_id}


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """Page by page until there is no token: a page may be empty although more follow."""
    url, asked = place(ctx.settings).selling(TRANSACTIONS), query(ctx, window)
    request = f"GET {TRANSACTIONS} {asked['postedAfter']}..{asked['postedBefore']}"
    token, number = "", 1
    while True:
        response = ctx.http.get(url, params={**asked, **({"nextToken": token} if token else {})})
        page = decode(response, _Page).payload
        if page.transactions:
            records = ("payload", "transactions")
            yield Payload(body=response.content, format="json", request=f"{request} page {number}", records=records)
        if not page.next_token:
            return
        token, number = page.next_token, number + 1


_MONEY = "STRUCT(currencyAmount DECIMAL(18, 4), currencyCode VARCHAR)"
_PART = f"STRUCT(breakdownType VARCHAR, breakdownAmount {_MONEY})"
_GROUP = f"STRUCT(breakdownType VARCHAR, breakdownAmount {_MONEY}, breakdowns {_PART}[])"
_CONTEXT = "STRUCT(contextType VARCHAR, sku VARCHAR, asin VARCHAR, quantityShipped BIGINT)"

POSTINGS = Shape(
    columns={
        "relatedIdentifiers": "STRUCT(relatedIdentifierName VARCHAR, relatedIdentifierValue VARCHAR)[]",
        "transactionType": "VARCHAR",
        "transactionId": "VARCHAR",
        "transactionStatus": "VARCHAR",
        "description": "VARCHAR",
        "postedDate": "VARCHAR",
        "totalAmount": _MONEY,
        "marketplaceDetails": "STRUCT(marketplaceName VARCHAR)",
        "items": f"STRUCT(breakdowns {_GROUP}[], contexts {_CONTEXT}[])[]",
        "breakdowns": f"{_GROUP}[]",
    },
    required=("postedDate", "totalAmount"),
    outputs=(
        Output(
            into="settlement_line",
            select=sql("finances.sql"),
            # A posting has no key of its own in the table; its moment and order are one.
            replaces=("source", "posted_at", "order_id"),
        ),
        Output(
            into="refund_line",
            select=sql("finances_refunds.sql"),
            replaces=("source", "order_id", "refunded_at"),
        ),
    ),
)

STREAM = Stream(
    name="finances",
    title="Postings to the balance, and refunds",
    fetch=fetch,
    shape=POSTINGS,
    # Postings show up to two days late; those that were held back change their state weeks later.
    lookback=timedelta(days=21),
    history=timedelta(days=90),
    # Spans of more than 180 days are answered with nothing.
    max_window=timedelta(days=179),
    retention=timedelta(days=720),
    every=timedelta(hours=12),
    lag=NOT_YET,
    settles=timedelta(days=3),
)
