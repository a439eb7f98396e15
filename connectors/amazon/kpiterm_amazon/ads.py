"""Sponsored Products per day, by campaign and by advertised product, with sales within seven days of the click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from importlib.resources import files

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_amazon import ads_reports, profiles

_NUMBERS = ("impressions", "clicks", "cost", "purchases7d", "sales7d", "unitsSoldClicks7d")
_CAMPAIGN = ("date", "campaignId", "campaignName", "campaignBudgetCurrencyCode")

CAMPAIGNS = ads_reports.AdsReport(
    type_id="spCampaigns",
    ad_product="SPONSORED_PRODUCTS",
    group_by="campaign",
    columns=(*_CAMPAIGN, *_NUMBERS),
)
PRODUCTS = ads_reports.AdsReport(
    type_id="spAdvertisedProduct",
    ad_product="SPONSORED_PRODUCTS",
    group_by="advertiser",
    columns=(*_CAMPAIGN, "adGroupId", "adGroupName", "advertisedAsin", "advertisedSku", *_NUMBERS),
)


def fetch(report: ads_reports.AdsReport, ctx: Context, window: Window) -> Iterator[Payload]:
    """The window's days in one report; Amazon takes minutes to hours to make it."""
    days = window.days(ctx.tz)
    profile = profiles.profile_id(ctx)
    for document in ads_reports.documents(ctx, profile, report, days[0], days[-1]):
        yield Payload(
            body=document.path,
            format="json",
            request=f"{report.type_id} {days[0]}..{days[-1]} profile {profile}",
        )


def _shape(sql: str) -> Shape:
    # Ids come as numbers and money as JSON numbers: declared, neither passes through a float.
    return Shape(
        columns={
            **dict.fromkeys(("campaignId", "adGroupId", "campaignName", "campaignBudgetCurrencyCode"), "VARCHAR"),
            **dict.fromkeys(("advertisedAsin", "advertisedSku"), "VARCHAR"),
            **dict.fromkeys(("impressions", "clicks", "purchases7d", "unitsSoldClicks7d"), "BIGINT"),
            **dict.fromkeys(("cost", "sales7d"), "DECIMAL(18, 4)"),
            "date": "DATE",
        },
        required=("date", "campaignId", "cost"),
        outputs=(
            Output(
                into="ad_day",
                select=files(__package__).joinpath(sql).read_text("utf-8"),
                replaces=("window:day",),
            ),
        ),
    )


def _stream(name: str, title: str, report: ads_reports.AdsReport, sql: str) -> Stream:
    return Stream(
        name=name,
        title=title,
        fetch=partial(fetch, report),
        shape=_shape(sql),
        by_day=True,
        lookback=timedelta(days=30),
        history=timedelta(days=93),
        retention=timedelta(days=93),
        max_window=timedelta(days=31),
        every=timedelta(hours=6),
        lag=timedelta(days=1),
        settles=timedelta(days=30),
        needs=("ads_client_id", "ads_client_secret", "ads_refresh_token"),
    )


STREAMS = (
    _stream("ads-campaigns", "Sponsored Products by campaign", CAMPAIGNS, "ads_campaigns.sql"),
    _stream("ads-products", "Sponsored Products by advertised product", PRODUCTS, "ads_products.sql"),
)
