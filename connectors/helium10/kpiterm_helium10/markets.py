"""Market Tracker 360: weekly units and revenue of every product of a tracked market, as Helium 10 estimates them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, TransientError, Window
from kpiterm_helium10.estimates import day_of, estimate, listed, number
from kpiterm_helium10.places import MARKETS_HOST
from kpiterm_helium10.places import listed as setting

LIMIT = 1000
_WEEK = timedelta(days=7)
_PATIENCE = 1800.0
_METRICS = {"revenue": "market_tracker_revenue_week", "sales": "market_tracker_units_week"}
# Values, by product, by week, variations on their own, estimates only: what a connected store really sold is no
# estimate, and comes from the marketplace itself.
_PARAMS = {
    "groupByType": "1", "trendsType": "0", "viewByType": "0", "dataShowType": "0", "showActuals": "0",
    "parentDataMode": "0", "limit": str(LIMIT),
}  # fmt: skip


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """`market_estimate` rows by ASIN and week, on the week's first day."""
    days = window.days(ctx.tz)
    first = days[0] - _WEEK + timedelta(days=1)  # weeks begin where Helium 10 says: one that straddles is asked whole
    for market in setting(ctx.settings, "market_ids"):
        for report, metric in _METRICS.items():
            body = _report(ctx, market, report, first, days[-1])
            yield Payload(body=body, format="json", request=f"MT360 {market} {report} {first}..{days[-1]}")
            yield from _rows(ctx, _parsed(body), metric, report)


def _report(ctx: Context, market: str, report: str, first: date, last: date) -> bytes:
    """The finished report; 202 means that it is still being made, and asking again is how to wait for it."""
    url = f"https://{MARKETS_HOST}/public-api/v1/markets/{market}/{report}"
    params = _PARAMS | {"filter[dateFrom]": str(first), "filter[dateTo]": str(last)}
    waited = 0.0
    while True:
        response = ctx.http.get(url, params=params)
        if response.status_code != httpx.codes.ACCEPTED:
            return response.content
        if waited >= _PATIENCE:
            raise TransientError(
                f"Market Tracker has not finished the {report} report of market {market} in {waited / 60:.0f} minutes",
                hint="it goes on there; the next sync asks again",
            )
        pause = min(60.0, max(2.0, waited / 10))  # no more than a tenth of the wait is lost at its end
        if not waited:
            ctx.log(f"Market Tracker is making the {report} report of market {market}; asking again until it is made")
        ctx.sleep(pause)
        waited += pause


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body, parse_float=Decimal)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise DataError("Market Tracker's answer is no JSON object", hint="upgrade the connector, or report this")
    return data


def _rows(ctx: Context, data: Mapping[str, Any], metric: str, report: str) -> Iterator[Row]:
    """Products side by side with their weeks: `interval1` … `intervalN`, dated in `meta.intervals`."""
    weeks = _weeks(listed(data, "meta", "intervals"))
    products = listed(data, "data")
    if len(products) >= LIMIT:
        ctx.log(f"{report}: cut at {LIMIT} products; a sum over them is not the market")
    currency = ctx.marketplace.currency if report == "revenue" else None
    for product in products:
        item = product.get("resultAsin")
        if not item:
            raise DataError("Market Tracker names a product without resultAsin", hint="upgrade the connector")
        for column, day in weeks.items():
            value = number(product.get(column), column)
            yield from estimate(day, metric, value, item=str(item), currency=currency)


def _weeks(intervals: list[Mapping[str, Any]]) -> dict[str, date]:
    """First days of the whole weeks; one that the asked span cuts holds a part of its sales and is left out."""
    found: dict[str, date] = {}
    for interval in intervals:
        first, last = day_of(str(interval.get("intervalStart"))), day_of(str(interval.get("intervalEnd")))
        if last - first == _WEEK - timedelta(days=1):
            found[f"interval{interval.get('intervalNumber')}"] = first
    return found


STREAM = Stream(
    name="markets",
    title="Market Tracker 360: weekly estimates of tracked markets",
    fetch=fetch,
    by_day=True,
    lookback=timedelta(days=28),
    max_window=timedelta(days=182),
    history=timedelta(days=182),
    every=timedelta(hours=24),
    settles=timedelta(days=28),
    needs=("market_tracker_key", "market_ids"),
)
