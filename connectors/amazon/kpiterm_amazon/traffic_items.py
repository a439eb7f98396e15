"""Sessions, sales and refunds of each ASIN by day: Data Kiosk, since the report gives one row for a whole span."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import data_kiosk
from kpiterm_amazon.flat_reports import sql
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import SIDE_BY_SIDE

MOST_ASINS = 30  # that one query for trends takes
_NAME = "traffic-items"
_ROOT = "analytics_salesAndTraffic_2024_04_24"
_FIELDS = """
    startDate endDate childAsin
    sales { orderedProductSales { amount currencyCode } unitsOrdered totalOrderItems unitsRefunded }
    traffic { sessions pageViews buyBoxPercentage }
"""


class _Line(msgspec.Struct, rename="camel"):
    child_asin: str


def by_asin(marketplace_id: str, first: date, last: date, fields: str = _FIELDS) -> str:
    """A query for all ASINs with data in the span, one line each."""
    span = f'startDate: "{first}", endDate: "{last}", marketplaceIds: ["{marketplace_id}"]'
    return f"query {{ {_ROOT} {{ salesAndTrafficByAsin(aggregateBy: CHILD, {span}) {{ {fields} }} }} }}"


def by_day(marketplace_id: str, first: date, last: date, asins: list[str]) -> str:
    """A query for some ASINs, one line for each of them and each day."""
    span = f'startDate: "{first}", endDate: "{last}"'
    chosen = f'filters: [{{ marketplaceId: "{marketplace_id}", asins: {json.dumps(asins)} }}]'
    how = "asinAggregation: CHILD, dateAggregation: DAY"
    return f"query {{ {_ROOT} {{ salesAndTrafficTrends({how}, {span}, {chosen}) {{ {_FIELDS} }} }} }}"


def fetch(ctx: Context, window: Window) -> Iterator[Payload]:
    """All days of the window in as few queries as can be: Amazon takes one a minute after the first fifteen."""
    days = window.days(ctx.tz)
    for number, text in enumerate(_queries(ctx, days), start=1):
        for document in data_kiosk.documents(ctx, f"{_NAME} {number}", text):
            request = f"Data Kiosk {_NAME} {days[0]}..{days[-1]} query {number}"
            yield Payload(body=document.path, format="ndjson", request=request)


def _queries(ctx: Context, days: list[date]) -> Iterator[str]:
    marketplace_id = place(ctx.settings).marketplace_id
    asins = _asins(ctx, marketplace_id, days) if len(days) > 1 else []
    if len(days) == 1 or len(asins) > MOST_ASINS * len(days):
        yield from (by_asin(marketplace_id, day, day) for day in days)
        return
    for start in range(0, len(asins), MOST_ASINS):
        yield by_day(marketplace_id, days[0], days[-1], asins[start : start + MOST_ASINS])


def _asins(ctx: Context, marketplace_id: str, days: list[date]) -> list[str]:
    """Those that Amazon has data of in the span."""
    found: set[str] = set()
    query = by_asin(marketplace_id, days[0], days[-1], "childAsin")
    for document in data_kiosk.documents(ctx, f"{_NAME} asins", query):
        with document.path.open("rb") as lines:
            found.update(msgspec.json.decode(line, type=_Line).child_asin for line in lines if line.strip())
        document.path.unlink()
    return sorted(found)


TRAFFIC_ITEMS = Shape(
    columns={
        "startDate": "DATE",
        "endDate": "DATE",
        "childAsin": "VARCHAR",
        "sales": """STRUCT(
            orderedProductSales STRUCT(amount DECIMAL(18, 4), currencyCode VARCHAR),
            unitsOrdered BIGINT, totalOrderItems BIGINT, unitsRefunded BIGINT
        )""",
        "traffic": "STRUCT(sessions BIGINT, pageViews BIGINT, buyBoxPercentage DECIMAL(18, 8))",
    },
    required=("startDate", "childAsin", "sales", "traffic"),
    outputs=(Output(into="traffic_day", select=sql("traffic_items.sql"), replaces=("window:day",)),),
)

STREAM = Stream(
    name=_NAME,
    title="Sales and traffic per ASIN and day",
    fetch=fetch,
    shape=TRAFFIC_ITEMS,
    by_day=True,
    lookback=timedelta(days=10),
    history=timedelta(days=90),
    # A start more than two years back is refused.
    retention=timedelta(days=728),
    max_window=timedelta(days=740),
    every=timedelta(hours=20),
    ahead=SIDE_BY_SIDE,
    lag=timedelta(days=1),
    settles=timedelta(days=10),
)
