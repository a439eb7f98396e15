"""FBA's own view of the stock: planning with ages and costs, restock advice, and the count that checks the live one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from kpiterm.plugins import Output, Shape, Stream
from kpiterm_amazon.flat_reports import FBA_DAILY, TEXT, FlatReport, fetch, shape, sql
from kpiterm_amazon.wire import SIDE_BY_SIDE

PLANNING_TYPE = "GET_FBA_INVENTORY_PLANNING_DATA"
_SURCHARGES = tuple(
    f"estimated-ais-{days}-days"
    for days in ("181-210", "211-240", "241-270", "271-300", "301-330", "331-365", "366-455", "456-plus")
)
_OLD = tuple(f"inv-age-{days}-days" for days in ("181-to-270", "271-to-365", "366-to-455", "456-plus"))

PLANNING = shape(
    {
        **dict.fromkeys(("snapshot-date", "sku", "asin", "product-name", "currency"), TEXT),
        **dict.fromkeys(("available", "inbound-quantity"), "BIGINT"),
        **dict.fromkeys(("Total Reserved Quantity", "unfulfillable-quantity"), "BIGINT"),
        **dict.fromkeys(("days-of-supply", "estimated-storage-cost-next-month", *_SURCHARGES, *_OLD), TEXT),
    },
    ("snapshot-date", "sku", "asin", "available"),
    Output(into="stock_level", select=sql("fba_planning.sql"), replaces=("source", "taken_at")),
    Output(into="market_estimate", select=sql("fba_planning_costs.sql"), replaces=("source", "day")),
)
RESTOCK = shape(
    {
        **dict.fromkeys(("Country", "Merchant SKU", "ASIN", "Recommended replenishment qty"), TEXT),
        "Days of Supply at Amazon Fulfillment Network": TEXT,
    },
    ("Merchant SKU", "ASIN", "Recommended replenishment qty"),
    Output(into="market_estimate", select=sql("fba_restock.sql"), replaces=("source", "day")),
)
STOCK_CHECK = shape(
    {
        **dict.fromkeys(("sku", "asin", "product-name"), TEXT),
        **dict.fromkeys(("afn-fulfillable-quantity", "afn-unsellable-quantity", "afn-reserved-quantity"), "BIGINT"),
        **dict.fromkeys(("afn-inbound-working-quantity", "afn-inbound-shipped-quantity"), "BIGINT"),
        "afn-inbound-receiving-quantity": "BIGINT",
    },
    ("sku", "asin", "afn-fulfillable-quantity"),
    Output(into="stock_level", select=sql("fba_stock_check.sql"), replaces=("source", "taken_at")),
)


def _stream(name: str, title: str, report: FlatReport, of: Shape) -> Stream:
    return Stream(
        name=name,
        title=title,
        fetch=partial(fetch, report),
        shape=of,
        history=timedelta(days=1),
        max_window=timedelta(days=3650),
        every=timedelta(hours=20),
        ahead=SIDE_BY_SIDE,
        snapshot=True,
    )


STREAMS = (
    _stream(
        "stock-planning",
        "FBA inventory planning",
        FlatReport(type=PLANNING_TYPE, interval=FBA_DAILY, snapshot=True),
        PLANNING,
    ),
    _stream(
        "restock",
        "FBA restock recommendations",
        FlatReport(type="GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT", interval=FBA_DAILY, snapshot=True),
        RESTOCK,
    ),
    _stream(
        "stock-check",
        "FBA stock by report, to check the live reading",
        FlatReport(type="GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA", interval=timedelta(minutes=30), snapshot=True),
        STOCK_CHECK,
    ),
)
