"""Visits and sales per item and day: the item performance report, version 3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart import reports
from kpiterm_walmart.wire import SIDE_BY_SIDE

REPORT_TYPE, VERSION = "ITEM_PERFORMANCE", "v3"
# The most that Walmart allows of a daily report.
MOST_DAYS = timedelta(days=15)


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """The window's days in one report; Walmart takes 15 to 45 minutes to make it."""
    days = window.days(ctx.tz)
    report = reports.Report(type=REPORT_TYPE, version=VERSION, first=days[0], last=days[-1])
    for path in reports.documents(ctx, report):
        yield Payload(body=path, format="csv", request=str(report), encoding="utf-8-sig")


# Walmart documents the figures, but not in all versions under the same header; the SQL takes what is there.
DATES = ("Date", "Report Date", "Order Date", "Order Placed Date", "Day")
FIGURES = ("GMV", "Refunded Sales", "Total Units", "Total Units Sold", "Units Sold", "Units", "Refunded Units",
           "Authorized Orders", "Total Product Visits", "Product Level Pageviews", "Page Views")  # fmt: skip
CODES = ("SKU ID", "SKU", "Item ID", "Base Item ID")

STREAM = Stream(
    name="traffic",
    title="Visits and sales per item and day",
    fetch=fetch,
    shape=Shape(
        columns=dict.fromkeys((*DATES, *CODES, *FIGURES), "VARCHAR"),
        required=("GMV",),
        outputs=(
            Output(
                into="traffic_day",
                select=files(__package__).joinpath("traffic.sql").read_text("utf-8"),
                replaces=("window:day",),
            ),
        ),
    ),
    by_day=True,
    lookback=timedelta(days=10),
    history=timedelta(days=60),
    retention=timedelta(days=700),
    max_window=MOST_DAYS,
    every=timedelta(hours=12),
    ahead=SIDE_BY_SIDE,
    lag=timedelta(days=2),
    settles=timedelta(days=30),
)
