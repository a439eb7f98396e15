"""Traffic by day, against Amazon's own example of the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from kpiterm.plugins import Payload, Window
from kpiterm_amazon import traffic

if TYPE_CHECKING:
    from conftest import Host, Rows

DOCUMENT = "https://tortuga-prod-na.s3-external-1.amazonaws.com/D1"


def payload(body: bytes) -> Payload:
    return Payload(body=body, format="json", request="traffic", records=("salesAndTrafficByDate",))


def test_amazons_example_to_the_cent(shared: Path, read: Callable[..., Rows]) -> None:
    body = (shared / "data/sp_api_vendor_examples/GET_SALES_AND_TRAFFIC_REPORT.json").read_bytes()
    days = json.loads(body, parse_float=Decimal)["salesAndTrafficByDate"]
    expected = [
        (
            date.fromisoformat(d["date"]),
            d["salesByDate"]["orderedProductSales"]["amount"],
            d["salesByDate"]["unitsOrdered"],
            d["salesByDate"]["totalOrderItems"],
            d["salesByDate"]["unitsRefunded"],
            d["trafficByDate"]["sessions"],
            d["trafficByDate"]["pageViews"],
            d["trafficByDate"]["buyBoxPercentage"] / 100,
            "USD",
        )
        for d in days
    ]
    names = ("day", "ordered_sales", "units", "order_items", "refunded_units", "sessions", "page_views", "buy_box")
    rows = read(traffic.TRAFFIC, [payload(body)])
    assert [tuple(row[name] for name in (*names, "currency")) for row in rows] == expected
    assert len(expected) == 4
    assert {(row["level"], row["sku"], row["item_id"]) for row in rows} == {("account", None, None)}


def test_what_the_report_leaves_out_is_unknown(read: Callable[..., Rows]) -> None:
    body = b'{"salesAndTrafficByDate": [{"date": "2026-11-01", "salesByDate": {"unitsOrdered": 0}}]}'
    (row,) = read(traffic.TRAFFIC, [payload(body)])
    assert row["units"] == 0
    assert [row[name] for name in ("sessions", "ordered_sales", "buy_box", "currency")] == [None] * 4


def test_one_report_covers_all_business_days_of_the_window(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(202, json={"reportId": "R1"})
        if request.url.host == httpx.URL(DOCUMENT).host:
            return httpx.Response(200, content=b'{"salesAndTrafficByDate": []}')
        if "/documents/" in request.url.path:
            return httpx.Response(200, json={"url": DOCUMENT})
        return httpx.Response(200, json={"processingStatus": "DONE", "reportDocumentId": "D1"})

    # From midnight to midnight in Los Angeles, over the end of summer time.
    window = Window(datetime(2026, 10, 31, 7, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert len(list(traffic.fetch(host.context(answer), window))) == 1
    (asked,) = host.asked("POST", "/reports")
    body = json.loads(asked.content)
    assert (body["dataStartTime"], body["dataEndTime"]) == ("2026-10-31T00:00:00Z", "2026-11-19T00:00:00Z")
    assert body["reportOptions"]["dateGranularity"] == "DAY"
