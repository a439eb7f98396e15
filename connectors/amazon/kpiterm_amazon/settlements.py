"""Payout statements: the V2 settlement files, which Amazon makes on its own and lists for ninety days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import reports
from kpiterm_amazon.encodings import encoding
from kpiterm_amazon.flat_reports import TEXT, sql
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import decode, stamp

REPORT_TYPE = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


class _Listed(msgspec.Struct, rename="camel"):
    report_id: str
    report_document_id: str | None = None


class _Page(msgspec.Struct, rename="camel"):
    reports: list[_Listed]
    next_token: str | None = None


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """Every statement that was made within the window; they can only be listed, never asked for."""
    for listed in _listed(ctx, window):
        if listed.report_document_id is None:
            continue
        document = reports.download(ctx, listed.report_document_id)
        yield Payload(
            body=document.path,
            format="tsv",
            request=f"{REPORT_TYPE} report {listed.report_id}",
            encoding=encoding(document, place(ctx.settings).code),
        )


def _listed(ctx: Context, window: Window) -> Iterator[_Listed]:
    url = place(ctx.settings).selling(reports.REPORTS)
    query = {
        "reportTypes": REPORT_TYPE,
        "processingStatuses": "DONE",
        "createdSince": stamp(window.start),
        "createdUntil": stamp(window.end),
        "pageSize": "100",
    }
    while True:
        page = decode(ctx.http.get(url, params=query), _Page)
        yield from page.reports
        if not page.next_token:
            return
        query = {"nextToken": page.next_token}  # alone: with other parameters it is refused


SETTLEMENT = Shape(
    columns=dict.fromkeys(
        (
            "settlement-id", "currency", "transaction-type", "order-id", "marketplace-name", "amount-type",
            "amount-description", "amount", "posted-date", "posted-date-time", "sku", "quantity-purchased",
        ),
        TEXT,
    ),
    required=("settlement-id", "currency", "transaction-type", "amount-type", "amount-description", "amount"),
    outputs=(Output(into="settlement_line", select=sql("settlements.sql"), replaces=("settlement_id",)),),
)  # fmt: skip

STREAM = Stream(
    name="settlements",
    title="Settlements",
    fetch=fetch,
    shape=SETTLEMENT,
    lookback=timedelta(days=2),
    history=timedelta(days=89),
    retention=timedelta(days=89),
    max_window=timedelta(days=90),
    every=timedelta(hours=12),
    lag=timedelta(minutes=5),
)
