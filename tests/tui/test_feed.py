"""The feed thread against real files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Event

import pytest

from kpiterm.analysis.view import View
from kpiterm.errors import StoreError
from kpiterm.tui import feed as feed_module
from kpiterm.tui.feed import SnapshotFeed
from kpiterm.tui.messages import FeedError, FeedUpdate, PageUpdate

MakeView = Callable[..., View]
PATIENCE = 20.0


class Reader:
    """Starts a feed whose `build` names the snapshot that CURRENT points to, or raises what the test wants."""

    def __init__(self, current: Path, make_view: MakeView) -> None:
        self.current = current
        self.posted: Queue[FeedUpdate | PageUpdate] = Queue()
        self.fault: Exception | None = None
        self.builds = 0
        self._make_view = make_view
        self.feed = SnapshotFeed(self._build, current, interval=0.01)

    def _build(self) -> View:
        self.builds += 1
        if self.fault:
            raise self.fault
        return self._make_view([], snapshot=self.current.read_text() if self.current.exists() else None)

    def publish(self, snapshot: str) -> None:
        fresh = self.current.with_suffix(".new")
        fresh.write_text(snapshot)
        os.replace(fresh, self.current)  # noqa: PTH105 the rename that the writer makes

    def view(self) -> View:
        content = self.posted.get(timeout=PATIENCE).content
        assert isinstance(content, View)
        return content

    def error(self) -> FeedError:
        content = self.posted.get(timeout=PATIENCE).content
        assert isinstance(content, FeedError)
        return content


@pytest.fixture
def reader(tmp_path: Path, make_view: MakeView, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setattr(feed_module, "RETRY", 0.01)
    made = Reader(tmp_path / "CURRENT", make_view)
    yield made
    made.feed.stop()


def test_each_publish_is_seen_once(reader: Reader) -> None:
    reader.publish("snap-1")
    reader.feed.start(reader.posted.put)
    assert reader.view().snapshot == "snap-1"
    reader.publish("snap-2")
    assert reader.view().snapshot == "snap-2"
    with pytest.raises(Empty):
        reader.posted.get(timeout=0.2)
    assert reader.builds == 2


def test_a_store_that_does_not_exist_yet_is_watched_too(reader: Reader) -> None:
    reader.feed.start(reader.posted.put)
    assert reader.view().snapshot is None
    reader.publish("snap-1")
    assert reader.view().snapshot == "snap-1"


def test_the_same_name_published_again_is_a_change(reader: Reader) -> None:
    reader.publish("snap-1")
    reader.feed.start(reader.posted.put)
    reader.view()
    reader.publish("snap-1")
    assert reader.view().snapshot == "snap-1"


def test_reread_builds_without_a_change(reader: Reader) -> None:
    reader.publish("snap-1")
    reader.feed.start(reader.posted.put)
    reader.view()
    reader.feed.reread()
    assert reader.view().snapshot == "snap-1"


def test_an_expected_error_is_told_with_its_hint_and_the_loop_goes_on(reader: Reader) -> None:
    reader.publish("snap-1")
    reader.fault = StoreError("snap-1 cannot be opened", hint="kpiterm store verify")
    reader.feed.start(reader.posted.put)
    told = reader.error()
    assert (told.message, told.hint) == ("snap-1 cannot be opened", "kpiterm store verify")
    reader.fault = None
    while isinstance(content := reader.posted.get(timeout=PATIENCE).content, FeedError):
        pass
    assert isinstance(content, View)
    assert content.snapshot == "snap-1"


def test_any_other_error_is_told_with_its_kind(reader: Reader) -> None:
    reader.fault = ZeroDivisionError("a KPI divides by nothing")
    reader.feed.start(reader.posted.put)
    told = reader.error()
    assert told.message == "ZeroDivisionError: a KPI divides by nothing"
    assert "kpiterm doctor" in told.hint


def test_after_stop_nothing_is_posted_even_by_a_read_that_was_under_way(tmp_path: Path, make_view: MakeView) -> None:
    begun, release, posted = Event(), Event(), Queue[FeedUpdate | PageUpdate]()

    def build() -> View:
        begun.set()
        release.wait(PATIENCE)
        return make_view([])

    feed = SnapshotFeed(build, tmp_path / "CURRENT", interval=0.01)
    feed.start(posted.put)
    assert begun.wait(PATIENCE)
    feed.stop()
    release.set()
    with pytest.raises(Empty):
        posted.get(timeout=0.2)


def test_only_the_newest_update_matters(make_view: MakeView) -> None:
    assert FeedUpdate(make_view([])).can_replace(FeedUpdate(make_view([])))
