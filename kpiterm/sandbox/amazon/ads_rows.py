"""The rows of an Ads report: activity added up per campaign, advertised product or search term."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.advertising import AdTotals
from kpiterm.sandbox.amazon.brand_ads import brand_cells
from kpiterm.sandbox.shop import CURRENCY, days_between

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

    from kpiterm.sandbox.advertising import AdCell
    from kpiterm.sandbox.amazon.ads_types import Configuration
    from kpiterm.sandbox.shop import Shop

_GROUPS: Mapping[str, Callable[[AdCell], Hashable]] = {
    "spCampaigns": lambda cell: cell.campaign.campaign_id,
    "spAdvertisedProduct": lambda cell: (cell.campaign.campaign_id, cell.product.sku),
    "spSearchTerm": lambda cell: (cell.campaign.campaign_id, cell.term),
    "sbCampaigns": lambda cell: cell.campaign.campaign_id,
    "sdCampaigns": lambda cell: cell.campaign.campaign_id,
}
_UNNAMED_WINDOW = 14  # days; Sponsored Brands and Display do not name theirs
_WINDOWED = re.compile(r"(purchases|unitsSold|sales|attributedSales)(Clicks|SameSku|OtherSku)?(1|7|14|30)d")
_PLAIN = re.compile(r"(purchases|unitsSold|sales)(Clicks|Promoted|PromotedClicks)?")
_RATIO = re.compile(r"(acos|roas)Clicks(7|14)d")
_MEASURES = {"purchases": "purchases", "unitsSold": "units", "sales": "sales", "attributedSales": "sales"}
_STATE_COLUMNS = ("campaignStatus", "adKeywordStatus", "adCreativeStatus")


def report_rows(shop: Shop, asked: Configuration, at: int) -> list[dict[str, Any]]:
    """Only what had impressions has a row; everything is ENABLED, so a filter on other states leaves nothing."""
    if any("Status" in name and "ENABLED" not in values for name, values in asked.filters):
        return []
    matches = next((values for name, values in asked.filters if name == "keywordType"), ())
    group = _GROUPS[asked.kind]
    totals: dict[tuple[str, Hashable], tuple[AdCell, AdTotals]] = {}
    for day in days_between(asked.start, asked.end):
        for cell in _cells(shop, asked.kind, day) if shop.ads_visible(day, at) else ():
            if cell.impressions and (not matches or cell.campaign.match in matches):
                key = (str(day) if asked.daily else "", group(cell))
                totals.setdefault(key, (cell, AdTotals()))[1].add(cell, at)
    return [{column: _value(column, asked, cell, sums) for column in asked.columns} for cell, sums in totals.values()]


def _cells(shop: Shop, kind: str, day: date) -> tuple[AdCell, ...]:
    if kind == "sbCampaigns":
        return brand_cells(shop, "SB", day)
    return brand_cells(shop, "SD", day) if kind == "sdCampaigns" else shop.day_ads(day)


def _value(column: str, asked: Configuration, cell: AdCell, sums: AdTotals) -> Any:  # noqa: ANN401 - any JSON value
    if match := _WINDOWED.fullmatch(column):
        return _windowed(sums, match[1], match[2] or "", int(match[3]))
    if match := _PLAIN.fullmatch(column):
        return _windowed(sums, match[1], "SameSku" if "Promoted" in column else "", _UNNAMED_WINDOW)
    if match := _RATIO.fullmatch(column):
        return _ratio_of(sums, match[1], int(match[2]))
    if column in _METRICS:
        return _METRICS[column](sums)
    if column in _CELL:
        return _CELL[column](cell)
    if column in _STATE_COLUMNS:
        return "ENABLED"
    dates: dict[str, date] = {"date": cell.day, "startDate": asked.start, "endDate": asked.end}
    return str(dates[column]) if column in dates else _UNUSED.get(column, 0)


def _windowed(sums: AdTotals, name: str, part: str, days: int) -> float:
    measure = _MEASURES[name]
    value = sums.attributed(measure, days, same_sku=part == "SameSku")
    if part == "OtherSku":
        value -= sums.attributed(measure, days, same_sku=True)
    return value / 100 if measure == "sales" else value


def _ratio_of(sums: AdTotals, name: str, days: int) -> float | None:
    sales = sums.attributed("sales", days)
    part, whole = (100 * sums.cost, sales) if name == "acos" else (sales, sums.cost)
    return round(part / whole, 4) if whole else None


_METRICS: Mapping[str, Callable[[AdTotals], float | None]] = {
    "impressions": lambda sums: sums.impressions,
    "clicks": lambda sums: sums.clicks,
    "cost": lambda sums: sums.cost / 100,
    "spend": lambda sums: sums.cost / 100,
    "costPerClick": lambda sums: round(sums.cost / sums.clicks / 100, 4) if sums.clicks else None,
    "clickThroughRate": lambda sums: round(100 * sums.clicks / sums.impressions, 4) if sums.impressions else None,
}
_CELL: Mapping[str, Callable[[AdCell], Any]] = {
    "campaignId": lambda cell: cell.campaign.campaign_id,
    "campaignName": lambda cell: cell.campaign.name,
    "campaignBudgetAmount": lambda cell: cell.campaign.budget / 100,
    "campaignBudgetType": lambda _: "DAILY_BUDGET",
    "campaignBudgetCurrencyCode": lambda _: CURRENCY,
    "costType": lambda _: "CPC",
    "adGroupId": lambda cell: cell.campaign.ad_group_id,
    "adGroupName": lambda cell: f"{cell.campaign.category} | main",
    "adId": lambda cell: cell.campaign.ad_group_id + 1 + cell.product.position,
    "advertisedAsin": lambda cell: cell.product.asin,
    "advertisedSku": lambda cell: cell.product.sku,
    "searchTerm": lambda cell: cell.term,
    "keyword": lambda cell: cell.term if cell.campaign.match == "EXACT" else "close-match",
    "keywordId": lambda cell: cell.campaign.ad_group_id + 1000 + cell.product.position,
    "keywordType": lambda cell: cell.campaign.match,
    "matchType": lambda cell: cell.campaign.match,
    "targeting": lambda cell: cell.term if cell.campaign.match == "EXACT" else "close-match",
}
# Texts that this shop has nothing for; every other column left is a count and reads 0.
_UNUSED: Mapping[str, None] = dict.fromkeys(
    (
        "portfolioId",
        "campaignBiddingStrategy",
        "campaignRuleBasedBudgetAmount",
        "campaignApplicableBudgetRuleId",
        "campaignApplicableBudgetRuleName",
        "topOfSearchImpressionShare",
        "keywordBid",
    )
)
