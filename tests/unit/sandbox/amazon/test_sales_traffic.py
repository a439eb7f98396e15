from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"


def ask(client: AmazonClient, first: date, last: date, **options: str) -> dict[str, Any]:
    start, end = (datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (first, last))
    report: dict[str, Any] = json.loads(client.report(TRAFFIC, start, end, **options))
    return report


def by_day(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["date"]: row for row in report["salesAndTrafficByDate"]}


def test_settled_days_equal_the_order_book(amazon: AmazonClient) -> None:
    first, last = date(2026, 10, 1), date(2026, 11, 5)
    rows = by_day(ask(amazon, first, last, dateGranularity="DAY"))
    assert len(rows) == 36
    for text, row in rows.items():
        day = date.fromisoformat(text)
        truth = amazon.sandbox.shop.sales(day, day, at=amazon.now)
        assert round(row["salesByDate"]["orderedProductSales"]["amount"] * 100) == truth.gmv
        assert row["salesByDate"]["unitsOrdered"] == truth.units
        assert row["salesByDate"]["totalOrderItems"] == truth.lines


def test_recent_days_are_absent_and_come_within_three_days(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**6)
    first, last = date(2026, 11, 15), date(2026, 11, 22)
    assert "2026-11-22" not in by_day(ask(client, first, last))
    client.sandbox.clock.move(timedelta(days=3))
    assert "2026-11-22" in by_day(ask(client, first, last))


def test_a_fresh_day_is_restated_for_a_week_and_then_stays(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**7)
    day = date(2026, 11, 19)
    seen = []
    for _ in range(14):
        seen.append(by_day(ask(client, day, day)).get(str(day)))
        client.sandbox.clock.move(timedelta(days=1))
    sessions = [row["trafficByDate"]["sessions"] for row in seen if row]
    assert sessions == sorted(sessions)
    assert sessions[0] < sessions[-1]
    assert seen[-1] == seen[-4]


def test_without_lag_yesterday_is_there_at_once(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(lag=False)
    assert "2026-11-22" in by_day(ask(client, date(2026, 11, 20), date(2026, 11, 22)))


def test_a_window_of_absent_days_ends_cancelled(amazon: AmazonClient) -> None:
    report_id = amazon.create(TRAFFIC, amazon.now, amazon.now)
    assert amazon.status(report_id)["processingStatus"] == "CANCELLED"


@pytest.mark.parametrize(("granularity", "dates"), [("WEEK", ["2026-10-25", "2026-11-01"]), ("MONTH", ["2026-10-01"])])
def test_weeks_start_on_sunday_and_months_on_the_first(
    amazon: AmazonClient, granularity: str, dates: list[str]
) -> None:
    last = date(2026, 11, 5) if granularity == "WEEK" else date(2026, 10, 20)
    report = ask(
        amazon, date(2026, 10, 28) if granularity == "WEEK" else date(2026, 10, 3), last, dateGranularity=granularity
    )
    rows = by_day(report)
    assert list(rows) == dates
    start = date.fromisoformat(dates[0])
    end = start + timedelta(days=6) if granularity == "WEEK" else date(2026, 10, 31)
    truth = amazon.sandbox.shop.sales(start, end, at=amazon.now)
    assert rows[dates[0]]["salesByDate"]["unitsOrdered"] == truth.units


@pytest.mark.parametrize("granularity", ["PARENT", "CHILD", "SKU"])
def test_every_asin_granularity_adds_up_to_the_days(amazon: AmazonClient, granularity: str) -> None:
    report = ask(amazon, date(2026, 10, 1), date(2026, 10, 14), asinGranularity=granularity)
    days, asins = report["salesAndTrafficByDate"], report["salesAndTrafficByAsin"]
    assert sum(r["salesByDate"]["unitsOrdered"] for r in days) == sum(r["salesByAsin"]["unitsOrdered"] for r in asins)
    assert sum(r["trafficByDate"]["sessions"] for r in days) == sum(r["trafficByAsin"]["sessions"] for r in asins)
    assert ("sku" in asins[0], "childAsin" in asins[0]) == (granularity == "SKU", granularity != "PARENT")
    assert sum(r["trafficByAsin"]["sessionPercentage"] for r in asins) == pytest.approx(100, abs=0.5)


def test_conversion_is_believable(amazon: AmazonClient) -> None:
    for row in ask(amazon, date(2026, 10, 1), date(2026, 10, 31))["salesAndTrafficByDate"]:
        traffic = row["trafficByDate"]
        assert 4 < traffic["unitSessionPercentage"] < 30
        assert traffic["sessions"] == traffic["browserSessions"] + traffic["mobileAppSessions"]
        assert traffic["sessions"] <= traffic["pageViews"]
