"""Walmart Connect Sponsored Search per day, by campaign and by advertised item, with sales within 14 days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from importlib.resources import files

from kpiterm.plugins import Context, Output, Payload, Shape, Stream, Window
from kpiterm_walmart import ads_auth, ads_snapshots
from kpiterm_walmart.ads_snapshots import Snapshot
from kpiterm_walmart.wire import SIDE_BY_SIDE

_NUMBERS = ("numAdsShown", "numAdsClicks", "adSpend", "attributedSales14days", "attributedOrders14days")
# Not every type of report knows these; one unknown metric fails the whole request.
_EXTRA = ("campaignName", "attributedUnits14days")
_KEYS = ("date", "campaignId", "adGroupId")

CAMPAIGNS = Snapshot("adGroup", (*_KEYS, *_NUMBERS), _EXTRA)
ITEMS = Snapshot("adItem", (*_KEYS, "itemId", *_NUMBERS), _EXTRA)


def fetch(snapshot: Snapshot, ctx: Context, window: Window) -> Iterator[Payload]:
    """The window's days in one snapshot, as CSV."""
    days = window.days(ctx.tz)
    for body in ads_snapshots.documents(ctx, snapshot, days[0], days[-1]):
        yield Payload(body=body, format="csv", request=f"snapshot {snapshot.report_type} {days[0]}..{days[-1]}")


def _shape(sql: str) -> Shape:
    return Shape(
        columns={
            **dict.fromkeys(("campaignId", "campaignName", "adGroupId", "itemId"), "VARCHAR"),
            **dict.fromkeys(("adSpend", "attributedSales14days"), "DECIMAL(18, 4)"),
            # Counts are written 3 or 3.0.
            **dict.fromkeys(
                ("numAdsShown", "numAdsClicks", "attributedOrders14days", "attributedUnits14days"), "DECIMAL(18, 4)"
            ),
            "date": "DATE",
        },
        required=("date", "campaignId", "adSpend"),
        outputs=(
            Output(
                into="ad_day",
                select=files(__package__).joinpath(sql).read_text("utf-8"),
                replaces=("window:day",),
            ),
        ),
    )


def _stream(name: str, title: str, snapshot: Snapshot, sql: str) -> Stream:
    return Stream(
        name=name,
        title=title,
        fetch=partial(fetch, snapshot),
        shape=_shape(sql),
        by_day=True,
        lookback=timedelta(days=15),
        history=timedelta(days=89),
        retention=timedelta(days=89),
        max_window=timedelta(days=31),
        every=timedelta(hours=20),
        ahead=SIDE_BY_SIDE,
        lag=timedelta(days=1),
        settles=timedelta(days=14),
        needs=ads_auth.FIELDS,
    )


STREAMS = (
    _stream("ads-campaigns", "Sponsored Search by campaign", CAMPAIGNS, "ads_campaigns.sql"),
    _stream("ads-products", "Sponsored Search by advertised item", ITEMS, "ads_products.sql"),
)
