"""Advertising per day: Sponsored Products by campaign, product and search term, Brands and Display by campaign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import ads_v3, profiles
from kpiterm_amazon.ads_reports import AdsReport, Maker
from kpiterm_amazon.flat_reports import sql

# The API that makes the reports of all streams.
MAKE: Maker = ads_v3.documents

_CAMPAIGN = ("date", "campaignId", "campaignName", "campaignBudgetCurrencyCode")
_COUNTS = ("impressions", "clicks", "cost")
_WITHIN_7_DAYS = ("purchases7d", "sales7d", "unitsSoldClicks7d")
_PLAIN = ("purchases", "sales", "unitsSold")  # within 14 days, which these reports do not name

CAMPAIGNS = AdsReport(
    type_id="spCampaigns",
    ad_product="SPONSORED_PRODUCTS",
    group_by="campaign",
    columns=(*_CAMPAIGN, *_COUNTS, *_WITHIN_7_DAYS),
)
PRODUCTS = AdsReport(
    type_id="spAdvertisedProduct",
    ad_product="SPONSORED_PRODUCTS",
    group_by="advertiser",
    columns=(*_CAMPAIGN, "adGroupId", "adGroupName", "advertisedAsin", "advertisedSku", *_COUNTS, *_WITHIN_7_DAYS),
)
TERMS = AdsReport(
    type_id="spSearchTerm",
    ad_product="SPONSORED_PRODUCTS",
    group_by="searchTerm",
    columns=(*_CAMPAIGN, "adGroupId", "searchTerm", *_COUNTS, *_WITHIN_7_DAYS),
)
BRANDS = AdsReport(
    type_id="sbCampaigns",
    ad_product="SPONSORED_BRANDS",
    group_by="campaign",
    columns=(*_CAMPAIGN, *_COUNTS, *_PLAIN),
)
DISPLAY = AdsReport(
    type_id="sdCampaigns",
    ad_product="SPONSORED_DISPLAY",
    group_by="campaign",
    columns=(*_CAMPAIGN, *_COUNTS, *_PLAIN),
)
# Amazon makes the reports of all advertisers of a region in one queue, and slows down whoever asks for many.
AT_ONCE = 2
_SHORT = {"SPONSORED_PRODUCTS": "SP", "SPONSORED_BRANDS": "SB", "SPONSORED_DISPLAY": "SD"}


def fetch(report: AdsReport, ctx: Context, window: Window) -> Iterator[Payload]:
    """The window's days in one report; Amazon takes minutes to hours to make it."""
    days, profile = window.days(ctx.tz), profiles.profile_id(ctx)
    for document in MAKE(ctx, profile, report, days[0], days[-1]):
        yield Payload(
            body=document.path,
            format="json",
            request=f"{report.type_id} {days[0]}..{days[-1]} profile {profile}",
            extra={"_ad_product": _SHORT[report.ad_product]},
        )


def _shape(select: str) -> Shape:
    # Ids come as numbers and money as JSON numbers: declared, neither passes through a float.
    return Shape(
        columns={
            **dict.fromkeys(("campaignId", "adGroupId", "campaignName", "campaignBudgetCurrencyCode"), "VARCHAR"),
            **dict.fromkeys(("advertisedAsin", "advertisedSku", "searchTerm", "_ad_product"), "VARCHAR"),
            **dict.fromkeys(("impressions", "clicks", "purchases7d", "unitsSoldClicks7d"), "BIGINT"),
            **dict.fromkeys(("purchases", "unitsSold"), "BIGINT"),
            **dict.fromkeys(("cost", "sales7d", "sales"), "DECIMAL(18, 4)"),
            "date": "DATE",
        },
        required=("date", "campaignId", "cost"),
        outputs=(Output(into="ad_day", select=sql(select), replaces=("window:day",)),),
    )


def _stream(name: str, title: str, report: AdsReport, select: str, *, kept: int) -> Stream:
    """A stream over the `kept` days that Amazon keeps, less two for time zones."""
    return Stream(
        name=name,
        title=title,
        fetch=partial(fetch, report),
        shape=_shape(select),
        by_day=True,
        # With the day since the last run, thirty: one report, which may cover 31 days.
        lookback=timedelta(days=29),
        history=timedelta(days=kept - 2),
        retention=timedelta(days=kept - 2),
        max_window=timedelta(days=31),
        every=timedelta(hours=6),
        ahead=AT_ONCE,
        lag=timedelta(days=1),
        settles=timedelta(days=30),
        needs=("ads_client_id", "ads_client_secret", "ads_refresh_token"),
    )


STREAMS = (
    _stream("ads-campaigns", "Sponsored Products by campaign", CAMPAIGNS, "ads_campaigns.sql", kept=95),
    _stream("ads-products", "Sponsored Products by advertised product", PRODUCTS, "ads_products.sql", kept=95),
    _stream("ads-brands", "Sponsored Brands by campaign", BRANDS, "ads_brands.sql", kept=60),
    _stream("ads-display", "Sponsored Display by campaign", DISPLAY, "ads_brands.sql", kept=65),
)
TERMS_STREAM = _stream("ads-terms", "Sponsored Products by search term", TERMS, "ads_terms.sql", kept=65)
