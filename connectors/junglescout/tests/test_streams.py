"""What each call becomes: estimates by name, families kept from their members, whole weeks, positions from 1."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx

from kpiterm.plugins import Window

if TYPE_CHECKING:
    from conftest import Host

WINDOW = Window(datetime(2026, 11, 8, 8, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC))
DAY, LAST = date(2026, 11, 18), date(2026, 11, 21)
FIGURES = "select day, item_id, metric, estimate, currency from market_estimate order by all"


def answering(*attributes: dict[str, Any], id_: str = "us/B0EXAMPLE1", one: bool = False) -> Any:
    records = [{"id": id_, "type": "x", "attributes": found} for found in attributes]
    return lambda _: httpx.Response(200, json={"data": records[0] if one else records, "links": {}, "meta": {}})


def test_sales_estimates_by_day(host: Host) -> None:
    data = [{"date": "2026-11-18", "estimated_units_sold": 3, "last_known_price": 19.99},
            {"date": "2026-11-19", "estimated_units_sold": None, "last_known_price": None}]  # fmt: skip
    host.sync(host.context(answering({"asin": "B0EXAMPLE1", "data": data})), "sales-estimates", WINDOW)
    assert host.rows(FIGURES) == [
        (DAY, "B0EXAMPLE1", "sales_estimates_price", Decimal("19.99"), "USD"),
        (DAY, "B0EXAMPLE1", "sales_estimates_units", 3, None),
    ]
    assert [r.url.params["asin"] for r in host.requests] == ["B0EXAMPLE1", "B0EXAMPLE2"]
    params = host.requests[0].url.params
    assert (params["start_date"], params["end_date"], params["marketplace"]) == ("2026-11-08", "2026-11-21", "us")


def test_a_familys_estimates_have_a_name_of_their_own(host: Host) -> None:
    data = [{"date": "2026-11-18", "estimated_units_sold": 30, "last_known_price": 9}]
    host.sync(
        host.context(answering({"asin": "B0PARENT01", "is_parent": True, "data": data})), "sales-estimates", WINDOW
    )
    assert host.rows(FIGURES) == [(DAY, "B0PARENT01", "sales_estimates_family_units", 30, None)]


def test_restated_estimates_replace_and_the_same_again_changes_nothing(host: Host) -> None:
    def data(units: int) -> Any:
        return answering({"asin": "B0EXAMPLE1", "data": [{"date": "2026-11-18", "estimated_units_sold": units}]})

    host.sync(host.context(data(3)), "sales-estimates", WINDOW)
    assert host.sync(host.context(data(3)), "sales-estimates", WINDOW).superseded == 0
    host.sync(host.context(data(4)), "sales-estimates", WINDOW)
    assert [row[3] for row in host.rows(FIGURES)] == [4]


def test_ranks_of_the_first_asin_and_its_rivals(host: Host) -> None:
    attributes = {
        "name": "Bath Mat", "primary_asin": "B0EXAMPLE1", "monthly_search_volume_exact": 900, "organic_rank": 4,
        "sponsored_rank": None, "competitor_organic_rank": [{"asin": "B0EXAMPLE2", "organic_rank": 9},
                                                            {"asin": "B0EXAMPLE3", "organic_rank": 0}],
        "competitor_sponsored_rank": [{"asin": "B0EXAMPLE2", "sponsored_rank": 2}],
    }  # fmt: skip
    host.sync(host.context(answering(attributes)), "keyword-ranks", WINDOW)
    assert host.rows("select day, item_id, keyword, kind, rank, search_volume from keyword_rank order by all") == [
        (LAST, "B0EXAMPLE1", "bath mat", "organic", 4, 900),
        (LAST, "B0EXAMPLE2", "bath mat", "organic", 9, 900),
        (LAST, "B0EXAMPLE2", "bath mat", "sponsored", 2, 900),
    ]


def test_no_call_names_more_than_ten_asins(host: Host) -> None:
    asins = [f"B0EXAMPL{n:02}" for n in range(24)]
    settings = {"key_name": "k", "asins": ",".join(asins)}
    host.sync(host.context(answering(), settings=settings), "keyword-ranks", WINDOW)
    asked = [json.loads(r.content)["data"]["attributes"]["asins"] for r in host.requests]
    assert [len(found) for found in asked] == [10, 10, 6]
    assert {found[0] for found in asked} == {asins[0]}
    assert {asin for found in asked for asin in found} == set(asins)


def test_search_volumes_of_whole_weeks(host: Host) -> None:
    def week(first: str, last: str, volume: int | None) -> dict[str, Any]:
        return {"estimate_start_date": first, "estimate_end_date": last, "estimated_exact_search_volume": volume}

    weeks = [
        week("2026-11-02", "2026-11-07", 5),
        week("2026-11-08", "2026-11-14", 70),
        week("2026-11-15", "2026-11-21", None),
    ]
    host.sync(host.context(answering(*weeks)), "search-volume", WINDOW)
    assert host.rows(FIGURES) == [(date(2026, 11, 8), None, "search_volume_week", 70, None)]
    assert host.rows("select keyword from market_estimate") == [("bath mat",)]
    assert host.requests[0].url.params["start_date"] == "2026-11-02"


def test_share_of_voice_by_brand_and_clicks_by_item(host: Host) -> None:
    attributes = {
        "brands": [{"brand": "Example", "combined_weighted_sov": 12, "organic_weighted_sov": 7.5,
                    "sponsored_weighted_sov": None}],
        "top_asins": [{"asin": "B0EXAMPLE1", "clicks": 30, "conversions": 2}],
    }  # fmt: skip
    host.sync(host.context(answering(attributes, one=True)), "share-of-voice", WINDOW)
    assert host.rows("select item_id, keyword, metric, estimate from market_estimate order by all") == [
        ("B0EXAMPLE1", "bath mat", "share_of_voice_clicks", 30),
        ("B0EXAMPLE1", "bath mat", "share_of_voice_conversions", 2),
        (None, "bath mat", "share_of_voice_combined:Example", 12),
        (None, "bath mat", "share_of_voice_organic:Example", Decimal("7.5")),
    ]


def test_products_without_parents_and_money_with_its_currency(host: Host) -> None:
    product = {"price": 19.99, "approximate_30_day_units_sold": 40, "rating": None, "reviews": 0,
               "fee_breakdown": {"total_fees": 7.15}}  # fmt: skip
    ctx = host.context(answering(product, {**product, "is_parent": True, "price": 5}))
    host.sync(ctx, "products", WINDOW)
    assert [row[1:] for row in host.rows(FIGURES)] == [
        ("B0EXAMPLE1", "product_database_fees", Decimal("7.15"), "USD"),
        ("B0EXAMPLE1", "product_database_price", Decimal("19.99"), "USD"),
        ("B0EXAMPLE1", "product_database_reviews", 0, None),
        ("B0EXAMPLE1", "product_database_units_30d", 40, None),
    ]


def test_what_is_estimated_is_marked_with_its_source(host: Host) -> None:
    data = [{"date": "2026-11-18", "estimated_units_sold": 3, "last_known_price": 19.99}]
    host.sync(host.context(answering({"asin": "B0EXAMPLE1", "data": data})), "sales-estimates", WINDOW)
    assert host.rows("select distinct source from market_estimate") == [("junglescout.sales-estimates",)]
    counts = host.rows("select (select count(*) from order_line) + (select count(*) from traffic_day) "
                       "+ (select count(*) from ad_day)")  # fmt: skip
    assert counts == [(0,)]
