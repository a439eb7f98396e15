"""Market Tracker: 202 is waited out, weeks are whole, and nothing of a connected store comes as an estimate."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import TransientError, Window

if TYPE_CHECKING:
    from conftest import Host

SETTINGS = {"market_ids": "100001"}
WINDOW = Window(datetime(2026, 11, 8, 8, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC))


def interval(number: int, first: str, last: str) -> dict[str, Any]:
    return {"intervalNumber": number, "intervalStart": f"{first}T00:00:00", "intervalEnd": f"{last}T23:59:59"}


REPORT = {
    "data": [{"resultAsin": "B0EXAMPLE1", "totalSales": 99, "interval1": 3, "interval2": 40.5, "interval3": None}],
    "additionalData": [{"asin": "B0EXAMPLE1", "title": "Mat"}],
    "meta": {"intervals": [
        interval(1, "2026-11-02", "2026-11-07"), interval(2, "2026-11-08", "2026-11-14"),
        interval(3, "2026-11-15", "2026-11-21"),
    ]},
}  # fmt: skip


class Tracker:
    """Says 202 `busy` times, then gives the report."""

    def __init__(self, busy: int = 0) -> None:
        self.busy, self.requests = busy, list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.busy -= 1
        return (
            httpx.Response(202, json={"data": {"progress": 10}}) if self.busy >= 0 else httpx.Response(200, json=REPORT)
        )


def test_whole_weeks_only_and_a_missing_one_stays_missing(host: Host) -> None:
    host.sync(host.context(Tracker(), settings=SETTINGS), "markets", WINDOW)
    assert host.rows("select day, item_id, metric, estimate, currency from market_estimate order by all") == [
        (date(2026, 11, 8), "B0EXAMPLE1", "market_tracker_revenue_week", Decimal("40.5"), "USD"),
        (date(2026, 11, 8), "B0EXAMPLE1", "market_tracker_units_week", Decimal("40.5"), None),
    ]


def test_it_asks_for_estimates_by_product_and_week_with_the_key_as_bearer(host: Host) -> None:
    tracker = Tracker()
    host.sync(host.context(tracker, settings=SETTINGS), "markets", WINDOW)
    asked = tracker.requests[0]
    assert asked.url.path == "/public-api/v1/markets/100001/revenue"
    assert asked.headers["authorization"] == "Bearer mt360-secret-value"
    params = dict(asked.url.params)
    assert {name: params[name] for name in ("groupByType", "viewByType", "dataShowType", "showActuals")} == {
        "groupByType": "1", "viewByType": "0", "dataShowType": "0", "showActuals": "0",
    }  # fmt: skip
    assert (params["filter[dateFrom]"], params["filter[dateTo]"]) == ("2026-11-02", "2026-11-21")


def test_a_report_in_the_making_is_asked_for_again(host: Host) -> None:
    tracker = Tracker(busy=3)
    host.sync(host.context(tracker, settings=SETTINGS), "markets", WINDOW)
    assert len(tracker.requests) == 5
    assert host.slept == [2.0, 2.0, 2.0]


def test_one_that_is_never_made_is_left_to_the_next_sync(host: Host) -> None:
    with pytest.raises(TransientError) as caught:
        host.sync(host.context(Tracker(busy=10_000), settings=SETTINGS), "markets", WINDOW)
    assert "next sync" in caught.value.hint
    assert host.rows("select * from market_estimate") == []


def test_an_item_in_two_markets_is_stored_once(host: Host) -> None:
    host.sync(host.context(Tracker(), settings={"market_ids": "100001,100002"}), "markets", WINDOW)
    assert len(host.rows("select * from market_estimate")) == 2
