from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

REPORTS = "/reporting/reports"
TYPE = {"Content-Type": "application/vnd.createasyncreportrequest.v3+json"}
SEARCH_TERMS = {"reportTypeId": "spSearchTerm", "groupBy": ["searchTerm"]}
PRODUCTS = {"reportTypeId": "spAdvertisedProduct", "groupBy": ["advertiser"]}


def create(client: AmazonClient, **changes: Any) -> Any:
    return client.ads("POST", REPORTS, TYPE, json=client.ads_request(**changes))


def total(rows: list[dict[str, Any]], column: str) -> int:
    return sum(round(row[column] * 100) for row in rows)


def test_the_profile_leads_back_to_the_account(amazon: AmazonClient) -> None:
    (profile,) = amazon.ads("GET", "/v2/profiles").json()
    assert str(profile["profileId"]) == amazon.account.settings["ads_profile_id"]
    assert (profile["currencyCode"], profile["timezone"]) == ("USD", "America/Los_Angeles")
    assert profile["accountInfo"]["marketplaceStringId"] == "ATVPDKIKX0DER"


def test_a_campaign_report_equals_the_shops_truth(amazon: AmazonClient) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 21)
    rows = amazon.ads_report(
        startDate=str(first),
        endDate=str(last),
        columns=["date", "campaignId", "impressions", "clicks", "cost", "sales7d", "sales14d", "purchases7d"],
    )
    truth = amazon.sandbox.shop.ad_totals(first, last, at=amazon.now)
    assert total(rows, "cost") == truth.cost
    assert sum(r["clicks"] for r in rows) == truth.clicks
    assert sum(r["impressions"] for r in rows) == truth.impressions
    assert total(rows, "sales7d") == truth.attributed("sales", 7)
    assert total(rows, "sales14d") == truth.attributed("sales", 14)
    assert sum(r["purchases7d"] for r in rows) == truth.attributed("purchases", 7)
    assert all(isinstance(r["campaignId"], int) for r in rows)
    assert len({(r["date"], r["campaignId"]) for r in rows}) == len(rows)
    assert set(rows[0]) == {"date", "campaignId", "impressions", "clicks", "cost", "sales7d", "sales14d", "purchases7d"}


def test_the_report_types_agree_on_cost_and_sales(amazon: AmazonClient) -> None:
    columns = ["date", "cost", "sales7d"]
    reports = [amazon.ads_report(columns=columns, **kind) for kind in ({}, PRODUCTS, SEARCH_TERMS)]
    assert len({(total(rows, "cost"), total(rows, "sales7d")) for rows in reports}) == 1
    assert len(reports[1]) > len(reports[0])


def test_a_summary_is_the_sum_of_its_days(amazon: AmazonClient) -> None:
    daily = amazon.ads_report(columns=["date", "campaignId", "cost", "sales7d"])
    whole = amazon.ads_report(columns=["startDate", "endDate", "campaignId", "cost", "sales7d"], timeUnit="SUMMARY")
    assert len(whole) == len(amazon.sandbox.shop.campaigns)
    assert (total(whole, "cost"), total(whole, "sales7d")) == (total(daily, "cost"), total(daily, "sales7d"))


def test_attributed_sales_are_restated_and_today_is_absent(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**7)
    days = {"startDate": "2026-11-21", "endDate": "2026-11-23"}
    columns = ["date", "campaignId", "cost", "sales14d"]
    early = client.ads_report(columns=columns, **days)
    assert {row["date"] for row in early} == {"2026-11-21"}
    client.sandbox.clock.move(timedelta(days=20))
    late = [row for row in client.ads_report(columns=columns, **days) if row["date"] == "2026-11-21"]
    assert total(late, "sales14d") > total(early, "sales14d")
    assert total(late, "cost") < total(early, "cost")


def test_currency_comes_only_when_asked(amazon: AmazonClient) -> None:
    rows = amazon.ads_report(columns=["date", "campaignId", "campaignBudgetCurrencyCode"])
    assert {row["campaignBudgetCurrencyCode"] for row in rows} == {"USD"}


def test_the_life_of_a_report_and_its_duplicate(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(report_seconds=40)
    first = create(client).json()
    assert (first["status"], first["url"]) == ("PENDING", None)
    duplicate = create(client)
    assert duplicate.status_code == 425
    assert first["reportId"] in duplicate.json()["detail"]
    client.sandbox.clock.move(timedelta(seconds=20))
    assert client.ads("GET", f"{REPORTS}/{first['reportId']}").json()["status"] == "PROCESSING"
    assert client.ads("DELETE", f"{REPORTS}/{first['reportId']}").status_code == 400
    client.sandbox.clock.move(timedelta(seconds=30))
    done = client.ads("GET", f"{REPORTS}/{first['reportId']}").json()
    assert done["status"] == "COMPLETED"
    assert client.download(done["url"]).status_code == 200
    client.sandbox.clock.move(timedelta(seconds=3601))
    assert client.download(done["url"]).status_code == 403


def test_a_pending_report_can_be_deleted_and_asked_for_again(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(report_seconds=40)
    first = create(client).json()["reportId"]
    assert client.ads("DELETE", f"{REPORTS}/{first}").status_code == 200
    assert client.ads("GET", f"{REPORTS}/{first}").status_code == 404
    assert create(client).status_code == 200


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"columns": ["date", "acosClicks7d"]}, "acosClicks7d"),
        ({"columns": []}, "columns"),
        ({"columns": ["campaignId", "cost"]}, "date"),
        ({"columns": ["date", "startDate", "cost"]}, "startDate"),
        ({"timeUnit": "SUMMARY"}, "SUMMARY"),
        ({"timeUnit": "HOURLY"}, "timeUnit"),
        ({"groupBy": ["advertiser"]}, "groupBy"),
        ({"adProduct": "SPONSORED_BRANDS"}, "adProduct"),
        ({"reportTypeId": "spNothing"}, "reportTypeId"),
        ({"format": "CSV"}, "format"),
        ({"filters": [{"field": "color", "values": ["red"]}]}, "color"),
        ({"startDate": "2026-10-01", "endDate": "2026-11-01"}, "31 days"),
        ({"startDate": "2026-08-01", "endDate": "2026-08-02"}, "95 days"),
        ({"startDate": "2026-11-20", "endDate": "2026-11-30"}, "future"),
        ({"startDate": "2026-11-20", "endDate": "2026-11-10"}, "later"),
        ({"startDate": "20.11.2026"}, "malformed"),
    ],
)
def test_one_mistake_fails_the_whole_request(amazon: AmazonClient, changes: dict[str, Any], word: str) -> None:
    answer = create(amazon, **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "400")
    assert word in answer.json()["detail"]


def test_the_content_type_is_checked(amazon: AmazonClient) -> None:
    answer = amazon.ads("POST", REPORTS, {"Content-Type": "application/json"}, json=amazon.ads_request())
    assert answer.status_code == 415


def test_a_wrong_client_or_profile_is_not_authorised(amazon: AmazonClient) -> None:
    for name in ("Amazon-Advertising-API-ClientId", "Amazon-Advertising-API-Scope", "Authorization"):
        assert amazon.ads("GET", f"{REPORTS}/x", {name: "123"}).status_code == 401


def test_filters_choose_rows(amazon: AmazonClient) -> None:
    columns = ["date", "searchTerm", "keywordType", "cost"]
    exact = [{"field": "keywordType", "values": ["EXACT"]}]
    rows = amazon.ads_report(columns=columns, filters=exact, **SEARCH_TERMS)
    assert {row["keywordType"] for row in rows} == {"EXACT"}
    paused = [{"field": "campaignStatus", "values": ["PAUSED"]}]
    assert amazon.ads_report(filters=paused) == []
