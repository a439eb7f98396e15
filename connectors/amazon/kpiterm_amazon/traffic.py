"""Sessions, conversion, ordered sales and refunds per day: the Sales and Traffic report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import reports
from kpiterm_amazon.wire import SIDE_BY_SIDE

REPORT_TYPE = "GET_SALES_AND_TRAFFIC_REPORT"
# Per ASIN the report gives one row for the whole span, so only its days are read; PARENT keeps the rest small.
OPTIONS = {"dateGranularity": "DAY", "asinGranularity": "PARENT"}


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """All days of the window in one report: Amazon makes one in 15 minutes for a provider and all its sellers."""
    days = window.days(ctx.tz)
    start, end = (datetime.combine(day, time(), UTC) for day in (days[0], days[-1]))
    report = reports.Report(type=REPORT_TYPE, start=start, end=end, options=OPTIONS)
    for document in reports.documents(ctx, report):
        yield Payload(body=document.path, format="json", request=str(report), records=("salesAndTrafficByDate",))


_MONEY = "STRUCT(amount DECIMAL(18, 4), currencyCode VARCHAR)"

TRAFFIC = Shape(
    columns={
        "date": "DATE",
        "salesByDate": f"""STRUCT(
            orderedProductSales {_MONEY}, unitsOrdered BIGINT, totalOrderItems BIGINT, unitsRefunded BIGINT
        )""",
        "trafficByDate": "STRUCT(sessions BIGINT, pageViews BIGINT, buyBoxPercentage DECIMAL(18, 8))",
    },
    required=("date", "salesByDate", "trafficByDate"),
    outputs=(
        Output(
            into="traffic_day",
            select=files(__package__).joinpath("traffic.sql").read_text("utf-8"),
            replaces=("window:day",),
        ),
    ),
)

STREAM = Stream(
    name="traffic",
    title="Sales and traffic per day",
    fetch=fetch,
    shape=TRAFFIC,
    by_day=True,
    lookback=timedelta(days=10),
    history=timedelta(days=728),
    # A start more than two years back is cancelled.
    retention=timedelta(days=728),
    max_window=timedelta(days=740),
    every=timedelta(hours=6),
    ahead=SIDE_BY_SIDE,
    lag=timedelta(days=1),
    settles=timedelta(days=10),
)
