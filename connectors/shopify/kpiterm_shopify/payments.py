"""Shopify Payments: what each payout is made of, fees and disputed money included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.items import Named
from kpiterm_shopify.pages import pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.search import within

_PATH = ("shopifyPaymentsAccount", "balanceTransactions")


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """The balance transactions of the window; none where the shop does not use Shopify Payments."""
    search = within("processed_at", window.start, window.end)
    found = False
    for page in pages(Admin(ctx), load("payments"), Named, _PATH, {"search": search}):
        found = True
        yield Payload(
            body=page.answer.body,
            format="json",
            request=f"balance transactions {window} page {page.number}",
            records=("data", *_PATH, "nodes"),
        )
    if not found:
        ctx.log("the shop does not use Shopify Payments: there are no payouts to read")


_MONEY = "STRUCT(amount VARCHAR, currencyCode VARCHAR)"

PAYMENTS = Shape(
    columns={
        "id": "VARCHAR",
        "type": "VARCHAR",
        "test": "BOOLEAN",
        "transactionDate": "VARCHAR",
        "adjustmentReason": "VARCHAR",
        "amount": _MONEY,
        "fee": _MONEY,
        "associatedOrder": "STRUCT(id VARCHAR)",
        "associatedPayout": "STRUCT(id VARCHAR, status VARCHAR)",
    },
    required=("id",),
    outputs=(
        Output(
            into="settlement_line",
            select=files(__package__).joinpath("payments.sql").read_text("utf-8"),
            replaces=("posted_at", "kind", "detail", "order_id", "amount"),
        ),
    ),
)

STREAM = Stream(
    name="payments",
    title="Payouts, fees and disputed money (Shopify Payments)",
    fetch=fetch,
    shape=PAYMENTS,
    # A transaction gets its payout days later, where payouts are monthly at most 31.
    lookback=timedelta(days=35),
    history=timedelta(days=400),
    max_window=timedelta(days=100),
    every=timedelta(hours=6),
    settles=timedelta(days=35),
)
