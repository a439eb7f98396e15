"""The item performance report: asked for once, waited for by the list, read by its header."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import httpx
import pytest

from kpiterm.plugins import DataError, Payload, TransientError, Window
from kpiterm_walmart import reports

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

# The 4th to the 18th in Los Angeles: fifteen days, the most that Walmart allows.
WINDOW = Window(datetime(2026, 11, 4, 8, tzinfo=UTC), datetime(2026, 11, 19, 8, tzinfo=UTC))
STORED = "https://reports.blob.core.windows.net/item.zip?sig=abc"
HEADER = (
    "Date,Product Name,Item ID,SKU ID,GMV,Refunded Sales,Total Units,Authorized Orders,Total Product Visits,"
    "Product Level Pageviews"
)
CSV = f"""{HEADER}
2026-11-17,"Mat, red",555,MAT-1,"$1,025.50",-25.50,41,38,900,"1,250"
2026-11-18,"Mat, red",555,MAT-1,10,0,1,1,30,
"""


def zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ItemPerformance.csv", text.encode("utf-8-sig"))
    return packed.getvalue()


class Walmart:
    """Makes a report in so many looks, and lists it on the second page."""

    def __init__(self, *states: str, text: str = CSV, file: bytes | None = None) -> None:
        self._states: Iterator[str] = iter(states)
        self._file = zipped(text) if file is None else file
        self.created = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == STORED:
            return httpx.Response(200, content=self._file)
        if request.method == "POST":
            self.created += 1
            return httpx.Response(200, json={"requestId": f"q{self.created}", "requestStatus": "RECEIVED"})
        if request.url.path == reports.DOWNLOAD:
            return httpx.Response(200, json={"requestId": request.url.params["requestId"], "downloadURL": STORED})
        if "page" not in request.url.params:
            other = {"requestId": "another", "requestStatus": "READY"}
            return httpx.Response(200, json={"requests": [other], "nextCursor": "reportType=ITEM_PERFORMANCE&page=2"})
        state = next(self._states, "READY")
        made = [{"requestId": f"q{self.created}", "requestStatus": state}] if state != "ABSENT" else []
        return httpx.Response(200, json={"requests": made})


def test_type_and_version_in_the_query_dates_in_the_body(host: Host) -> None:
    host.fetch("traffic", Walmart(), WINDOW)
    (asked,) = [r for r in host.requests if r.method == "POST"]
    assert dict(asked.url.params) == {"reportType": "ITEM_PERFORMANCE", "reportVersion": "v3"}
    assert json.loads(asked.content) == {
        "dataStartTime": "2026-11-04T00:00:00.000Z",
        "dataEndTime": "2026-11-18T23:59:59.000Z",
        "dateGranularity": "DAILY",
    }


def test_waits_by_the_list_and_never_by_the_request(host: Host) -> None:
    """Walmart allows twenty looks an hour at one request, and two hundred a minute at the list."""
    host.fetch("traffic", Walmart("RECEIVED", "INPROGRESS", "READY"), WINDOW)
    looks = [r for r in host.requests if r.method == "GET" and r.url.path == reports.REQUESTS]
    assert len(looks) == 6
    assert not [r for r in host.requests if r.url.path.startswith(f"{reports.REQUESTS}/")]
    assert len(host.asked(reports.DOWNLOAD)) == 1
    assert len(host.slept) == 3


def test_a_report_is_asked_for_once_over_two_runs(host: Host) -> None:
    walmart = Walmart(*["INPROGRESS"] * 200)
    with pytest.raises(TransientError, match="still being made") as caught:
        host.fetch("traffic", walmart, WINDOW)
    assert "next sync picks it up" in caught.value.hint
    assert sum(host.slept) >= reports.PATIENCE
    walmart._states = iter(())
    assert len(host.fetch("traffic", walmart, WINDOW)) == 1
    assert walmart.created == 1
    assert host.state == {}


def test_other_days_are_another_report(host: Host) -> None:
    walmart = Walmart(*["INPROGRESS"] * 200)
    with pytest.raises(TransientError):
        host.fetch("traffic", walmart, WINDOW)
    walmart._states = iter(())
    host.fetch("traffic", walmart, Window(WINDOW.start, datetime(2026, 11, 10, 8, tzinfo=UTC)))
    assert walmart.created == 2


def test_a_report_that_walmart_cannot_make_is_asked_for_anew(host: Host) -> None:
    with pytest.raises(TransientError, match="ERROR"):
        host.fetch("traffic", Walmart("ERROR"), WINDOW)
    assert host.state == {}


def test_a_report_that_walmart_has_lost_is_given_up(host: Host) -> None:
    walmart = Walmart(*["ABSENT"] * 400)
    with pytest.raises(TransientError, match="still being made"):
        host.fetch("traffic", walmart, WINDOW)
    with pytest.raises(TransientError, match="ERROR"):
        host.fetch("traffic", walmart, WINDOW, now=datetime(2026, 11, 20, 20, 0, tzinfo=UTC))
    assert host.state == {}


def test_the_file_is_removed_and_the_archive_too(host: Host) -> None:
    (payload,) = host.fetch("traffic", Walmart(), WINDOW)
    assert isinstance(payload, Payload)
    assert isinstance(payload.body, Path)
    assert list((host.directory / "documents").iterdir()) == [payload.body]


def test_a_page_instead_of_an_archive_is_quoted(host: Host) -> None:
    with pytest.raises(DataError, match="AuthenticationFailed"):
        host.fetch("traffic", Walmart(file=b"<Error><Code>AuthenticationFailed</Code></Error>"), WINDOW)
    assert list((host.directory / "documents").iterdir()) == []


def test_a_day_of_an_item(host: Host, read: Read) -> None:
    """GMV is net of later refunds, which are put back."""
    rows = read("traffic", host.fetch("traffic", Walmart(), WINDOW))["traffic_day"]
    assert rows[0] == {
        "_payload": 1, "day": date(2026, 11, 17), "level": "sku", "sku": "MAT-1", "item_id": "555", "sessions": 900,
        "page_views": 1250, "units": 41, "order_items": 38, "ordered_sales": Decimal(1051), "refunded_units": None,
        "currency": "USD",
    }  # fmt: skip
    assert (rows[1]["page_views"], rows[1]["ordered_sales"]) == (None, Decimal(10))


@pytest.mark.parametrize(
    "text", ["2026-11-17", "11/17/2026", "20261117", "2026-11-17 00:00:00", "2026-11-17T00:00:00Z"]
)
@pytest.mark.parametrize("header", ["Date", "Report Date"])
def test_dates_as_reports_write_them(host: Host, read: Read, text: str, header: str) -> None:
    table = f"{header},SKU,GMV,Units Sold\n{text},MAT-1,5,2\n"
    (row,) = read("traffic", host.fetch("traffic", Walmart(text=table), WINDOW))["traffic_day"]
    assert (row["day"], row["sku"], row["units"]) == (date(2026, 11, 17), "MAT-1", 2)


def test_a_report_without_dates_is_refused_and_not_filed_under_some_day(host: Host, read: Read) -> None:
    items = host.fetch("traffic", Walmart(text="SKU ID,GMV\nMAT-1,5\n"), WINDOW)
    with pytest.raises(duckdb.InvalidInputException, match="no date"):
        read("traffic", items)


def test_a_report_without_sales_is_another_report(host: Host, read: Read) -> None:
    items: Any = host.fetch("traffic", Walmart(text="Date,SKU ID\n2026-11-17,MAT-1\n"), WINDOW)
    with pytest.raises(DataError, match="'GMV'"):
        read("traffic", items)
