"""The life of a report: it is asked for once, whatever happens between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from kpiterm.plugins import DataError, TransientError, Window
from kpiterm_amazon import reports
from kpiterm_amazon.encodings import encoding
from kpiterm_amazon.places import PLACES

if TYPE_CHECKING:
    from conftest import Host

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=10)
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
DOCUMENT_HOST = "tortuga-prod-na.s3-external-1.amazonaws.com"


class Stopped(Exception):
    """The machine went down."""


class Amazon:
    """The Reports API as a script: the states that getReport gives, one after the other; the last one stays."""

    def __init__(self, *states: dict[str, str] | int, body: bytes = b"a\tb\n", refusals: int = 0) -> None:
        self.states, self.body, self.refusals = list(states), body, refusals
        self.created = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == DOCUMENT_HOST:
            assert "x-amz-access-token" not in request.headers
            return self._document()
        if request.method == "POST":
            self.created += 1
            return httpx.Response(202, json={"reportId": f"R{self.created}"})
        if request.url.path.startswith(reports.DOCUMENTS):
            return httpx.Response(200, json={"reportDocumentId": "D1", "url": f"https://{DOCUMENT_HOST}/D1"})
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, int):
            return httpx.Response(state, json={"errors": [{"code": "NotFound", "message": "no such report"}]})
        return httpx.Response(200, json={"reportId": "R1", "reportType": "T", **state})

    def _document(self) -> httpx.Response:
        if self.refusals:
            self.refusals -= 1
            return httpx.Response(403, content=b"<Error><Message>Request has expired</Message></Error>")
        return httpx.Response(200, content=self.body, headers={"Content-Type": "text/plain; charset=Cp1252"})


QUEUED = {"processingStatus": "IN_QUEUE"}
RUNNING = {"processingStatus": "IN_PROGRESS"}
DONE = {"processingStatus": "DONE", "reportDocumentId": "D1"}
CANCELLED = {"processingStatus": "CANCELLED"}


def report(*, may_be_empty: bool = False, end: datetime = END) -> reports.Report:
    return reports.Report(type="T", start=START, end=end, options={"dateGranularity": "DAY"}, may_be_empty=may_be_empty)


def read_all(documents: Iterator[reports.Download]) -> list[bytes]:
    return [document.path.read_bytes() for document in documents]


def test_a_report_is_asked_for_waited_for_and_read(host: Host) -> None:
    amazon = Amazon(QUEUED, RUNNING, DONE)
    kept_while_waiting = []
    host.on_sleep = lambda: kept_while_waiting.append(dict(host.state))
    assert read_all(reports.documents(host.context(amazon), report())) == [b"a\tb\n"]
    asked = json.loads(host.asked("POST", reports.REPORTS)[0].content)
    assert asked == {
        "reportType": "T",
        "marketplaceIds": [PLACES["US"].marketplace_id],
        "dataStartTime": "2026-11-01T00:00:00Z",
        "dataEndTime": "2026-11-11T00:00:00Z",
        "reportOptions": {"dateGranularity": "DAY"},
    }
    assert "R1" in "".join(kept_while_waiting[0].values()), "the id must be kept before the first poll"
    assert host.state == {}, "a document that was read is not resumed"
    assert host.slept == sorted(host.slept), "the pauses grow"


def test_a_broken_off_run_is_resumed_with_the_same_report(host: Host) -> None:
    amazon = Amazon(RUNNING)

    def stop() -> None:
        raise Stopped

    host.on_sleep = stop
    with pytest.raises(Stopped):
        read_all(reports.documents(host.context(amazon), report()))
    host.on_sleep = lambda: None
    amazon.states = [RUNNING, DONE]
    assert read_all(reports.documents(host.context(amazon), report())) == [b"a\tb\n"]
    assert amazon.created == 1


def test_a_document_that_was_not_taken_is_read_again(host: Host) -> None:
    amazon = Amazon(DONE)
    documents = reports.documents(host.context(amazon), report())
    next(documents)
    documents.close()
    assert read_all(reports.documents(host.context(amazon), report())) == [b"a\tb\n"]
    assert amazon.created == 1


def test_a_report_of_another_span_is_not_taken_for_this_one(host: Host) -> None:
    amazon = Amazon(DONE)
    next(reports.documents(host.context(amazon), report(end=END + timedelta(days=1))))
    read_all(reports.documents(host.context(amazon), report()))
    assert amazon.created == 2


def test_a_report_that_amazon_has_forgotten_is_asked_for_anew(host: Host) -> None:
    amazon = Amazon(RUNNING)
    next_run = reports.documents(host.context(amazon, sleep=_stop), report())
    with pytest.raises(Stopped):
        next(next_run)
    amazon.states = [404, DONE]
    assert read_all(reports.documents(host.context(amazon), report())) == [b"a\tb\n"]
    assert amazon.created == 2


def _stop(_seconds: float) -> None:
    raise Stopped


def test_cancelled_means_no_data_where_that_is_plausible(host: Host) -> None:
    amazon = Amazon(RUNNING, CANCELLED)
    assert read_all(reports.documents(host.context(amazon), report(may_be_empty=True))) == []
    assert host.state == {}
    assert any("no data" in line for line in host.logs)


def test_no_data_for_a_long_time_is_believed_when_amazon_says_it_twice(host: Host) -> None:
    long = replace(report(may_be_empty=True), read_again=timedelta(hours=6))
    amazon = Amazon(CANCELLED, DONE)
    assert read_all(reports.documents(host.context(amazon), long)) == [b"a\tb\n"]
    amazon.states = [CANCELLED]
    assert read_all(reports.documents(host.context(amazon), long)) == []
    assert (amazon.created, host.state) == (4, {})


def test_what_the_next_run_reads_again_anyway_is_asked_for_once(host: Host) -> None:
    amazon = Amazon(CANCELLED)
    short = replace(report(may_be_empty=True), read_again=END - START)
    assert read_all(reports.documents(host.context(amazon), short)) == []
    assert amazon.created == 1


def test_cancelled_is_an_error_where_there_are_always_data(host: Host) -> None:
    amazon = Amazon(CANCELLED)
    with pytest.raises(TransientError, match="CANCELLED"):
        read_all(reports.documents(host.context(amazon), report()))
    assert host.state == {}, "the next run must ask for a new report"


def test_fatal_says_what_amazon_wrote_into_the_document(host: Host) -> None:
    body = json.dumps({"errorDetails": "The start date is more than two years ago."}).encode()
    amazon = Amazon({"processingStatus": "FATAL", "reportDocumentId": "D1"}, body=body)
    with pytest.raises(DataError, match="more than two years ago"):
        read_all(reports.documents(host.context(amazon), report(may_be_empty=True)))
    assert host.state == {}


def test_fatal_without_a_document_is_tried_again_by_the_next_run(host: Host) -> None:
    with pytest.raises(TransientError, match="FATAL"):
        read_all(reports.documents(host.context(Amazon({"processingStatus": "FATAL"})), report()))
    assert host.state == {}


def test_an_expired_address_is_asked_for_once_more(host: Host) -> None:
    amazon = Amazon(DONE, refusals=1)
    assert read_all(reports.documents(host.context(amazon), report())) == [b"a\tb\n"]
    assert len(host.asked("GET", reports.DOCUMENTS)) == 2
    host.state.clear()
    amazon.refusals = 2
    with pytest.raises(TransientError):
        read_all(reports.documents(host.context(amazon), report()))


def test_a_report_that_takes_too_long_is_left_to_the_next_run(host: Host) -> None:
    amazon = Amazon(RUNNING)
    with pytest.raises(TransientError, match="still running") as caught:
        read_all(reports.documents(host.context(amazon), report()))
    assert "next sync" in caught.value.hint
    amazon.states = [DONE]
    assert read_all(reports.documents(host.context(amazon), report())) == [b"a\tb\n"]
    assert amazon.created == 1


def test_a_span_that_was_asked_for_already_is_not_asked_for_twice(host: Host) -> None:
    """Windows end in the present: the run after a crash has a later end, and after a backfill an earlier start."""
    with pytest.raises(Stopped):
        read_all(reports.documents(host.context(Amazon(RUNNING), sleep=_stop), report()))
    ctx = host.context(Amazon(DONE))
    wider = reports.Report(
        type="T",
        start=START - timedelta(hours=6),
        end=END + timedelta(hours=1),
        options={"dateGranularity": "DAY"},
    )
    assert reports.spans(ctx, wider) == [
        Window(START, END),
        Window(wider.start, START),
        Window(END, wider.end),
    ]
    assert reports.spans(ctx, report()) == [Window(START, END)]
    later = reports.Report(type="T", start=END, end=END + timedelta(days=1), options={"dateGranularity": "DAY"})
    assert reports.spans(ctx, later) == [Window(later.start, later.end)]


def test_amazons_own_example_of_a_running_report_is_waited_for(host: Host, static_sandbox: str) -> None:
    ticket = reports.Ticket("ID323", START, END)
    host.state[report().key] = msgspec.json.encode(ticket).decode()
    with pytest.raises(Stopped):
        read_all(reports.documents(host.context(sandbox=static_sandbox, sleep=_stop), report()))
    assert "ID323" in host.state[report().key]


def test_amazons_own_example_of_a_document_gives_its_address(host: Host, static_sandbox: str) -> None:
    address = reports._address(host.context(sandbox=static_sandbox), "0356cf79-b8b0-4226-b4b9-0ee058ea5760")
    assert address.startswith("https://d34o8swod1owfl.cloudfront.net/")


def test_a_charset_of_the_download_decides_the_encoding(host: Host) -> None:
    (document,) = reports.documents(host.context(Amazon(DONE)), report())
    assert encoding(document, "US") == "cp1252"


FBA_DAILY = timedelta(hours=4)


def daily(end: datetime = END) -> reports.Report:
    return reports.Report(type="FBA", start=START, end=end, may_be_empty=True, interval=FBA_DAILY)


def test_asked_for_again_too_soon_a_cancelled_report_does_not_mean_no_data(host: Host) -> None:
    cancelled = Amazon({"processingStatus": "CANCELLED"})
    assert read_all(reports.documents(host.context(cancelled), daily())) == []
    with pytest.raises(TransientError, match="CANCELLED"):
        read_all(reports.documents(host.context(cancelled, now=NOW + timedelta(hours=3)), daily()))
    later = host.context(cancelled, now=NOW + timedelta(hours=8))
    assert read_all(reports.documents(later, daily())) == []


def test_no_data_for_a_long_time_is_asked_for_again_after_the_interval(host: Host) -> None:
    long = replace(daily(), read_again=timedelta(days=2))
    with pytest.raises(TransientError, match="no data, or it did not make the report") as caught:
        read_all(reports.documents(host.context(Amazon(CANCELLED)), long))
    assert "4 hours" in caught.value.hint
    later = NOW + timedelta(hours=8)
    assert read_all(reports.documents(host.context(Amazon(DONE), now=later), long)) == [b"a\tb\n"]
    with pytest.raises(TransientError, match="no data, or it did not"):
        read_all(reports.documents(host.context(Amazon(CANCELLED), now=later + timedelta(hours=8)), long))
    assert read_all(reports.documents(host.context(Amazon(CANCELLED), now=later + timedelta(hours=16)), long)) == []


def test_a_request_whose_answer_was_lost_counts_towards_the_interval(host: Host) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("connection reset", request=request)

    with pytest.raises(TransientError, match="connection reset"):
        read_all(reports.documents(host.context(lost), daily()))
    with pytest.raises(TransientError, match="CANCELLED without a document"):
        read_all(reports.documents(host.context(Amazon(CANCELLED)), daily()))


def test_a_type_with_an_interval_is_not_asked_for_twice_after_a_run_that_broke_off(host: Host) -> None:
    amazon = Amazon(RUNNING)
    with pytest.raises(Stopped):
        read_all(reports.documents(host.context(amazon, sleep=_stop), daily()))
    amazon.states = [DONE]
    ctx = host.context(amazon)
    wanted = daily(END + timedelta(hours=1))
    assert read_all(reports.documents(ctx, reports.adopted(ctx, wanted))) == [b"a\tb\n"]
    assert len(host.asked("POST", reports.REPORTS)) == 1
    assert reports.adopted(ctx, wanted) == wanted, "a report that was read is not adopted"


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (0, 25)])
def test_a_report_that_does_not_cover_the_window_is_not_adopted(host: Host, start: int, end: int) -> None:
    with pytest.raises(Stopped):
        read_all(reports.documents(host.context(Amazon(RUNNING), sleep=_stop), daily()))
    wanted = replace(daily(END + timedelta(hours=end)), start=START + timedelta(hours=start))
    assert reports.adopted(host.context(), wanted) == wanted
