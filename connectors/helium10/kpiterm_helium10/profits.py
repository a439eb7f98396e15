"""Helium 10 Profits, as a cross-check of the marketplace's own figures: the account by day, and each product by day.

Pending orders count as income there, days are Pacific, and the figures move as refunds and fees come in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_helium10.estimates import Measure, day_of, figures, listed, number
from kpiterm_helium10.mcp import session
from kpiterm_helium10.places import WALMART, code
from kpiterm_helium10.places import listed as setting
from kpiterm_helium10.tools import PRODUCT_PROFIT, PROFIT_SERIES, twin

PAGE_SIZE = 1000
_COST = "advertising_cost"
_MEASURES: Mapping[str, Measure] = {
    "sales": Measure("profits_sales", money=True),
    "gross_revenue": Measure("profits_gross_revenue", money=True),
    "units_sold": Measure("profits_units"),
    "sessions": Measure("profits_sessions"),
    _COST: Measure("profits_ad_spend", money=True),
    "net_profit": Measure("profits_net_profit", money=True),
}


def fetch_account(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """`market_estimate` rows without item_id, one a day and figure."""
    days = window.days(ctx.tz)
    tool = twin(PROFIT_SERIES, walmart=_walmart(ctx))
    span = {"current_date_from": str(days[0]), "current_date_to": str(days[-1]), "granularity": "day"}
    answer = session(ctx).call(tool, span | _place(ctx), _choices(ctx))
    if answer is None:
        return
    yield Payload(body=answer.body, format="json", request=f"{tool} {days[0]}..{days[-1]}")
    for metric in listed(answer.data, "data", "metrics"):
        key = str(metric.get("metric_key"))
        for text, value in (metric.get("values") or {}).items():
            if (day := day_of(str(text))) in days:
                yield from figures(day, _clean(ctx, {key: value}), _MEASURES, currency=ctx.marketplace.currency)


def fetch_products(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """`market_estimate` rows of each product of each day, by ASIN (Walmart: item id)."""
    tool = twin(PRODUCT_PROFIT, walmart=_walmart(ctx))
    for day in window.days(ctx.tz):
        needed = {"current_date_from": str(day), "current_date_to": str(day), "product_level": "asin"}
        more = {"page_size": PAGE_SIZE, "sort_by": "sales"} | _choices(ctx)
        answer = session(ctx).call(tool, needed | _place(ctx), more)
        if answer is None:
            continue
        yield Payload(body=answer.body, format="json", request=f"{tool} {day}")
        rows = listed(answer.data, "data", "rows")
        if len(rows) >= PAGE_SIZE:
            ctx.log(f"{tool} {day}: cut at the {PAGE_SIZE} products with most sales; the others are not stored")
        for row in rows:
            item = row.get("asin") or row.get("item_id")
            if item:
                values = _clean(ctx, row.get("metrics") or {})
                yield from figures(day, values, _MEASURES, item=str(item), currency=ctx.marketplace.currency)


def _place(ctx: Context) -> dict[str, Any]:
    return {} if _walmart(ctx) else {"marketplace": [code(ctx.settings)]}


def _choices(ctx: Context) -> dict[str, Any]:
    """Arguments that not every account needs and not every tool knows."""
    sellers = setting(ctx.settings, "seller_ids")
    return {"currency": ctx.marketplace.currency} | ({"seller_ids": sellers} if sellers else {})


def _clean(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """Ad cost as a positive sum. Walmart's reads 0 whatever was spent, so there it is missing rather than nil."""
    cost = number(values.get(_COST), _COST)
    known = None if cost is None or (_walmart(ctx) and not cost) else abs(cost)
    return {**values, _COST: known} if _COST in values else dict(values)


def _walmart(ctx: Context) -> bool:
    return code(ctx.settings) == WALMART


STREAMS = (
    Stream(
        name="profits",
        title="Profits of the account by day (cross-check)",
        fetch=fetch_account,
        by_day=True,
        lookback=timedelta(days=30),
        max_window=timedelta(days=60),
        history=timedelta(days=60),
        every=timedelta(hours=6),
        settles=timedelta(days=30),
        needs=("token",),
    ),
    Stream(
        name="profits-products",
        title="Profits of each product by day (cross-check)",
        fetch=fetch_products,
        by_day=True,
        lookback=timedelta(days=2),
        max_window=timedelta(days=14),
        history=timedelta(days=14),
        every=timedelta(hours=24),
        settles=timedelta(days=30),
        needs=("token",),
    ),
)
