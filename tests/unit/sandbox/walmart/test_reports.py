from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.shop import days_between
from kpiterm.sandbox.walmart.storage import URL_SECONDS

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient

PATH = "/v3/reports/reportRequests"
WEEK = {"dataStartTime": "2026-11-08T00:00:00.000Z", "dataEndTime": "2026-11-14T23:59:59.000Z"}
DAILY = WEEK | {"dateGranularity": "DAILY"}


def cents(text: str) -> int:
    return round(float(text) * 100)


def test_item_performance_adds_up_to_the_orders_of_each_day(walmart: WalmartClient) -> None:
    rows = walmart.report("ITEM_PERFORMANCE", "v3", **DAILY)
    for day in days_between(date(2026, 11, 8), date(2026, 11, 14)):
        own = [row for row in rows if row["Date"] == str(day)]
        net = sum(cents(row["Authorized Sales"]) - cents(row["Cancelled Sales"]) for row in own)
        assert net == walmart.truth.gmv(day, day, at=walmart.now)
        assert sum(cents(row["GMV"]) + cents(row["Refunded Sales"]) for row in own) == net
        units = walmart.truth.sales(day, day, at=walmart.now).units
        assert sum(int(row["Total Units"]) for row in own) == units
    assert all(int(row["Total Units"]) <= int(row["Total Product Visits"]) for row in rows)


def test_item_performance_by_the_week_or_for_the_whole_time(walmart: WalmartClient) -> None:
    daily = walmart.report("ITEM_PERFORMANCE", "v3", **DAILY)
    weekly = walmart.report("ITEM_PERFORMANCE", "v3", **DAILY | {"dateGranularity": "WEEKLY"})
    whole = walmart.report("ITEM_PERFORMANCE", "v2", **WEEK)
    assert {row["Date"] for row in weekly} == {"2026-11-08", "2026-11-09"}
    assert "Date" not in whole[0]
    assert len({sum(cents(row["GMV"]) for row in rows) for rows in (daily, weekly, whole)}) == 1


def test_item_performance_is_a_day_or_two_behind(walmart: WalmartClient) -> None:
    body = {"dataStartTime": "2026-11-15T00:00:00Z", "dataEndTime": "2026-11-23T00:00:00Z", "dateGranularity": "DAILY"}
    assert max(row["Date"] for row in walmart.report("ITEM_PERFORMANCE", "v3", **body)) == "2026-11-21"


def test_the_item_report_tells_the_numeric_item_ids(walmart: WalmartClient) -> None:
    rows = walmart.report("ITEM", "v4")
    assert {row["SKU"]: row["Item ID"] for row in rows} == {
        item.product.sku: item.item_id for item in walmart.truth.items
    }
    assert "Brand" not in walmart.report("ITEM", "v4", excludeColumns=["Brand"])[0]  # type: ignore[arg-type]


def test_the_buy_box_is_mostly_won(walmart: WalmartClient) -> None:
    rows = walmart.report("BUYBOX", "v1")
    assert sum(row["isSellerBuyBoxWinner"] == "Yes" for row in rows) > len(rows) * 0.75


def test_a_report_goes_through_its_stages(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(report_seconds=400, days=5)
    request_id = client.create("ITEM", "v6")
    seen = []
    for _ in range(5):
        seen.append(client.get(f"{PATH}/{request_id}").json()["requestStatus"])
        early = client.get("/v3/reports/downloadReport", requestId=request_id)
        assert early.status_code == (200 if seen[-1] == "READY" else 400)
        client.sandbox.clock.move(timedelta(seconds=101))
    assert seen == ["RECEIVED", "INPROGRESS", "INPROGRESS", "INPROGRESS", "READY"]


def test_a_type_that_the_sandbox_does_not_make_ends_in_error(walmart: WalmartClient) -> None:
    assert walmart.finished("CPA", walmart.create("CPA", "v1"))["requestStatus"] == "ERROR"


def test_the_type_belongs_into_the_query_string(walmart: WalmartClient) -> None:
    refused = walmart.call("POST", PATH, json={"reportType": "ITEM", "reportVersion": "v4"})
    assert refused.status_code == 404
    assert refused.json()["error"].startswith("No static resource")


@pytest.mark.parametrize(
    ("query", "body", "title"),
    [
        ({"reportType": "ITEM_PERFORMANCE", "reportVersion": "v3"}, {}, "Missing required field"),
        ({"reportType": "ITEM_PERFORMANCE", "reportVersion": "v3"}, WEEK, "Missing required field"),
        (
            {"reportType": "ITEM_PERFORMANCE", "reportVersion": "v3"},
            DAILY | {"dateGranularity": "YEARLY"},
            "Invalid date granularity",
        ),
        (
            {"reportType": "ITEM_PERFORMANCE", "reportVersion": "v3"},
            DAILY | {"dataStartTime": "2026-10-30T00:00:00Z"},
            "Reporting window exceeded",
        ),
        (
            {"reportType": "ITEM_PERFORMANCE", "reportVersion": "v3"},
            DAILY | {"dataEndTime": "2026-11-01T00:00:00Z"},
            "Invalid date range",
        ),
        ({"reportType": "ITEM_PERFORMANCE", "reportVersion": "v4"}, {}, "Invalid request"),
        ({"reportType": "ITEMS", "reportVersion": "v1"}, {}, "Invalid request"),
        ({"reportType": "ITEM"}, {}, "Invalid request"),
        ({"reportType": "ITEM", "reportVersion": "v4"}, {"columns": []}, "Invalid request"),
        ({"reportType": "ITEM", "reportVersion": "v4"}, {"dataStartTime": "2026-11-01"}, "Invalid request"),
    ],
)
def test_a_bad_request_is_a_problem_document(
    walmart: WalmartClient, query: dict[str, str], body: dict[str, Any], title: str
) -> None:
    refused = walmart.call("POST", PATH, params=query, json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    assert refused.json()["title"] == title


def test_the_list_pages_by_ten(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(days=2)
    made = [client.create("ITEM", "v4") for _ in range(12)]
    client.create("BUYBOX", "v1")
    first = client.get(PATH, reportType="ITEM").json()
    second = client.get(f"{PATH}{first['nextCursor']}").json()
    assert (first["totalCount"], len(second["requests"]), "nextCursor" in second) == (12, 2, False)
    assert [r["requestId"] for r in first["requests"] + second["requests"]] == made[::-1]
    assert client.get(PATH).status_code == 400
    assert client.get(PATH, reportType="ITEM", src="Scheduler").json()["requests"] == []


def test_requests_are_forgotten_after_thirty_days(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(days=2)
    request_id = client.create("ITEM", "v4")
    client.wait(timedelta(days=31))
    assert client.get(f"{PATH}/{request_id}").status_code == 404
    assert client.get(PATH, reportType="ITEM").json()["requests"] == []


def test_a_download_is_for_a_while_and_for_bare_requests_only(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(days=5)
    request_id = client.create("ITEM", "v4")
    client.finished("ITEM", request_id)
    url = client.get("/v3/reports/downloadReport", requestId=request_id).json()["downloadURL"]
    assert client.download(url).content[:2] == b"PK"
    for headers in ({"WM_SEC.ACCESS_TOKEN": "x"}, {"WM_SVC.NAME": "x"}, {"Authorization": "Basic x"}):
        assert client.download(url, headers).status_code == 403
    assert client.download(url.replace("sr=b", "sr=c")).status_code == 403
    client.sandbox.clock.move(timedelta(seconds=URL_SECONDS))
    assert client.download(url).status_code == 403


def test_polling_one_by_one_runs_dry_and_the_list_does_not(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(throttle=True, days=2)
    request_id = client.create("ITEM", "v4")
    answers = [client.get(f"{PATH}/{request_id}") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].headers["X-Next-Replenishment-Time"] == "2026-11-23T17:03:01Z"
    assert {client.get(PATH, reportType="ITEM").status_code for _ in range(100)} == {200}
    assert [client.get("/v3/reports/downloadReport", requestId="1").status_code for _ in range(21)].count(429) == 1
