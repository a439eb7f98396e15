"""The frame of the calls: headers, pages by the cursor, errors inside a success, what the settings may hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import DataError, SettingError, Window
from kpiterm_junglescout import probes

if TYPE_CHECKING:
    from conftest import Host

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=1), NOW)
SETTINGS = {"key_name": "my_key", "keywords": "bath mat; rug, large", "categories": "Home & Kitchen"}


def idea(name: str) -> dict[str, Any]:
    return {"id": f"us/{name}", "type": "x", "attributes": {"name": name, "monthly_search_volume_exact": 7}}


class Pages:
    """Three pages of keyword ideas for each phrase; the addresses of the next ones lead elsewhere on purpose."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        cursor = int(request.url.params.get("page[cursor]", "1"))
        phrase = json.loads(request.content)["data"]["attributes"]["search_terms"]
        following = f"http://elsewhere.example/x?page%5Bcursor%5D={cursor + 1}" if cursor < 3 else None
        return httpx.Response(200, json={
            "data": [idea(f"{phrase} {cursor}")], "links": {"self": "x", "next": following}, "meta": {"total_items": 3},
        })  # fmt: skip


def test_every_call_is_signed_without_a_scheme_and_names_its_api(host: Host) -> None:
    host.sync(host.context(Pages(), settings={**SETTINGS, "api_type": "cobalt"}), "keyword-ideas", WINDOW)
    headers = host.requests[0].headers
    assert headers["authorization"] == "my_key:the-secret-api-key"
    assert headers["x_api_type"] == "cobalt"
    assert headers["accept"] == "application/vnd.junglescout.v1+json"
    assert headers["content-type"] == "application/vnd.api+json"


def test_pages_are_followed_by_their_cursor_alone(host: Host) -> None:
    host.sync(host.context(Pages(), settings=SETTINGS), "keyword-ideas", WINDOW)
    assert [dict(r.url.params).get("page[cursor]") for r in host.requests] == [None, "2", "3"] * 2
    assert {r.url.host for r in host.requests} == {"developer.junglescout.com"}
    assert {dict(r.url.params)["page[size]"] for r in host.requests} == {"50"}
    assert host.rows("select keyword, search_volume, item_id, kind from keyword_rank order by 1") == [
        (f"{phrase} {n}", 7, None, None) for phrase in ("bath mat", "rug, large") for n in (1, 2, 3)
    ]


def test_the_query_names_its_type_and_the_categories(host: Host) -> None:
    host.sync(host.context(Pages(), settings=SETTINGS), "keyword-ideas", WINDOW)
    assert json.loads(host.requests[0].content) == {"data": {
        "type": "keywords_by_keyword_query",
        "attributes": {"search_terms": "bath mat", "categories": ["Home & Kitchen"]},
    }}  # fmt: skip


def test_pages_that_go_round_in_circles_end(host: Host) -> None:
    def circle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": [], "links": {"next": "/x?page[cursor]=same"}})

    with pytest.raises(DataError, match="points back"):
        host.sync(host.context(circle, settings=SETTINGS), "keyword-ideas", WINDOW)


def test_errors_inside_a_success_are_errors(host: Host) -> None:
    answer = {"data": [], "links": {}, "meta": {"total_items": 0, "errors": [{"detail": "keyword not found"}]}}
    ctx = host.context(lambda _: httpx.Response(200, json=answer))
    with pytest.raises(DataError, match="keyword not found"):
        host.sync(ctx, "share-of-voice", WINDOW)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"links": {}}', b'{"data": [], "links": 5}'])
def test_an_answer_of_another_shape_is_refused(host: Host, body: bytes) -> None:
    ctx = host.context(lambda _: httpx.Response(200, content=body))
    with pytest.raises(DataError) as caught:
        host.sync(ctx, "share-of-voice", WINDOW)
    assert "nothing was stored" in caught.value.hint


def test_settings_that_hold_nonsense_are_named(host: Host) -> None:
    with pytest.raises(SettingError, match="'BAD'"):
        host.sync(host.context(Pages(), settings={**SETTINGS, "asins": "BAD"}), "sales-estimates", WINDOW)
    with pytest.raises(SettingError, match="'xx'"):
        host.context(Pages(), settings={**SETTINGS, "marketplace": "xx"})


def test_a_dropped_header_is_suspected_where_the_key_was_not_refused(host: Host) -> None:
    ctx = host.context(lambda _: httpx.Response(400, json={"errors": [{"detail": "bad request"}]}))
    sign_in = next(iter(probes.test(ctx)))
    assert not sign_in.ok
    assert "X_API_Type" in sign_in.detail
