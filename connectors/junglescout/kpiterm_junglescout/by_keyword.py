"""The calls that ask for search phrases: ideas with their volumes, past volumes, who is seen, which products sell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_junglescout.api import get, pages
from kpiterm_junglescout.places import phrases
from kpiterm_junglescout.shapes import estimates, extra, ranks

_WEEK = timedelta(days=7)
_IDEA = "STRUCT(name VARCHAR, monthly_search_volume_exact BIGINT)"
_VOLUME = "STRUCT(estimate_start_date DATE, estimate_end_date DATE, estimated_exact_search_volume BIGINT)"
_SHARES = "combined_weighted_sov VARCHAR, organic_weighted_sov VARCHAR, sponsored_weighted_sov VARCHAR"
_BRAND = f"STRUCT(brand VARCHAR, {_SHARES})[]"
_VOICE = f"STRUCT(brands {_BRAND}, top_asins STRUCT(asin VARCHAR, clicks BIGINT, conversions BIGINT)[])"
_PRODUCT = (
    "STRUCT(price VARCHAR, reviews BIGINT, rating VARCHAR, product_rank BIGINT, number_of_sellers BIGINT, "
    "is_parent BOOLEAN, approximate_30_day_revenue VARCHAR, approximate_30_day_units_sold BIGINT, "
    "fee_breakdown STRUCT(total_fees VARCHAR))"
)


def fetch_ideas(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Keywords like each phrase."""
    day, categories = str(window.days(ctx.tz)[-1]), phrases(ctx.settings, "categories")
    for keyword in phrases(ctx.settings, "keywords"):
        asked = {"search_terms": keyword, "categories": categories}
        given = extra(keyword=keyword, day=day)
        yield from pages(ctx, "keywords/keywords_by_keyword_query", asked, extra=given)


def fetch_volume(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Weekly search volumes of each phrase; a week that straddles the window's start is asked whole."""
    days = window.days(ctx.tz)
    for keyword in phrases(ctx.settings, "keywords"):
        first = days[0] - _WEEK + timedelta(days=1)
        span = {"keyword": keyword, "start_date": str(first), "end_date": str(days[-1])}
        yield get(ctx, "keywords/historical_search_volume", span, extra=extra(keyword=keyword))


def fetch_voice(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Shares of each brand and clicks of the top ASINs, for each phrase."""
    day = str(window.days(ctx.tz)[-1])
    for keyword in phrases(ctx.settings, "keywords"):
        yield get(ctx, "share_of_voice", {"keyword": keyword}, extra=extra(keyword=keyword, day=day))


def fetch_products(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Products found for each phrase, in the categories named."""
    day, categories = str(window.days(ctx.tz)[-1]), phrases(ctx.settings, "categories")
    for keyword in phrases(ctx.settings, "keywords"):
        asked = {"include_keywords": [keyword], "categories": categories}
        yield from pages(ctx, "product_database_query", asked, extra=extra(keyword=keyword, day=day))


STREAMS = (
    Stream(
        name="search-volume",
        title="Search volume of each phrase by week",
        fetch=fetch_volume,
        shape=estimates("search_volume", _VOLUME),
        by_day=True,
        lookback=timedelta(days=28),
        max_window=timedelta(days=350),
        history=timedelta(days=350),
        every=_WEEK,
        settles=timedelta(days=28),
        needs=("keywords",),
    ),
    Stream(
        name="share-of-voice",
        title="Share of voice for each phrase",
        fetch=fetch_voice,
        shape=estimates("share_of_voice", _VOICE),
        snapshot=True,
        every=_WEEK,
        needs=("keywords",),
    ),
    Stream(
        name="keyword-ideas",
        title="Keywords like each phrase",
        fetch=fetch_ideas,
        shape=ranks("keyword_ideas", _IDEA),
        snapshot=True,
        every=_WEEK,
        needs=("keywords", "categories"),
    ),
    Stream(
        name="products",
        title="Products found for each phrase",
        fetch=fetch_products,
        shape=estimates("products", _PRODUCT),
        snapshot=True,
        every=_WEEK,
        needs=("keywords", "categories"),
    ),
)
