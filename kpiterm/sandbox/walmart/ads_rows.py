"""The rows of a Sponsored Search snapshot: activity per day and ad group, item, keyword, platform or page type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.advertising import AdTotals
from kpiterm.sandbox.shop import days_between

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from datetime import date, datetime

    from kpiterm.sandbox.advertising import AdCell, Campaign
    from kpiterm.sandbox.walmart.business import WalmartShop

_ATTRIBUTED = re.compile(
    r"(attributedOrders|attributedSales|attributedUnits|unitsSold|advertisedSkuSales|advertisedSkuUnits|otherSkuSales|"
    r"otherSkuUnits|directAttributedSales|brandAttributedSales|relatedAttributedSales)(3|14|30)days"
)
_MEASURES = {"Orders": "purchases", "Sales": "sales", "Units": "units", "Sold": "units"}
_KEYWORDS = 10_000  # keyword ids lie this far above those of their ad group


class Group(NamedTuple):
    """What one report type adds up, and the columns that it has beside the figures."""

    key: Callable[[AdCell], Hashable]
    columns: frozenset[str]


def campaign_id(campaign: Campaign) -> int:
    """Walmart's ids are 32-bit."""
    return 10**8 + campaign.campaign_id % 10**9


def ad_group_id(campaign: Campaign) -> int:
    return 10**8 + campaign.ad_group_id % 10**9


_CAMPAIGN = frozenset(("date", "campaignId", "campaignName", "adGroupId", "adGroupName"))
GROUPS: Mapping[str, Group] = {
    "adGroup": Group(lambda cell: cell.campaign.ad_group_id, _CAMPAIGN),
    "adItem": Group(
        lambda cell: (cell.campaign.ad_group_id, cell.product.position),
        _CAMPAIGN | {"itemId", "itemName"},
    ),
    "keyword": Group(
        lambda cell: (cell.campaign.ad_group_id, cell.term),
        _CAMPAIGN | {"keywordId", "searchedKeyword", "biddedKeyword", "matchType", "bid"},
    ),
    "pageType": Group(lambda cell: cell.campaign.campaign_id, _CAMPAIGN | {"pageType"}),
    "platform": Group(lambda cell: cell.campaign.campaign_id, _CAMPAIGN | {"platform"}),
}
_PLAIN = frozenset(("numAdsShown", "numAdsClicks", "adSpend"))


def unknown_metrics(report_type: str, metrics: Iterable[str]) -> list[str]:
    """Those of the metrics that the report type does not have."""
    known = GROUPS[report_type].columns | _PLAIN
    return [name for name in metrics if name not in known and not _ATTRIBUTED.fullmatch(name)]


def snapshot_rows(
    shop: WalmartShop, report_type: str, first: date, last: date, metrics: Iterable[str], at: datetime
) -> list[dict[str, Any]]:
    """A row per day and group with impressions; days that are not refreshed yet have none."""
    columns, seconds, group = list(metrics), int(at.timestamp()), GROUPS[report_type]
    totals: dict[tuple[date, Hashable], tuple[AdCell, AdTotals]] = {}
    for day in days_between(first, last):
        for cell in shop.day_ads(day) if shop.shop.ads_visible(day, seconds) else ():
            if cell.impressions:
                totals.setdefault((day, group.key(cell)), (cell, AdTotals()))[1].add(cell, seconds)
    return [{name: _value(shop, name, cell, sums) for name in columns} for cell, sums in totals.values()]


def _value(shop: WalmartShop, name: str, cell: AdCell, sums: AdTotals) -> Any:  # noqa: ANN401 - any CSV value
    if match := _ATTRIBUTED.fullmatch(name):
        return _attributed(sums, match[1], int(match[2]))
    if name in _FIGURES:
        return _FIGURES[name](sums)
    if name == "itemId":
        return shop.items[cell.product.position].item_id
    return _CELL[name](cell)


def _attributed(sums: AdTotals, name: str, days: int) -> float:
    measure = next(found for word, found in _MEASURES.items() if word in name)
    whole, same = (sums.attributed(measure, days, same_sku=flag) for flag in (False, True))
    value = whole
    if name.startswith(("advertisedSku", "direct")):
        value = same
    elif name.startswith(("otherSku", "brand")):
        value = whole - same
    elif name.startswith("related"):
        value = 0
    return value / 100 if measure == "sales" else value


_FIGURES: Mapping[str, Callable[[AdTotals], float]] = {
    "numAdsShown": lambda sums: sums.impressions,
    "numAdsClicks": lambda sums: sums.clicks,
    "adSpend": lambda sums: sums.cost / 100,
}
_CELL: Mapping[str, Callable[[AdCell], Any]] = {
    "date": lambda cell: str(cell.day),
    "campaignId": lambda cell: campaign_id(cell.campaign),
    "campaignName": lambda cell: cell.campaign.name,
    "adGroupId": lambda cell: ad_group_id(cell.campaign),
    "adGroupName": lambda cell: f"{cell.campaign.category} | main",
    "itemName": lambda cell: cell.product.title,
    "keywordId": lambda cell: ad_group_id(cell.campaign) + _KEYWORDS + cell.product.position,
    "searchedKeyword": lambda cell: cell.term,
    "biddedKeyword": lambda cell: cell.term if cell.campaign.match == "EXACT" else "*",
    "matchType": lambda cell: "exact" if cell.campaign.match == "EXACT" else "broad",
    "bid": lambda _: 0.8,
    "pageType": lambda _: "Search",
    "platform": lambda _: "app",
}
