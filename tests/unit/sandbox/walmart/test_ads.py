from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.walmart import ads_api
from kpiterm.sandbox.walmart.quotas import Quota
from kpiterm.sandbox.walmart.signing import SANDBOX_KEY, signed_text

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 21)
SALES = [f"attributedSales{days}days" for days in (3, 14, 30)]


def total(rows: list[dict[str, str]], name: str) -> float:
    return round(sum(float(row[name]) for row in rows), 2)


def test_a_snapshot_adds_up_to_what_the_advertiser_spent_and_sold(walmart: WalmartClient) -> None:
    metrics = [
        "date",
        "campaignId",
        "itemId",
        "numAdsShown",
        "numAdsClicks",
        "adSpend",
        *SALES,
        "attributedUnits14days",
    ]
    rows = walmart.snapshot(reportMetrics=metrics)
    truth = walmart.truth.ad_totals(FIRST, LAST, at=walmart.now)
    assert list(rows[0]) == metrics
    assert total(rows, "adSpend") == truth.cost / 100
    assert total(rows, "numAdsClicks") == truth.clicks
    assert total(rows, "numAdsShown") == truth.impressions
    assert total(rows, "attributedUnits14days") == truth.attributed("units", 14)
    for name, days in zip(SALES, (3, 14, 30), strict=True):
        assert total(rows, name) == truth.attributed("sales", days) / 100
    assert {row["itemId"] for row in rows} <= {item.item_id for item in walmart.truth.items}


def test_every_report_type_has_the_same_money(walmart: WalmartClient) -> None:
    spend = {
        kind: total(walmart.snapshot(reportType=kind, reportMetrics=["date", "campaignId", "adSpend"]), "adSpend")
        for kind in ("adGroup", "adItem", "keyword", "pageType", "platform")
    }
    assert len(set(spend.values())) == 1


def test_sales_are_attributed_for_weeks_after_the_click(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(orders_per_day=200)
    day = {"startDate": "2026-11-01", "reportMetrics": ["date", "adSpend", *SALES]}
    early = client.snapshot(**day)
    client.wait(timedelta(days=30))
    late = client.snapshot(**day)
    assert total(early, "attributedSales14days") < total(late, "attributedSales14days")
    assert total(late, "attributedSales3days") < total(late, "attributedSales14days") < total(late, SALES[2])
    assert total(late, "adSpend") <= total(early, "adSpend")


def test_days_that_are_not_refreshed_yet_have_no_rows(walmart: WalmartClient) -> None:
    rows = walmart.snapshot(startDate="2026-11-20", endDate="2026-11-22")
    assert max(row["date"] for row in rows) == "2026-11-21"
    latest = walmart.ads("GET", "/api/v2/latestReportDate").json()
    assert {entry["latestReportDate"] for entry in latest} == {"2026-11-21"}


@pytest.mark.parametrize(
    "changes",
    [
        {"endDate": "2026-11-23"},
        {"startDate": "2026-08-01"},
        {"startDate": "2026-11-22"},
        {"startDate": None},
        {"startDate": None, "endDate": None},
        {"reportDate": "2026-11-20"},
        {"reportType": "campaign"},
        {"reportType": "brand"},
        {"reportMetrics": []},
        {"reportMetrics": ["date", "spend"]},
        {"reportType": "adGroup", "reportMetrics": ["itemId"]},
        {"advertiserId": 1},
        {"attributionWindow": "days14"},
    ],
)
def test_a_bad_request_fails_with_a_reason(walmart: WalmartClient, changes: dict[str, Any]) -> None:
    refused = walmart.ask(**changes)
    assert (refused.status_code, refused.json()["code"]) == (400, "failure")
    assert refused.json()["details"]


def test_one_day_can_be_asked_for_by_its_date(walmart: WalmartClient) -> None:
    rows = walmart.snapshot(startDate=None, endDate=None, reportDate="2026-11-18")
    assert {row["date"] for row in rows} == {"2026-11-18"}


def test_a_snapshot_is_pending_processing_done_and_expired(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(report_seconds=400, days=30)
    made = client.ask().json()
    assert (made["code"], made["jobStatus"]) == ("success", "pending")
    query = {"advertiserId": client.account.settings["ads_advertiser_id"], "snapshotId": made["snapshotId"]}
    seen = []
    for seconds in (150, 300, 90_000):
        seen.append(client.ads("GET", "/api/v2/snapshot", params=query).json())
        client.sandbox.clock.move(timedelta(seconds=seconds))
    seen.append(client.ads("GET", "/api/v2/snapshot", params=query).json())
    assert [body["jobStatus"] for body in seen] == ["pending", "processing", "done", "expired"]
    assert [bool(body["details"]) for body in seen] == [False, False, True, False]


def test_the_file_wants_the_signed_headers_too(walmart: WalmartClient) -> None:
    path = walmart.snapshot_url().partition("developer.api.walmart.com")[2]
    assert walmart.send("GET", "developer.api.walmart.com", path).status_code == 401
    assert walmart.send("GET", "developer.api.walmart.com", path, walmart.signed()).content[:2] == b"\x1f\x8b"


def test_token_consumer_time_and_signature_are_all_checked(walmart: WalmartClient) -> None:
    consumer, good = walmart.account.settings["ads_consumer_id"], walmart.signed()
    old = str(int(good["WM_CONSUMER.intimestamp"]) - 3_600_000)
    seconds = good["WM_CONSUMER.intimestamp"][:10]
    for changes in (
        {"Authorization": "Bearer x"},
        {"WM_CONSUMER.ID": "x"},
        {"WM_SEC.KEY_VERSION": "2"},
        {"WM_SEC.AUTH_SIGNATURE": ""},
        {"WM_SEC.AUTH_SIGNATURE": SANDBOX_KEY.sign(b"GET /api/v1/campaigns")},
        {"WM_CONSUMER.intimestamp": old, "WM_SEC.AUTH_SIGNATURE": SANDBOX_KEY.sign(signed_text(consumer, old, "1"))},
        {
            "WM_CONSUMER.intimestamp": seconds,
            "WM_SEC.AUTH_SIGNATURE": SANDBOX_KEY.sign(signed_text(consumer, seconds, "1")),
        },
    ):
        refused = walmart.ads("GET", "/api/v2/latestReportDate", changes)
        assert (refused.status_code, refused.json()["code"]) == (401, "failure")


def test_campaigns_and_todays_figures(walmart: WalmartClient) -> None:
    query = {"advertiserId": walmart.account.settings["ads_advertiser_id"]}
    campaigns = walmart.ads("GET", "/api/v1/campaigns", params=query).json()
    rows = walmart.snapshot()
    assert {str(campaign["campaignId"]) for campaign in campaigns} == {row["campaignId"] for row in rows}
    one = walmart.ads("GET", "/api/v1/campaigns", params=query | {"campaignId": campaigns[0]["campaignId"]}).json()
    assert one == campaigns[:1]
    stats = walmart.ads("GET", "/api/v1/stats", params=query).json()
    assert sum(entry["todayClicks"] for entry in stats) > 0
    assert walmart.ads("GET", "/api/v1/stats").status_code == 400


def test_the_hourly_quota_ends_in_429(
    open_walmart: Callable[..., WalmartClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ads_api, "ADS_QUOTA", Quota(2, 3600))
    client = open_walmart(throttle=True, days=2)
    codes = [client.ads("GET", "/api/v2/latestReportDate").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
