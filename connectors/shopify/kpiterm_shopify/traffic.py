"""Sessions, page views and completed checkouts per day of the online store, by ShopifyQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.queries import load

METRICS = {
    "sessions": "sessions",
    "pageviews": "page_views",
    # The checkouts that sessions led to; over sessions, they are Shopify's own conversion rate.
    "sessions_that_completed_checkout": "order_items",
}


class _Column(msgspec.Struct):
    name: str


class _Table(msgspec.Struct):
    columns: list[_Column]
    rows: list[list[object] | dict[str, object]]


class _Result(msgspec.Struct, rename="camel"):
    parse_errors: list[str] = []
    table_data: _Table | None = None


class _Data(msgspec.Struct, rename="camel"):
    shopifyql_query: _Result | None = None


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """A row for each day of the window, cut in the shop's own time zone."""
    days = window.days(ctx.tz)
    asked = question(days[0], days[-1])
    answer = Admin(ctx).ask(load("shopifyql"), {"question": asked})
    yield Payload(body=answer.body, format="json", request=f"ShopifyQL {asked}")
    result = answer.read(_Data).shopifyql_query or _Result()
    if result.parse_errors or result.table_data is None:
        said = "; ".join(result.parse_errors) or "no table"
        raise DataError(f"ShopifyQL: {said}", hint="Shopify does not take the question; upgrade the connector")
    names = [column.name for column in result.table_data.columns]
    for cells in result.table_data.rows:
        yield Row("traffic_day", _values(_named(names, cells)))


def question(first: date, last: date) -> str:
    """The ShopifyQL for the days `first` to `last`, both included."""
    return f"FROM sessions SHOW {', '.join(METRICS)} TIMESERIES day SINCE {first} UNTIL {last} ORDER BY day"


def _named(names: list[str], cells: list[object] | dict[str, object]) -> Mapping[str, object]:
    """A row by column, whether Shopify sends it as a list or as an object."""
    return dict(zip(names, cells, strict=False)) if isinstance(cells, list) else cells


def _values(cells: Mapping[str, object]) -> dict[str, object]:
    try:
        day = date.fromisoformat(str(cells["day"])[:10])
        counts = {ours: _count(cells[theirs]) for theirs, ours in METRICS.items()}
    except (KeyError, ValueError, ArithmeticError) as error:
        raise DataError(
            f"ShopifyQL: a row is not as asked for ({type(error).__name__}: {error})", hint="upgrade the connector"
        ) from None
    return {"day": day, "level": "account", **counts}


def _count(value: object) -> int | None:
    """Counts come as numbers or as text."""
    return None if value is None or value == "" else int(Decimal(str(value)))


STREAM = Stream(
    name="traffic",
    title="Sessions and conversion (ShopifyQL)",
    fetch=fetch,
    by_day=True,
    lookback=timedelta(days=3),
    history=timedelta(days=400),
    max_window=timedelta(days=100),
    every=timedelta(hours=4),
    settles=timedelta(days=2),
)
