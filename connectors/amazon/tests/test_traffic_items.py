"""Traffic per ASIN and day, in as few queries as Data Kiosk allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from kpiterm.plugins import Window
from kpiterm_amazon import data_kiosk
from kpiterm_amazon.traffic_items import TRAFFIC_ITEMS, fetch

if TYPE_CHECKING:
    from conftest import Host, Rows

BUCKET = "tortuga-prod-na.s3-external-1.amazonaws.com"
# Midnight to midnight in Los Angeles.
START = datetime(2026, 11, 10, 8, tzinfo=UTC)
LINE = {
    "startDate": "2026-11-10", "endDate": "2026-11-10", "childAsin": "B01",
    "sales": {
        "orderedProductSales": {"amount": 86.97, "currencyCode": "USD"}, "unitsOrdered": 3, "totalOrderItems": 2,
        "unitsRefunded": 1,
    },
    "traffic": {"sessions": 40, "pageViews": 55, "buyBoxPercentage": 97.25},
}  # fmt: skip


def queries(host: Host, asins: int, days: int) -> list[str]:
    """What is asked of a shop with so many ASINs."""
    listed = b"".join(b'{"childAsin": "B%09d"}\n' % n for n in range(asins))

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == BUCKET:
            return httpx.Response(200, content=listed)
        if request.method == "POST":
            return httpx.Response(202, json={"queryId": "Q"})
        if "/documents/" in request.url.path:
            return httpx.Response(200, json={"documentUrl": f"https://{BUCKET}/D"})
        return httpx.Response(200, json={"processingStatus": "DONE", "dataDocumentId": "D"})

    list(fetch(host.context(answer), Window(START, START + timedelta(days=days))))
    return [json.loads(request.content)["query"] for request in host.asked("POST", data_kiosk.QUERIES)]


def test_a_small_shop_is_asked_for_by_its_asins(host: Host) -> None:
    asked = queries(host, asins=40, days=10)
    assert ["Trends" in query for query in asked] == [False, True, True]
    assert [query.count('"B0') for query in asked] == [0, 30, 10]
    assert all('startDate: "2026-11-10", endDate: "2026-11-19"' in query for query in asked)


def test_a_large_one_is_asked_for_by_day(host: Host) -> None:
    asked = queries(host, asins=400, days=10)
    assert ["Trends" in query for query in asked] == [False] * 11
    assert 'startDate: "2026-11-19", endDate: "2026-11-19"' in asked[-1]


def test_a_single_day_takes_one_query(host: Host) -> None:
    assert len(queries(host, asins=400, days=1)) == 1


def test_a_shop_without_traffic_is_not_asked_about_further(host: Host) -> None:
    assert len(queries(host, asins=0, days=10)) == 1


def test_a_line_is_read_whole(load_lines: Callable[..., Rows]) -> None:
    assert load_lines(TRAFFIC_ITEMS, LINE) == [
        {
            "_payload": 1, "day": date(2026, 11, 10), "level": "child", "sku": None, "item_id": "B01", "sessions": 40,
            "page_views": 55, "units": 3, "order_items": 2, "ordered_sales": Decimal("86.97"), "refunded_units": 1,
            "buy_box": Decimal("0.9725"), "currency": "USD",
        }
    ]  # fmt: skip


def test_a_line_that_spans_days_belongs_to_none_of_them(shared: Path, load_lines: Callable[..., Rows]) -> None:
    text = (shared / "data/datakiosk_us/salesAndTraffic_byDate_week.jsonl").read_text()
    weeks = text.splitlines()
    assert len(weeks) == 13
    assert load_lines(TRAFFIC_ITEMS, *weeks) == []
