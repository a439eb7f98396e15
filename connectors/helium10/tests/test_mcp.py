"""The MCP client: the session, both forms of an answer, and calls that are refused before they are made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import AccessError, DataError, SettingError, TransientError
from kpiterm.plugins.errors import PluginError
from kpiterm_helium10.events import messages
from kpiterm_helium10.mcp import Session, session
from kpiterm_helium10.tools import INVENTORY, PRODUCT_PROFIT, PROFIT_SERIES, READ_ONLY

if TYPE_CHECKING:
    from conftest import FakeMcp, Host

ANSWER = {"data": {"rows": []}}
SCHEMA = {
    "type": "object",
    "properties": {
        "marketplace": {"type": "array", "items": {"$ref": "#/$defs/place"}, "minItems": 1},
        "page_size": {"type": "integer", "maximum": 1000},
        "session_id": {"type": "string"},
    },
    "required": ["marketplace"],
    "additionalProperties": False,
    "$defs": {"place": {"type": "string", "enum": ["US", "UK"]}},
}


def test_the_token_is_sent_bare_and_the_session_is_named_from_then_on(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: ANSWER})
    session(host.context(fake)).call(INVENTORY, {})
    assert {request.headers["authorization"] for request in fake.requests} == {"h10_mcp_secret-value"}
    assert [request.headers.get("mcp-session-id") for request in fake.requests] == [None, *["session-1"] * 3]
    assert [m["method"] for m in fake.messages] == [
        "initialize", "notifications/initialized", "tools/list", "tools/call",
    ]  # fmt: skip
    assert all("text/event-stream" in request.headers["accept"] for request in fake.requests)


def test_a_token_with_its_scheme_is_refused_with_the_remedy(fake_mcp: type[FakeMcp], host: Host) -> None:
    with pytest.raises(SettingError) as caught:
        host.context(fake_mcp({}), secrets={"token": "Bearer h10_mcp_x"})
    assert "bare" in caught.value.hint


def test_an_event_stream_says_the_same_as_json(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: {"data": {"rows": [{"asin": "B0EXAMPLE1", "note": "line\nbreak"}]}}})
    plain = session(host.context(fake)).call(INVENTORY, {})
    fake.streamed = True
    assert session(host.context(fake)).call(INVENTORY, {}) == plain
    assert plain
    assert plain.data["data"]["rows"][0]["note"] == "line\nbreak"


def test_events_may_span_lines_and_hold_remarks() -> None:
    body = b': hi\r\n\r\nevent: message\r\nid: 1\r\ndata: {"a":\r\ndata:  1}\r\n\r\ndata: {}\n\ndata: last'
    assert [json.loads(message) for message in list(messages(body))[:2]] == [{"a": 1}, {}]
    assert list(messages(body))[-1] == b"last"


def test_the_gateways_session_is_echoed_in_every_later_call(fake_mcp: type[FakeMcp], host: Host) -> None:
    first = [{"type": "text", "text": json.dumps(ANSWER) + "\n[gateway-meta] session_id=gw-77"}]
    fake = fake_mcp({INVENTORY: {"content": first}}, {INVENTORY: SCHEMA})
    mcp = session(host.context(fake))
    for _ in range(3):
        answer = mcp.call(INVENTORY, {"marketplace": ["US"]})
        assert answer
        assert answer.data == ANSWER
    assert [call.get("session_id") for call in fake.calls(INVENTORY)] == [None, "gw-77", "gw-77"]


def test_a_gateways_session_that_was_lost_on_the_way_is_asked_for_anew(fake_mcp: type[FakeMcp], host: Host) -> None:
    answers = [{"content": [{"type": "text", "text": "session_id is missing"}], "isError": True}, ANSWER]
    fake = fake_mcp({INVENTORY: lambda _: answers.pop(0)})
    answer = session(host.context(fake)).call(INVENTORY, {})
    assert answer
    assert answer.data == ANSWER
    assert [m["method"] for m in fake.messages].count("initialize") == 2


def test_the_run_has_one_session_for_all_streams(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: ANSWER, PROFIT_SERIES: {"data": {"metrics": []}}})
    ctx = host.context(fake)
    session(ctx).call(INVENTORY, {})
    session(ctx).call(PROFIT_SERIES, {})
    assert [m["method"] for m in fake.messages].count("initialize") == 1


def test_a_forgotten_session_is_opened_again_once(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: ANSWER})
    mcp = session(host.context(fake))
    mcp.call(INVENTORY, {})
    fake.forget = True
    assert mcp.call(INVENTORY, {})
    assert fake.requests[-1].headers["mcp-session-id"] == "session-2"


def test_a_tool_that_is_not_on_the_list_is_never_called(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({"sync_listing_to_amazon": ANSWER})
    with pytest.raises(DataError, match="not on the list of tools that only read"):
        session(host.context(fake)).call("sync_listing_to_amazon", {})
    assert fake.requests == []
    assert not [name for name in READ_ONLY if not name.startswith(("get_", "execute_ads_query"))]


def test_a_tool_that_the_plan_lacks_is_a_matter_of_access(fake_mcp: type[FakeMcp], host: Host) -> None:
    with pytest.raises(AccessError) as caught:
        session(host.context(fake_mcp({INVENTORY: ANSWER}))).call(PRODUCT_PROFIT, {})
    assert "change plan" in caught.value.hint


@pytest.mark.parametrize(
    ("needed", "fault"),
    [
        ({}, "lacks marketplace"),
        ({"marketplace": ["XX"]}, r"marketplace\[0\] is 'XX'"),
        ({"marketplace": "US"}, "marketplace is no array"),
        ({"marketplace": []}, "less than 1"),
        ({"marketplace": ["US"], "page_size": 5000}, "more than 1000"),
        ({"marketplace": ["US"], "since": "2026"}, "may not hold since"),
    ],
)
def test_arguments_that_the_tools_own_schema_refuses_are_not_sent(
    fake_mcp: type[FakeMcp], host: Host, needed: Any, fault: str
) -> None:
    fake = fake_mcp({INVENTORY: ANSWER}, {INVENTORY: SCHEMA})
    with pytest.raises(DataError, match=fault):
        session(host.context(fake)).call(INVENTORY, needed)
    assert fake.calls(INVENTORY) == []


def test_optional_arguments_go_along_only_where_the_schema_knows_them(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: ANSWER}, {INVENTORY: SCHEMA})
    session(host.context(fake)).call(INVENTORY, {"marketplace": ["US"]}, {"page_size": 5, "currency": "USD"})
    assert fake.calls(INVENTORY) == [{"marketplace": ["US"], "page_size": 5}]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("DATA_IN_PROGRESS: try later", TransientError),
        ("Permission denied for this marketplace", AccessError),
        ("Too many requests", TransientError),
        ("bad question", DataError),
    ],
)
def test_a_tools_own_error_is_named_by_what_to_do(
    fake_mcp: type[FakeMcp], host: Host, said: str, error: type[PluginError]
) -> None:
    fake = fake_mcp({INVENTORY: {"content": [{"type": "text", "text": said}], "isError": True}})
    with pytest.raises(error, match=INVENTORY) as caught:
        session(host.context(fake)).call(INVENTORY, {})
    assert caught.value.hint


def test_no_result_is_nothing_rather_than_an_error(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: {"content": [{"type": "text", "text": '{"status": "no_result"}'}], "isError": True}})
    assert session(host.context(fake)).call(INVENTORY, {}) is None


def test_structured_content_is_read_where_there_is_any(fake_mcp: type[FakeMcp], host: Host) -> None:
    fake = fake_mcp({INVENTORY: {"content": [{"type": "text", "text": "see below"}], "structuredContent": ANSWER}})
    answer = session(host.context(fake)).call(INVENTORY, {})
    assert answer
    assert answer.data == ANSWER


def test_pages_of_tools_are_all_read_and_end(host: Host) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        message = json.loads(request.content)
        page = {"tools": [{"name": INVENTORY}], "nextCursor": "again"}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": message.get("id"), "result": page})

    with pytest.raises(DataError, match="goes on after"):
        Session(host.context(endless)).open()


def test_an_answer_that_breaks_off_is_tried_again_later(host: Host) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="data: {}\n\n", headers={"Content-Type": "text/event-stream"})

    with pytest.raises(TransientError, match="ends without a result"):
        Session(host.context(broken)).open()
