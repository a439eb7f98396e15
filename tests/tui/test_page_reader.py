"""The thread of the pages against real files: what is shown is read, and read again when a file changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue

import pytest

from kpiterm.errors import UsageError
from kpiterm.tui.messages import FeedError, PageKey, PageState, PageUpdate
from kpiterm.tui.page_reader import PageReader

PATIENCE = 20.0


class Desk:
    """A reader of the pages `stock` and `kpi`, and what it posted."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.posted: Queue[PageUpdate] = Queue()
        self.reads: list[tuple[str, ...]] = []
        self.fault: Exception | None = None
        self.reader = PageReader({"stock": self.read("stock"), "kpi": self.read("kpi")}, (journal,), interval=0.01)
        self.reader.start(self.posted.put)

    def read(self, name: str) -> Callable[..., str]:
        def reading(*about: str) -> str:
            self.reads.append((name, *about))
            if self.fault:
                raise self.fault
            return f"{name} {' '.join(about)} {self.journal.stat().st_size}"

        return reading

    def content(self, key: PageKey) -> object:
        """What comes next of a page, after it has been said that it is being read."""
        first, then = (self.posted.get(timeout=PATIENCE) for _ in range(2))
        assert (first.key, first.content) == (key, None)
        assert then.key == key
        return then.content

    def silent(self) -> bool:
        try:
            self.posted.get(timeout=0.15)
        except Empty:
            return True
        return False


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    journal = tmp_path / "journal.jsonl"
    journal.write_text("1")
    made = Desk(journal)
    yield made
    made.reader.stop()


def test_a_page_is_read_when_it_is_shown_and_not_again_without_a_change(desk: Desk) -> None:
    assert desk.silent()
    desk.reader.show(("kpi", "acos", "all"))
    assert desk.content(("kpi", "acos", "all")) == "kpi acos all 1"
    desk.reader.show(("stock",))
    assert desk.content(("stock",)) == "stock  1"
    desk.reader.show(("kpi", "acos", "all"))
    assert desk.silent()


def test_only_the_shown_page_is_read_again_when_a_file_changes(desk: Desk) -> None:
    desk.reader.show(("kpi", "acos", "all"))
    desk.content(("kpi", "acos", "all"))
    desk.reader.show(("stock",))
    desk.content(("stock",))
    desk.journal.write_text("12")
    assert desk.content(("stock",)) == "stock  2"
    assert desk.silent()
    desk.reader.show(("kpi", "acos", "all"))
    assert desk.content(("kpi", "acos", "all")) == "kpi acos all 2"


def test_an_error_is_the_pages_own_and_it_is_tried_again_when_shown_again(desk: Desk) -> None:
    desk.fault = UsageError("several contracts", hint="name one")
    desk.reader.show(("stock",))
    told = desk.content(("stock",))
    assert isinstance(told, FeedError)
    assert (told.message, told.hint) == ("several contracts", "name one")
    assert desk.silent(), "it is not tried again and again"
    desk.fault = None
    desk.reader.show(("stock",))
    assert desk.content(("stock",)) == "stock  1"


def test_any_other_error_is_told_with_its_kind(desk: Desk) -> None:
    desk.fault = ZeroDivisionError("by nothing")
    desk.reader.show(("stock",))
    told = desk.content(("stock",))
    assert isinstance(told, FeedError)
    assert told.message == "ZeroDivisionError: by nothing"


def test_reread_reads_the_shown_page(desk: Desk) -> None:
    desk.reader.show(("stock",))
    desk.content(("stock",))
    desk.reader.reread()
    assert desk.content(("stock",)) == "stock  1"
    desk.reader.show(None)
    desk.reader.reread()
    assert desk.silent()


def test_a_page_keeps_its_content_while_it_is_read_again_or_cannot_be() -> None:
    key = ("stock",)
    shown = PageUpdate(key, "content").after(PageState())
    again = PageUpdate(key, None).after(shown)
    assert (again.content, again.reading) == ("content", True)
    failed = PageUpdate(key, FeedError("gone", "", datetime.now(UTC))).after(again)
    assert (failed.content, failed.reading) == ("content", False)
    assert PageUpdate(key, "new").after(failed) == PageState("new")


def test_of_one_page_only_the_newest_update_matters() -> None:
    assert PageUpdate(("stock",), 1).can_replace(PageUpdate(("stock",), 2))
    assert not PageUpdate(("stock",), 1).can_replace(PageUpdate(("kpi",), 2))
