"""The life of a bulk operation, crashes and other processes included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shopify_fake import NOW, SHOP, Shopify, answered

from kpiterm.plugins import AccessError, DataError, Payload, SettingError, TransientError, Window
from kpiterm_shopify import bulk
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.orders import fetch

if TYPE_CHECKING:
    from kpiterm.plugins.testing import Host

WINDOW = Window(NOW - timedelta(days=50), NOW)
URL = "https://storage.googleapis.com/bulk/result.jsonl?sig=1"
LINES = b"".join(json.dumps({"id": f"gid://shopify/Order/{n}"}).encode() + b"\n" for n in range(4))
ID = "gid://shopify/BulkOperation/1"


def state(status: str, **more: object) -> dict[str, Any]:
    return {
        "id": ID,
        "status": status,
        "errorCode": None,
        "objectCount": "4",
        "url": None,
        "partialDataUrl": None,
        **more,
    }


def done(**more: object) -> dict[str, Any]:
    return state("COMPLETED", **{"url": URL, **more})


def started(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"bulkOperationRunQuery": {"bulkOperation": None if errors else state("CREATED"), "userErrors": errors}}


def shop(
    *polls: dict[str, Any] | None, runs: Iterator[dict[str, Any]] | None = None, document: bytes = LINES
) -> Shopify:
    """Answers each poll in turn, the last one for ever."""
    left = list(polls)
    return Shopify(
        {
            "Run": lambda _: answered(next(runs) if runs else started()),
            "Poll": lambda _: answered({"bulkOperation": left.pop(0) if len(left) > 1 else left[0]}),
        },
        {URL: document},
    )


def bodies(host: Host, answer: Shopify, window: Window = WINDOW) -> bytes:
    """The lines of every document, blank ones left out."""
    found = (item.body for item in fetch(host.context(answer), window) if isinstance(item, Payload))
    read = (path.read_bytes().split(b"\n") for path in found if isinstance(path, Path))
    return b"".join(line + b"\n" for lines in read for line in lines if line)


def test_it_is_polled_until_it_is_done_and_leaves_nothing_behind(host: Host) -> None:
    vendor = shop(state("CREATED"), state("RUNNING"), state("RUNNING"), done())
    assert bodies(host, vendor) == LINES
    assert [v["id"] for v in vendor.asked("Poll")] == [ID] * 4
    assert host.state == {}
    assert list((host.directory / "documents").iterdir()) == []


def test_no_objects_have_no_address_and_are_a_success(host: Host) -> None:
    assert bodies(host, shop(done(objectCount="0", url=None))) == b""


def test_objects_without_an_address_are_no_success(host: Host) -> None:
    with pytest.raises(TransientError, match="no address"):
        bodies(host, shop(done(url=None)))


@pytest.mark.parametrize("document", [LINES.splitlines(keepends=True)[0], LINES + LINES, b""])
def test_a_document_that_is_not_what_was_counted_is_fetched_again_and_never_stored(host: Host, document: bytes) -> None:
    vendor = shop(done(), document=document)
    context = host.context(vendor)
    found: list[Payload] = []
    with pytest.raises(TransientError, match="promises 4 objects"):
        found.extend(fetch(context, WINDOW))
    assert found == []
    assert len([r for r in vendor.requests if r.url.host == "storage.googleapis.com"]) == 3
    assert host.state, "the operation is kept: the next sync fetches its document again"


def test_a_last_line_without_an_end_counts_and_blank_lines_do_not(host: Host) -> None:
    assert bodies(host, shop(done(), document=LINES[:-1] + b"\n\n")) == LINES
    assert bodies(host, shop(done(), document=LINES[:-1])) == LINES


def test_large_documents_come_in_pieces_of_whole_lines(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_CHUNK", 40)
    context = host.context(shop(done()))
    pieces = list(bulk.chunks(context, Admin(context), "orders", WINDOW))
    assert b"".join(pieces) == LINES
    assert len(pieces) > 1
    assert all(piece.endswith(b"}\n") for piece in pieces)


def test_a_run_that_broke_off_goes_on_with_the_same_operation(host: Host) -> None:
    """The process dies while it polls; the next one, a quarter of an hour later, asks for what is new and no more."""

    class DiedError(Exception):
        pass

    def die(_: dict[str, Any]) -> Any:
        raise DiedError

    vendor = shop(done())
    vendor.answers["Poll"] = die
    with pytest.raises(DiedError):
        bodies(host, vendor)
    assert json.loads(host.state["bulk orders"])["id"] == ID

    again = shop(done())
    again.answers["Orders"] = lambda _: answered({"orders": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    later = Window(WINDOW.start + timedelta(minutes=15), WINDOW.end + timedelta(minutes=15))
    assert bodies(host, again, later).startswith(LINES)
    assert len(again.asked("Run")) == 1, "one for the quarter of an hour that is new"
    assert "2026-11-20T18:00:00Z" in again.asked("Run")[0]["query"]


@pytest.mark.parametrize("kept", [None, state("EXPIRED"), state("CANCELED"), state("FAILED")])
def test_a_remembered_operation_that_is_gone_is_started_anew(host: Host, kept: dict[str, Any] | None) -> None:
    ticket = {"id": "gid://shopify/BulkOperation/0", "start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat()}
    host.state["bulk orders"] = json.dumps(ticket)
    vendor = shop(kept, done())
    assert bodies(host, vendor) == LINES
    assert [v["id"] for v in vendor.asked("Poll")] == [ticket["id"], ID]


@pytest.mark.parametrize(
    "busy",
    [
        {"code": "OPERATION_IN_PROGRESS", "message": "busy"},
        {"code": "LIMIT_REACHED", "message": "five are running"},
        {"code": None, "message": "A bulk query operation for this app and shop is already in progress: gid://…"},
    ],
)
def test_anothers_operation_is_waited_for_and_left_alone(host: Host, busy: dict[str, Any]) -> None:
    vendor = shop(done(), runs=iter([started(busy), started(busy), started()]))
    assert bodies(host, vendor) == LINES
    assert host.slept.count(30.0) == 2
    assert not any(b"bulkOperationCancel" in request.content for request in vendor.requests)


def test_a_slot_that_never_comes_free_ends_the_run_for_now(host: Host) -> None:
    busy = started({"code": "LIMIT_REACHED", "message": "five are running"})
    with pytest.raises(TransientError, match="no free bulk operation"):
        bodies(host, shop(done(), runs=iter([busy] * 1000)))


def test_a_query_that_is_refused_is_no_passing_fault(host: Host) -> None:
    with pytest.raises(DataError, match="nesting"):
        bodies(host, shop(done(), runs=iter([started({"code": "INVALID", "message": "nesting too deep"})])))


def test_an_operation_without_end_is_left_to_the_next_run(host: Host) -> None:
    with pytest.raises(TransientError, match="still running") as caught:
        bodies(host, shop(state("RUNNING")))
    assert "goes on with it" in caught.value.hint
    assert sum(host.slept) >= bulk.PATIENCE
    assert host.state


def test_a_failed_operation_is_tried_in_halves_and_its_part_is_not_used(host: Host) -> None:
    part = "https://storage.googleapis.com/bulk/part.jsonl"
    failed = state("FAILED", errorCode="TIMEOUT", partialDataUrl=part)
    vendor = shop(failed, done())
    assert bodies(host, vendor) == LINES + LINES
    assert len(vendor.asked("Run")) == 3
    assert not any(str(request.url) == part for request in vendor.requests)
    spans = [query.partition("updated_at")[2] for query in (v["query"] for v in vendor.asked("Run"))]
    assert "2026-10-26T18:00:00Z" in spans[1]
    assert "2026-10-26T18:00:00Z" in spans[2]


def test_one_that_fails_however_short_it_is_ends_the_run(host: Host) -> None:
    failed = state("FAILED", errorCode="INTERNAL_SERVER_ERROR")
    with pytest.raises(TransientError, match="INTERNAL_SERVER_ERROR"):
        bodies(host, shop(failed), Window(NOW - timedelta(days=2, hours=1), NOW))


def test_one_that_somebody_cancelled_is_started_anew_a_few_times(host: Host) -> None:
    assert bodies(host, shop(state("CANCELED"), state("CANCELED"), done())) == LINES
    vendor = shop(state("CANCELED"))
    with pytest.raises(TransientError, match="CANCELED"):
        bodies(host, vendor)
    assert len(vendor.asked("Run")) == 3


def test_denied_access_is_not_tried_again(host: Host) -> None:
    vendor = shop(state("FAILED", errorCode="ACCESS_DENIED"))
    with pytest.raises(AccessError, match="denies access"):
        bodies(host, vendor)
    assert len(vendor.asked("Run")) == 1


@pytest.mark.parametrize(
    "url", ["https://other-shop.myshopify.com/x", "https://storage.evil.example/x", "http://storage.googleapis.com/x"]
)
def test_a_document_from_elsewhere_is_not_fetched(host: Host, url: str) -> None:
    vendor = shop(done(url=url))
    with pytest.raises(SettingError, match="may not send"):
        bodies(host, vendor)
    assert {request.url.host for request in vendor.requests} == {SHOP}
