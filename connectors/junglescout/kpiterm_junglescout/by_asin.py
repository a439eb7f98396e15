"""The calls that ask for ASINs: their estimated sales by day, and where they rank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_junglescout.api import get, pages
from kpiterm_junglescout.places import asins
from kpiterm_junglescout.shapes import estimates, extra, ranks

AT_ONCE = 10
_DAY = "STRUCT(date DATE, estimated_units_sold BIGINT, last_known_price VARCHAR)[]"
_SALES = f"STRUCT(asin VARCHAR, is_parent BOOLEAN, data {_DAY})"
_RANKS = (
    "STRUCT(name VARCHAR, primary_asin VARCHAR, monthly_search_volume_exact BIGINT, organic_rank BIGINT, "
    "sponsored_rank BIGINT, competitor_organic_rank STRUCT(asin VARCHAR, organic_rank BIGINT)[], "
    "competitor_sponsored_rank STRUCT(asin VARCHAR, sponsored_rank BIGINT)[])"
)


def fetch_sales(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Units and price by day; one call an ASIN."""
    days = window.days(ctx.tz)
    for asin in asins(ctx.settings):
        span = {"asin": asin, "start_date": str(days[0]), "end_date": str(days[-1])}
        yield get(ctx, "sales_estimates_query", span, extra=extra(asin=asin))


def fetch_ranks(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Ranks of the first ASIN, and of the others beside it, ten at once."""
    first, *others = asins(ctx.settings)
    day = str(window.days(ctx.tz)[-1])
    size = AT_ONCE - 1
    for start in range(0, max(len(others), 1), size):
        asked = {"asins": [first, *others[start : start + size]], "include_variants": False}
        yield from pages(ctx, "keywords/keywords_by_asin_query", asked, extra=extra(asin=first, day=day))


STREAMS = (
    Stream(
        name="sales-estimates",
        title="Estimated sales of each ASIN by day",
        fetch=fetch_sales,
        shape=estimates("sales_estimates", _SALES),
        by_day=True,
        lookback=timedelta(days=7),
        max_window=timedelta(days=90),
        history=timedelta(days=90),
        every=timedelta(hours=24),
        lag=timedelta(days=1),
        settles=timedelta(days=7),
        needs=("asins",),
    ),
    Stream(
        name="keyword-ranks",
        title="Where the ASINs rank",
        fetch=fetch_ranks,
        shape=ranks("keyword_ranks", _RANKS),
        snapshot=True,
        every=timedelta(days=7),
        needs=("asins",),
    ),
)
