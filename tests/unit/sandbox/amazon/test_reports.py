from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

REPORTS = "/reports/2021-06-30/reports"
BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
US = "ATVPDKIKX0DER"


def test_a_report_goes_through_the_queue(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(report_seconds=40)
    report_id = client.create(BY_DATE, client.now - timedelta(days=3), client.now)
    first = client.status(report_id)
    assert first["processingStatus"] == "IN_QUEUE"
    assert "processingStartTime" not in first
    assert "reportDocumentId" not in first
    client.sandbox.clock.move(timedelta(seconds=20))
    assert client.status(report_id)["processingStatus"] == "IN_PROGRESS"
    client.sandbox.clock.move(timedelta(seconds=30))
    done = client.status(report_id)
    assert done["processingStatus"] == "DONE"
    assert done["reportDocumentId"]
    assert done["processingStartTime"] < done["processingEndTime"]


def test_a_window_without_orders_ends_cancelled(amazon: AmazonClient) -> None:
    long_ago = amazon.now - timedelta(days=400)
    report = amazon.status(amazon.create(BY_DATE, long_ago, long_ago + timedelta(days=5)))
    assert report["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in report


def test_more_than_thirty_days_end_fatal_with_a_reason(amazon: AmazonClient) -> None:
    report_id = amazon.create(BY_DATE, amazon.now - timedelta(days=31), amazon.now)
    assert amazon.status(report_id)["processingStatus"] == "FATAL"
    text = gzip.decompress(amazon.download(amazon.document(report_id)["url"]).content)
    assert "30 days" in json.loads(text)["errorDetails"]


def test_only_a_queued_report_can_be_cancelled(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(report_seconds=40)
    first, second = (client.create(BY_DATE, client.now - timedelta(days=3), client.now) for _ in range(2))
    assert client.sp("DELETE", f"{REPORTS}/{first}").status_code == 200
    client.sandbox.clock.move(timedelta(seconds=60))
    assert client.status(first)["processingStatus"] == "CANCELLED"
    assert client.sp("DELETE", f"{REPORTS}/{second}").status_code == 400
    assert client.status(second)["processingStatus"] == "DONE"


def test_sales_and_traffic_asked_for_too_soon_ends_cancelled(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(throttle=True, token_seconds=10**5)
    window = (client.now - timedelta(days=20), client.now - timedelta(days=10))
    outcomes = []
    for minutes in (0, 14, 2):
        client.sandbox.clock.move(timedelta(minutes=minutes))
        outcomes.append(client.status(client.create(TRAFFIC, *window))["processingStatus"])
    assert outcomes == ["DONE", "CANCELLED", "DONE"]


def test_stock_asked_for_twice_in_half_an_hour_ends_fatal_without_a_document(
    open_client: Callable[..., AmazonClient],
) -> None:
    client = open_client(throttle=True)
    reports = [client.status(client.create("GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA")) for _ in range(2)]
    assert [r["processingStatus"] for r in reports] == ["DONE", "FATAL"]
    assert "reportDocumentId" not in reports[1]


@pytest.mark.parametrize(
    "body",
    [
        {"reportType": "GET_NO_SUCH_REPORT", "marketplaceIds": [US]},
        {"reportType": BY_DATE},
        {"reportType": BY_DATE, "marketplaceIds": []},
        {"reportType": BY_DATE, "marketplaceIds": [US], "dataStartTime": "2026-11-01"},
        {"reportType": BY_DATE, "marketplaceIds": [US], "dataStartTime": "2026-11-01T00:00:00Z", "start": 1},
        {
            "reportType": BY_DATE,
            "marketplaceIds": [US],
            "dataStartTime": "2026-11-02T00:00:00Z",
            "dataEndTime": "2026-11-01T00:00:00Z",
        },
        {"reportType": TRAFFIC, "marketplaceIds": [US], "reportOptions": {"dateGranularity": "HOUR"}},
        {"reportType": TRAFFIC, "marketplaceIds": [US], "reportOptions": {"granularity": "DAY"}},
    ],
)
def test_a_bad_request_for_a_report_is_refused(amazon: AmazonClient, body: dict[str, Any]) -> None:
    answer = amazon.sp("POST", REPORTS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


def test_listing_filters_pages_and_takes_the_token_alone(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client()
    ids = [client.create(BY_DATE, client.now - timedelta(days=3), client.now) for _ in range(5)]
    client.create("GET_V2_SELLER_PERFORMANCE_REPORT")
    query = {"reportTypes": BY_DATE, "processingStatuses": "DONE", "pageSize": 2}
    page, seen = client.sp("GET", REPORTS, params=query).json(), []
    while True:
        seen += [report["reportId"] for report in page["reports"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
        assert client.sp("GET", REPORTS, params=token | {"pageSize": 2}).status_code == 400
        page = client.sp("GET", REPORTS, params=token).json()
    assert sorted(seen) == sorted(ids)
    assert client.sp("GET", REPORTS).status_code == 400


def test_unknown_reports_and_documents_are_not_found(amazon: AmazonClient) -> None:
    assert amazon.sp("GET", f"{REPORTS}/1").status_code == 404
    assert amazon.sp("GET", "/reports/2021-06-30/documents/amzn1.spdoc.1.4.na.1").status_code == 404
