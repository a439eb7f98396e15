"""The ledger's balances as stock of past days, with the header row that production files have."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import httpx
import pytest

from kpiterm.plugins import DataError, Window
from kpiterm_amazon import ledger
from kpiterm_amazon.ledger import BALANCES

if TYPE_CHECKING:
    from conftest import Host, Rows

Load = Callable[..., dict[str, "Rows"]]
LINE: dict[str, object] = {
    "Date": "11/18/2026", "FNSKU": "X001", "ASIN": "B01", "MSKU": "MAT-1", "Title": "Mat", "Disposition": "SELLABLE",
    "Starting Warehouse Balance": 130, "In Transit Between Warehouses": 6, "Receipts": 0, "Customer Shipments": -10,
    "Ending Warehouse Balance": 120, "Location": "US",
}  # fmt: skip
DAMAGED = LINE | {"Disposition": "CUSTOMER_DAMAGED", "Ending Warehouse Balance": 2, "In Transit Between Warehouses": 0}
DEFECTIVE = DAMAGED | {"Disposition": "DEFECTIVE", "Ending Warehouse Balance": 1}


@pytest.fixture
def header(shared: Path) -> list[str]:
    reports = json.loads((shared / "specs/amazon/flatfile_headers.json").read_text())["reports"]
    return list(reports[ledger.REPORT_TYPE]["columns"])


def test_a_days_balances_are_the_stock_at_its_end(header: list[str], load: Load) -> None:
    assert load(BALANCES, header, LINE, DAMAGED, DEFECTIVE)["stock_level"] == [
        {
            "_payload": 1, "taken_at": datetime.fromisoformat("2026-11-19T08:00:00"), "sku": "MAT-1", "item_id": "B01",
            "title": "Mat", "location": "FBA", "available": 120, "reserved": 6, "unfulfillable": 3,
        }
    ]  # fmt: skip


def test_a_sku_with_nothing_sound_left_is_out_of_stock(header: list[str], load: Load) -> None:
    (row,) = load(BALANCES, header, DAMAGED)["stock_level"]
    assert (row["available"], row["unfulfillable"]) == (0, 2)


def test_each_day_is_a_reading_of_its_own_also_where_clocks_change(header: list[str], load: Load) -> None:
    days = ("10/31/2026", "11/01/2026", "2026-11-02")
    rows = load(BALANCES, header, *(LINE | {"Date": day} for day in days))["stock_level"]
    assert sorted(str(row["taken_at"]) for row in rows) == [
        "2026-11-01 07:00:00", "2026-11-02 08:00:00", "2026-11-03 08:00:00",
    ]  # fmt: skip


def test_stock_in_other_countries_stands_apart(header: list[str], load: Load) -> None:
    abroad = LINE | {"Location": "CA", "Ending Warehouse Balance": 5}
    rows = load(BALANCES, header, LINE, abroad)["stock_level"]
    assert {row["location"]: row["available"] for row in rows} == {"FBA": 120, "FBA CA": 5}
    (row,) = load(BALANCES, header, LINE | {"Location": "GB"}, country="UK")["stock_level"]
    assert row["location"] == "FBA"


@pytest.mark.parametrize("day", ["18.11.2026", "12/11/2026", "yesterday"])
def test_a_date_that_cannot_be_right_is_refused_by_name(header: list[str], load: Load, day: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=day):
        load(BALANCES, header, LINE | {"Date": day})


def test_a_missing_column_is_named(header: list[str], load: Load) -> None:
    with pytest.raises(DataError, match="'Disposition'"):
        load(BALANCES, [c for c in header if c != "Disposition"], LINE)


def test_a_day_that_is_not_over_is_no_reading(header: list[str], load: Load) -> None:
    assert load(BALANCES, header, LINE | {"Date": "11/20/2026"})["stock_level"] == []


def answer(request: httpx.Request) -> httpx.Response:
    """The report is done at once."""
    path = request.url.path
    if "amazonaws" in request.url.host:
        return httpx.Response(200, content=b"Date\n")
    if request.method == "POST":
        return httpx.Response(202, json={"reportId": "1"})
    if "/documents/" in path:
        return httpx.Response(200, json={"url": "https://tortuga-prod-na.s3-external-1.amazonaws.com/1"})
    return httpx.Response(200, json={"processingStatus": "DONE", "reportDocumentId": "1"})


def test_days_and_countries_are_asked_for(host: Host) -> None:
    end = datetime(2026, 11, 20, 8, tzinfo=UTC)
    for payload in ledger.STREAM.fetch(host.context(answer), Window(end - timedelta(days=7), end)):
        payload.body.unlink()  # type: ignore[union-attr]
    asked = json.loads(host.asked("POST", "/reports/2021-06-30/reports")[0].content)
    assert asked["reportOptions"] == {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "DAILY"}
    assert (asked["dataStartTime"], asked["dataEndTime"]) == ("2026-11-13T08:00:00Z", "2026-11-20T08:00:00Z")
