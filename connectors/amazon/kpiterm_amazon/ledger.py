"""FBA's stock at the end of every day of the past: the summary of the inventory ledger."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from kpiterm.plugins import Output, Stream
from kpiterm_amazon.flat_reports import FBA_DAILY, TEXT, FlatReport, fetch, shape, sql
from kpiterm_amazon.wire import SIDE_BY_SIDE

REPORT_TYPE = "GET_LEDGER_SUMMARY_VIEW_DATA"
OPTIONS = {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "DAILY"}

BALANCES = shape(
    {
        **dict.fromkeys(("Date", "MSKU", "ASIN", "Title", "Disposition", "Location"), TEXT),
        **dict.fromkeys(("Ending Warehouse Balance", "In Transit Between Warehouses"), "BIGINT"),
    },
    ("Date", "MSKU", "Disposition", "Ending Warehouse Balance"),
    Output(into="stock_level", select=sql("ledger.sql"), replaces=("source", "taken_at")),
)

STREAM = Stream(
    name="stock-ledger",
    title="FBA stock at the end of each day",
    fetch=partial(fetch, FlatReport(type=REPORT_TYPE, interval=FBA_DAILY, options=OPTIONS)),
    shape=BALANCES,
    by_day=True,
    # Amazon puts balances right for some days.
    lookback=timedelta(days=7),
    history=timedelta(days=365),
    # The ledger reaches back eighteen months; like all FBA types, a run asks for one report.
    retention=timedelta(days=540),
    max_window=timedelta(days=541),
    every=timedelta(hours=20),
    ahead=SIDE_BY_SIDE,
    lag=timedelta(days=1),
    settles=timedelta(days=7),
)
