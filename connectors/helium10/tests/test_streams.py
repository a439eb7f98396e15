"""What the MCP streams bring: exact figures of the window's own days, and nothing that was not said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.plugins import DataError, SettingError, Window
from kpiterm_helium10.connector import HELIUM10
from kpiterm_helium10.tools import INVENTORY, PRODUCT_PROFIT, PROFIT_SERIES, RANK_HISTORY

if TYPE_CHECKING:
    from conftest import FakeMcp, Host

ALL = "select day, item_id, metric, estimate, currency from market_estimate order by all"
SERIES = {"data": {"metrics": [
    {"metric_key": "sales", "values": {"2026-11-18": 1.10, "2026-11-19": None, "2026-11-25": 9.0}},
    {"metric_key": "units_sold", "values": {"2026-11-18": 3}},
    {"metric_key": "advertising_cost", "values": {"2026-11-18": -20.05}},
    {"metric_key": "ads_acos", "values": {"2026-11-18": 18.2}},
    {"metric_key": "something_new", "values": {"2026-11-18": 1}},
]}}  # fmt: skip
DAY = date(2026, 11, 18)
WINDOW = Window(datetime(2026, 11, 18, 8, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC))
ONE_DAY = Window(WINDOW.start, WINDOW.start + timedelta(days=1))


def test_profits_of_the_account_by_day(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({PROFIT_SERIES: SERIES})
    host.sync(host.context(fake, settings={"seller_ids": "A1, A2"}), "profits", WINDOW)
    assert host.rows(ALL) == [
        (DAY, None, "profits_ad_spend", Decimal("20.05"), "USD"),
        (DAY, None, "profits_sales", Decimal("1.10"), "USD"),
        (DAY, None, "profits_units", 3, None),
    ]
    assert fake.calls(PROFIT_SERIES)[0] == {
        "current_date_from": "2026-11-18", "current_date_to": "2026-11-19", "granularity": "day", "marketplace": ["US"],
    }  # fmt: skip


def test_restated_profits_replace_the_earlier_ones_and_the_same_again_changes_nothing(
    fake_mcp: type[FakeMcp], host: Host
) -> None:
    fake = fake_mcp({PROFIT_SERIES: SERIES})
    host.sync(host.context(fake), "profits", WINDOW)
    again = host.sync(host.context(fake), "profits", WINDOW)
    assert [(m.added, m.superseded) for m in again.tables.values()] == [(0, 0)]
    fake.tools[PROFIT_SERIES] = {"data": {"metrics": [{"metric_key": "sales", "values": {"2026-11-18": 2}}]}}
    host.sync(host.context(fake), "profits", WINDOW)
    assert (DAY, None, "profits_sales", Decimal(2), "USD") in host.rows(ALL)
    assert len(host.rows(ALL)) == 3


def test_days_are_pacific_in_every_marketplace() -> None:
    places = [HELIUM10.marketplace({"marketplace": name}) for name in ("US", "UK", "JP")]
    assert {place.timezone for place in places} == {"America/Los_Angeles"}
    assert [(place.channel, place.currency) for place in places] == [
        ("amazon.com", "USD"), ("amazon.co.uk", "GBP"), ("amazon.co.jp", "JPY"),
    ]  # fmt: skip
    with pytest.raises(SettingError, match="XX"):
        HELIUM10.marketplace({"marketplace": "XX"})


def test_walmarts_ad_spend_of_nil_is_missing(fake_mcp: type[FakeMcp], host: Host) -> None:
    metrics = [{"metric_key": "sales", "values": {"2026-11-18": 5}},
               {"metric_key": "advertising_cost", "values": {"2026-11-18": 0}}]  # fmt: skip
    fake = fake_mcp({"get_wmt_account_profit_and_loss_summary_series": {"data": {"metrics": metrics}}})
    host.sync(host.context(fake, settings={"marketplace": "WALMART"}), "profits", WINDOW)
    assert host.rows("select channel, metric from market_estimate") == [("walmart.com", "profits_sales")]


def test_products_by_day_and_a_list_that_was_cut(
    fake_mcp: type[FakeMcp], host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpiterm_helium10.profits.PAGE_SIZE", 2)
    rows = [{"asin": f"B0EXAMPLE{n}", "metrics": {"sales": n, "net_profit": -1.5}} for n in (1, 2)]
    host.sync(host.context(fake_mcp({PRODUCT_PROFIT: {"data": {"rows": rows}}})), "profits-products", ONE_DAY)
    profit = "select item_id, estimate from market_estimate where metric = 'profits_net_profit' order by 1"
    assert host.rows(profit) == [
        ("B0EXAMPLE1", Decimal("-1.5")), ("B0EXAMPLE2", Decimal("-1.5")),
    ]  # fmt: skip
    assert "cut at the 2 products" in host.logs[0]


def test_an_answer_of_another_shape_is_refused_and_not_guessed(fake_mcp: type[FakeMcp], host: Host) -> None:
    for answer in ({"data": []}, {"data": {"metrics": [1]}}, {"rows": []}):
        with pytest.raises(DataError, match=r"data\.metrics"):
            host.sync(host.context(fake_mcp({PROFIT_SERIES: answer})), "profits", WINDOW)
    bad = {"data": {"metrics": [{"metric_key": "sales", "values": {"2026-11-18": "much"}}]}}
    with pytest.raises(DataError, match="no number"):
        host.sync(host.context(fake_mcp({PROFIT_SERIES: bad})), "profits", WINDOW)
    assert host.rows(ALL) == []


def stock(asin: str, available: Any, kind: str = "FBA", **inbound: int) -> dict[str, Any]:
    return {"asin": asin, "sku": "any", "fulfillment_type": kind, "inventory": {"available": available, **inbound}}


@pytest.mark.parametrize(("place", "available"), [("US", 10), ("DE", 5)])
def test_skus_of_one_item_are_added_only_where_stock_is_not_pooled(
    fake_mcp: type[FakeMcp], host: Host, place: str, available: int
) -> None:
    rows = [stock("B0EXAMPLE1", 5, inbound_shipped=2), stock("B0EXAMPLE1", 5, inbound_shipped=2)]
    fake = fake_mcp({INVENTORY: {"data": {"rows": rows}}})
    host.sync(host.context(fake, settings={"marketplace": place}), "inventory", WINDOW)
    found = dict(host.rows("select metric, estimate from market_estimate"))
    assert found == {"inventory_available": available, "inventory_inbound": 2 * available / 5}


def test_stock_that_is_not_said_is_missing_and_the_sellers_own_is_left_out(fake_mcp: type[FakeMcp], host: Host) -> None:
    rows = [stock("B0EXAMPLE1", None), stock("B0EXAMPLE2", 0), stock("B0EXAMPLE3", 7, kind="FBM")]
    host.sync(host.context(fake_mcp({INVENTORY: {"data": {"rows": rows}}})), "inventory", WINDOW)
    assert host.rows("select item_id, estimate from market_estimate") == [("B0EXAMPLE2", 0)]


def test_ranks_keep_their_bounds(fake_mcp: type[FakeMcp], host: Host) -> None:
    values = {"2026-11-18": 54, "2026-11-19": ">306", "2026-11-20": 1}
    record = {"asin": "B0EXAMPLE1", "keyword": " Bath  Mat", "search_volume": 900, "organic_rank": {"values": values},
              "sponsored_rank": {"values": {"2026-11-18": "-"}}}  # fmt: skip
    host.sync(host.context(fake_mcp({RANK_HISTORY: {"data": {"rows": [record]}}})), "ranks", WINDOW)
    assert host.rows("select day, keyword, kind, rank, bound, search_volume from keyword_rank order by all") == [
        (DAY, "bath mat", "organic", 54, "exact", 900),
        (DAY, "bath mat", "sponsored", None, None, 900),
        (date(2026, 11, 19), "bath mat", "organic", 306, "more_than", 900),
    ]


def test_an_account_that_tracks_no_keywords_has_no_ranks(fake_mcp: type[FakeMcp], host: Host) -> None:
    loaded = host.sync(host.context(fake_mcp({RANK_HISTORY: "no_result"})), "ranks", WINDOW)
    assert loaded.rows == 0


def ads(**changes: Any) -> dict[str, Any]:
    query = {
        "columns": ["date", "spend", "sales"],
        "rows": [["2026-11-18T00:00:00", 1.5, 4], ["2026-11-18", 2.5, None]],
    }
    answers = {
        "get_ads_query_platforms": {"platforms": [{"name": "amazon"}]},
        "get_ads_query_list": {"levels": ["campaign", "search_term"]},
        "get_ads_query_schema": {"dimensions": [{"name": "date"}], "measures": ["spend", "sales", "acos"]},
        "get_ads_query_materials": {"profiles": [{"id": 42, "name": "Shop"}]},
        "execute_ads_query": query,
    }
    return {name: {"data": changes.get(name, answer)} for name, answer in answers.items()}


def test_ads_are_asked_in_five_steps_and_added_by_day(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp(ads())
    host.sync(host.context(fake, settings={"ads_profile_id": "42"}), "ads", WINDOW)
    assert host.rows(ALL) == [
        (DAY, None, "ads_sales", Decimal(4), "USD"), (DAY, None, "ads_spend", Decimal(4), "USD"),
    ]  # fmt: skip
    called = [m["params"]["name"] for m in fake.messages if m["method"] == "tools/call"]
    assert called == list(ads())
    assert fake.calls("execute_ads_query")[0]["measures"] == ["spend", "sales"]


@pytest.mark.parametrize(
    ("step", "answer", "error", "says"),
    [
        ("get_ads_query_platforms", {"platforms": ["walmart"]}, DataError, "no platform 'amazon'"),
        ("get_ads_query_schema", {"dimensions": ["date"], "measures": ["acos"]}, DataError, "no measure 'spend'"),
        ("get_ads_query_materials", {"profiles": ["7"]}, SettingError, "no advertising profile '42'"),
    ],
)
def test_a_step_that_does_not_offer_what_is_needed_ends_it(
    fake_mcp: type[FakeMcp], host: Host, step: str, answer: Any, error: type[Exception], says: str
) -> None:
    fake = fake_mcp(ads(**{step: answer}))
    with pytest.raises(error, match=says):
        host.sync(host.context(fake, settings={"ads_profile_id": "42"}), "ads", WINDOW)
    assert fake.calls("execute_ads_query") == []
