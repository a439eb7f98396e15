"""Why a ratio changed: ACoS by clicks, orders and their value, others by each line's own rate; and the mix."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpiterm.errors import UsageError
from tests.unit.analysis.cause.conftest import NEW, OLD, Shop, exact


@pytest.fixture
def ads(shop: Shop) -> Shop:
    shop.store.ads(date(2026, 9, 1), 1, 10)
    return shop


def advertised(shop: Shop, day: date, spend: object, sales: object, clicks: int, orders: int, **values: Any) -> None:
    known = {"campaign_id": "1", "campaign": "Brand", "clicks": clicks, "attributed_orders": orders}
    shop.store.ads(day, spend, sales, **(known | values))


def test_dearer_clicks_that_convert_better_into_smaller_orders(ads: Shop) -> None:
    advertised(ads, OLD, 900, 3000, 1000, 100)
    advertised(ads, NEW, 1050, 3190, 1000, 110)
    cause = ads.why("acos", "campaign")
    points = {name: round(100 * amount, 3) for name, amount in cause.parts.items()}
    assert points == {"cpc": Decimal("4.846"), "cvr": Decimal("-2.996"), "aov": Decimal("1.066")}
    assert round(100 * cause.change, 3) == Decimal("2.915")
    (line,) = cause.lines
    assert (line.name, line.before, line.after) == ("Brand", Decimal("0.3"), Decimal(1050) / 3190)
    exact(cause)


def test_campaigns_that_start_stop_or_sell_nothing_are_told_as_such(ads: Shop) -> None:
    for day in (OLD, NEW):
        advertised(ads, day, 100, 1000, 100, 10)
    advertised(ads, OLD, 50, 100, 50, 1, campaign_id="2", campaign="Old")
    advertised(ads, NEW, 40, 100, 50, 1, campaign_id="3", campaign="Fresh")
    advertised(ads, OLD, 10, 100, 9, 2, campaign_id="4", campaign="Tired")
    advertised(ads, NEW, 10, 0, 9, 0, campaign_id="4", campaign="Tired")
    cause = ads.why("acos", "campaign")
    assert {line.name: line.kind for line in cause.lines} == {
        "Old": "lost", "Fresh": "new", "Tired": "both", "Brand": "both",
    }  # fmt: skip
    assert {name for line in cause.lines if line.name == "Tired" for name in line.parts} == {"unsold"}
    exact(cause)


def test_by_sku_what_names_none_is_a_line_of_its_own_and_levels_are_not_added(ads: Shop) -> None:
    for day, spend in ((OLD, 100), (NEW, 120)):
        advertised(ads, day, spend, 400, 100, 10)
        advertised(ads, day, spend, 400, 100, 10, level="product", sku="A", source="amazon.ads-products")
        advertised(ads, day, 30, 100, 20, 2, ad_product="SB", campaign_id="2")
    cause = ads.why("acos", "sku")
    assert (cause.before, cause.after) == (Decimal("0.26"), Decimal("0.3"))
    assert {line.key for line in cause.lines} <= {"A", None}
    assert "20.0 % of the spend is reported for no SKU" in ads.tell(cause)
    exact(cause)


def test_an_item_is_shown_under_its_sku(ads: Shop) -> None:
    for day, spend in ((OLD, 100), (NEW, 120)):
        advertised(ads, day, spend, 400, 100, 10, level="product", item_id="B-A")
        ads.sold(day, "A", 1, 10)
    assert [line.key for line in ads.why("acos", "sku").lines] == ["A"]


def test_reports_by_sku_that_do_not_add_up_to_the_boards_are_told(ads: Shop) -> None:
    for day in (OLD, NEW):
        advertised(ads, day, 100, 400, 100, 10)
        advertised(ads, day, 60, 400, 60, 10, level="product", sku="A", source="amazon.ads-products")
    advertised(ads, NEW, 1, 4, 1, 1, level="product", sku="B", source="amazon.ads-products")
    assert "The board reads 25.0 % → 25.0 %" in ads.tell(ads.why("acos", "sku"))


def test_a_ratio_without_sales_is_refused(ads: Shop) -> None:
    advertised(ads, OLD, 10, 0, 10, 0)
    advertised(ads, NEW, 10, 10, 10, 1)
    with pytest.raises(UsageError, match="acos is undefined from 2026-10-12 to 2026-10-31"):
        ads.why("acos", "campaign")


def test_any_other_ratio_moves_by_its_lines_own_rates_and_their_mix(ads: Shop) -> None:
    for day, clicks in ((OLD, 10), (NEW, 30)):
        advertised(ads, day, 1, 1, clicks, 1, impressions=1000)
        advertised(ads, day, 1, 1, 0, 0, impressions=clicks * 100, campaign_id="2", campaign="Unclicked")
    cause = ads.why("ctr", "campaign")
    assert set(cause.parts) == {"rate", "mix"}
    assert cause.parts["mix"] < 0  # more of the views went to the campaign that nobody clicks
    exact(cause)
