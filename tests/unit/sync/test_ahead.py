"""Reports are ordered before any is waited for, and found again when their turn comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kpiterm.plugins import AccessError, Context, Payload, Stream, TransientError, Window
from kpiterm.sync.ahead import Ahead
from kpiterm.sync.resume import Resume

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(NOW, NOW + timedelta(days=1))


@pytest.fixture
def resume(tmp_path: Path) -> Resume:
    return Resume(tmp_path / "one.json")


@pytest.fixture
def context(resume: Resume) -> Context:
    parts = dict.fromkeys(("account", "marketplace", "http", "download", "save_secret"))
    more: dict[str, Any] = {"settings": {}, "secrets": {}, "now": NOW, "log": lambda _: None, "sleep": lambda _: None}
    return Context(**parts, **more, recall=resume.recall, remember=resume.remember)  # type: ignore[arg-type]


def report(name: str, ahead: int, asked: list[str]) -> Stream:
    """A stream that orders a report, remembers it, waits for it and reads it."""

    def fetch(ctx: Context, _window: Window) -> Iterator[Payload]:
        if not ctx.recall(name):
            asked.append(name)
            ctx.remember(name, "id")
        ctx.sleep(60)
        yield Payload(body=b"[]", format="json", request=name)
        ctx.remember(name, None)

    return Stream(name=name, title=name, fetch=fetch, ahead=ahead)


def test_all_are_ordered_at_once_and_none_twice(resume: Resume, context: Context) -> None:
    asked: list[str] = []
    streams = [report(name, 9, asked) for name in ("one", "two", "three")]
    ahead = Ahead([(stream, [WINDOW]) for stream in streams], resume)
    for stream in streams:
        ahead.order(context)
        assert asked == ["one", "two", "three"]
        assert len(list(stream.fetch(context, WINDOW))) == 1
        ahead.taken(stream)
    assert asked == ["one", "two", "three"]


def test_no_more_are_under_way_than_the_streams_allow(resume: Resume, context: Context) -> None:
    asked: list[str] = []
    streams = [report(name, 2, asked) for name in ("one", "two", "three", "four")]
    other = report("other", 9, asked)
    ahead = Ahead([(stream, [WINDOW]) for stream in (*streams, other)], resume)
    ahead.order(context)
    assert asked == ["one", "two", "other"]
    ahead.taken(streams[0])
    ahead.order(context)
    assert asked == ["one", "two", "other", "three"]


def test_nothing_is_ordered_ahead_of_a_backlog(resume: Resume, context: Context) -> None:
    asked: list[str] = []
    first, second = report("one", 9, asked), report("two", 9, asked)
    Ahead([(first, [WINDOW, WINDOW]), (second, [WINDOW])], resume).order(context)
    assert asked == []


def test_a_stream_that_does_not_ask_for_it_is_left_to_its_turn(resume: Resume, context: Context) -> None:
    asked: list[str] = []
    Ahead([(report("one", 0, asked), [WINDOW])], resume).order(context)
    assert asked == []


@pytest.mark.parametrize(("error", "others"), [(AccessError("no role"), ["two"]), (TransientError("down"), [])])
def test_failures_are_left_to_the_fetch_and_a_vendor_that_is_down_is_left_alone(
    resume: Resume, context: Context, error: Exception, others: list[str]
) -> None:
    asked: list[str] = []

    def fails(ctx: Context, _window: Window) -> Iterator[Payload]:
        ctx.remember("fails", "id")
        ctx.remember("fails", None)
        raise error
        yield

    bad = Stream(name="bad", title="", fetch=fails, ahead=9)
    Ahead([(bad, [WINDOW]), (report("two", 9, asked), [WINDOW])], resume).order(context)
    assert asked == others
    assert resume.recall("fails") is None


def test_a_document_that_is_there_already_is_read_again_by_the_fetch(
    resume: Resume, context: Context, tmp_path: Path
) -> None:
    document = tmp_path / "document"
    closed: list[bool] = []

    def made(_ctx: Context, _window: Window) -> Iterator[Payload]:
        document.write_text("[]")
        try:
            yield Payload(body=document, format="json", request="made")
        finally:
            closed.append(True)

    Ahead([(Stream(name="made", title="", fetch=made, ahead=1), [WINDOW])], resume).order(context)
    assert (document.exists(), closed) == (False, [True])
