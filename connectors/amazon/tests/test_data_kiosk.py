"""The life of a Data Kiosk query, and queries that its schema knows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import DataError, TransientError
from kpiterm_amazon import data_kiosk, economics, traffic_items

if TYPE_CHECKING:
    from conftest import Answer, Host

BUCKET = "https://tortuga-prod-na.s3-external-1.amazonaws.com"
QUERY = "query { x { y } }"
Script = list[dict[str, Any]]


class Stopped(Exception):
    """The machine went down."""


def stop(_seconds: float) -> None:
    raise Stopped


def kiosk(states: Script, files: dict[str, bytes] | None = None) -> Answer:
    """Queries Q1, Q2, … in the order of sending; `states` are the answers of getQuery, the last one stays."""
    left, sent = list(states), iter(range(1, 99))

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host in BUCKET:
            return httpx.Response(200, content=(files or {})[request.url.path.strip("/")])
        if request.method == "POST":
            return httpx.Response(202, json={"queryId": f"Q{next(sent)}"})
        if "/documents/" in request.url.path:
            name = request.url.path.rpartition("/")[2]
            return httpx.Response(200, json={"documentId": name, "documentUrl": f"{BUCKET}/{name}"})
        state = left.pop(0) if len(left) > 1 else left[0]
        if "gone" in state:
            return httpx.Response(404, json={"errors": [{"code": "NotFound", "message": "no such query"}]})
        return httpx.Response(200, json={"queryId": "Q", "query": QUERY, **state})

    return answer


def done(document: str | None, **more: Any) -> dict[str, Any]:
    return {"processingStatus": "DONE", **({"dataDocumentId": document} if document else {}), **more}


RUNNING = {"processingStatus": "IN_PROGRESS"}


def read(host: Host, answer: Answer, **options: Any) -> list[bytes]:
    return [d.path.read_bytes() for d in data_kiosk.documents(host.context(answer, **options), "test", QUERY)]


def test_a_query_is_sent_waited_for_and_read(host: Host) -> None:
    assert read(host, kiosk([{"processingStatus": "IN_QUEUE"}, RUNNING, done("D")], {"D": b"{}\n"})) == [b"{}\n"]
    (sent,) = host.asked("POST", data_kiosk.QUERIES)
    assert json.loads(sent.content) == {"query": QUERY}
    assert host.state == {}


def test_done_without_a_document_means_no_data(host: Host) -> None:
    assert read(host, kiosk([done(None)])) == []
    assert host.state == {}


def test_a_broken_off_run_goes_on_with_the_same_query(host: Host) -> None:
    with pytest.raises(Stopped):
        read(host, kiosk([RUNNING]), sleep=stop)
    assert read(host, kiosk([RUNNING, done("D")], {"D": b"1"})) == [b"1"]
    assert len(host.asked("POST", data_kiosk.QUERIES)) == 1


@pytest.mark.parametrize("why", ["another text", "gone"])
def test_another_query_or_one_that_amazon_has_forgotten_is_sent_anew(host: Host, why: str) -> None:
    with pytest.raises(Stopped):
        read(host, kiosk([RUNNING]), sleep=stop)
    answer = kiosk([{"gone": True}, done("D")] if why == "gone" else [done("D")], {"D": b"1"})
    text = QUERY if why == "gone" else "query { x { z } }"
    assert len(list(data_kiosk.documents(host.context(answer), "test", text))) == 1
    assert len(host.asked("POST", data_kiosk.QUERIES)) == 2


def test_a_long_answer_comes_in_pages_that_are_queries_of_their_own(host: Host) -> None:
    states = [done("D1", pagination={"nextToken": "T"}), done("D2")]
    assert read(host, kiosk(states, {"D1": b"1", "D2": b"2"})) == [b"1", b"2"]
    bodies = [json.loads(r.content) for r in host.asked("POST", data_kiosk.QUERIES)]
    assert bodies == [{"query": QUERY}, {"query": QUERY, "paginationToken": "T"}]


def test_a_failure_says_why_where_amazon_does(host: Host) -> None:
    fatal = {"processingStatus": "FATAL", "errorDocumentId": "E"}
    with pytest.raises(DataError, match="startDate is too old"):
        read(host, kiosk([fatal], {"E": b'{"errors": "startDate is too old"}'}))
    with pytest.raises(TransientError, match="CANCELLED"):
        read(host, kiosk([{"processingStatus": "CANCELLED"}]))
    assert host.state == {}


def test_a_slow_query_is_left_to_the_next_run(host: Host) -> None:
    with pytest.raises(TransientError, match="still running"):
        read(host, kiosk([RUNNING]))
    assert len(host.state) == 1


def test_amazons_own_sandbox_case(host: Host, static_sandbox: str) -> None:
    """Its query, its id, its document's address on a host that is none of Amazon's storage: there it ends."""
    text = 'query {sampleQuery(startDate:"2023-03-01" endDate:"2023-03-31" marketplaceIds:["ATVPDKIKX0DER"]){sales{date averageSellingPrice{amount currencyCode}}}}'  # noqa: E501
    ctx = host.context(sandbox=static_sandbox)
    with pytest.raises(Exception, match=r"d34o8swod1owfl\.cloudfront\.net"):
        list(data_kiosk.documents(ctx, "test", text))
    assert json.loads(host.state["query test"])["id"] == "QueryId1"


US = "ATVPDKIKX0DER"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 19)
QUERIES = {
    "all ASINs": traffic_items.by_asin(US, FIRST, LAST),
    "their names": traffic_items.by_asin(US, FIRST, LAST, "childAsin"),
    "some ASINs": traffic_items.by_day(US, FIRST, LAST, ["B0ABCDEFGH"] * traffic_items.MOST_ASINS),
    "economics": economics.query(US, FIRST, LAST),
}


@pytest.mark.parametrize("name", QUERIES)
def test_every_field_and_argument_asked_for_is_one_of_the_schema(shared: Path, name: str) -> None:
    from amazon_spec import Specification

    assert list(Specification(shared / "specs/amazon").query_faults(QUERIES[name])) == []
    assert len(" ".join(QUERIES[name].split())) <= data_kiosk.LONGEST_QUERY
