"""Fees and advertising of each SKU by day, as Amazon works out the seller's economics: Data Kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import data_kiosk
from kpiterm_amazon.flat_reports import sql
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import SIDE_BY_SIDE

_NAME = "economics"
_FIELDS = """
    startDate endDate msku childAsin
    fees { feeTypeName charges { aggregatedDetail { totalAmount { amount currencyCode } quantity } } }
    ads { adTypeName charge { totalAmount { amount currencyCode } quantity } }
"""


def query(marketplace_id: str, first: date, last: date) -> str:
    """One line for each SKU and day on which it was charged something or sold."""
    span = f'startDate: "{first}", endDate: "{last}", marketplaceIds: ["{marketplace_id}"]'
    how = "aggregateBy: { date: DAY, productId: MSKU }"
    return f"query {{ analytics_economics_2024_03_15 {{ economics({span}, {how}) {{ {_FIELDS} }} }} }}"


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """All days of the window in one query."""
    days = window.days(ctx.tz)
    text = query(place(ctx.settings).marketplace_id, days[0], days[-1])
    for document in data_kiosk.documents(ctx, _NAME, text):
        yield Payload(body=document.path, format="ndjson", request=f"Data Kiosk {_NAME} {days[0]}..{days[-1]}")


_DETAIL = "STRUCT(totalAmount STRUCT(amount DECIMAL(18, 4), currencyCode VARCHAR), quantity DECIMAL(18, 4))"

ECONOMICS = Shape(
    columns={
        "startDate": "DATE",
        "endDate": "DATE",
        "msku": "VARCHAR",
        "childAsin": "VARCHAR",
        "fees": f"STRUCT(feeTypeName VARCHAR, charges STRUCT(aggregatedDetail {_DETAIL})[])[]",
        "ads": f"STRUCT(adTypeName VARCHAR, charge {_DETAIL})[]",
    },
    required=("startDate", "fees"),
    outputs=(Output(into="fee", select=sql("economics.sql"), replaces=("window:day",)),),
)

STREAM = Stream(
    name=_NAME,
    title="Fees and advertising per SKU and day",
    fetch=fetch,
    shape=ECONOMICS,
    by_day=True,
    lookback=timedelta(days=14),
    history=timedelta(days=90),
    retention=timedelta(days=728),
    max_window=timedelta(days=92),
    every=timedelta(hours=20),
    ahead=SIDE_BY_SIDE,
    lag=timedelta(days=1),
    settles=timedelta(days=14),
)
