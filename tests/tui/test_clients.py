"""The clients of an agency: which one needs a person first, and opening it without a trace of the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.pages import Nothing
from kpiterm.analysis.view import View
from kpiterm.tui.feed import PageFeed
from kpiterm.tui.headless import Outcome
from kpiterm.tui.link import Workspace
from kpiterm.tui.messages import FeedUpdate, PageUpdate
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.widgets.row_list import RowList
from tests.tui import samples
from tests.tui.conftest import HandFeed, HandHeadless, HandSync

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

MakeView = Callable[..., View]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = ("clients",)


class Agency:
    """Workspaces by name, each a set of fakes that a test works by hand."""

    def __init__(self) -> None:
        self.opened: dict[str, Workspace] = {}
        self.feeds: dict[str, HandFeed] = {}

    def __call__(self, name: str) -> Workspace:
        self.feeds[name] = HandFeed()
        self.opened[name] = Workspace(name, self.feeds[name], HandSync(), HandHeadless())
        return self.opened[name]


async def list_them(d: Desk, page: object = None) -> None:
    await d.press("w")
    await d.turn(PAGE, page or samples.clients())


def order(d: Desk) -> list[str]:
    """The clients from above."""
    known = {"fine", "acme", "seller", "jp", "asleep", "broken", "changed"}
    words = [next((word for word in row[15:].split()[:1] if word in known), "") for row in d.rows()[2:-1]]
    return [word for word in words if word]


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 50)])
async def test_the_gravest_comes_first_and_each_says_what_it_is_about(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        await list_them(d)
        assert d.feed.shown[-1] == PAGE
        d.assert_aligned()
        assert order(d) == ["broken", "acme", "asleep", "jp", "seller", "changed", "fine"]
        assert "✗ 2 breach" in d.row("acme")
        assert "33.4" in d.row("acme")
        assert any("! 1 watch" in row and " seller " in row for row in d.rows()[2:])
        assert "config.toml: cur" in d.row("broken  ")
        assert "✗ failing" in d.row(" jp ")
        assert "! 3 days ago" in d.row(" asleep ")
        assert "✗ 1 fault" in d.text()


async def test_a_wide_terminal_names_the_failing_account_and_the_next_deadline(
    desk: Opener, make_view: MakeView
) -> None:
    async with desk((140, 40), make_view()) as d:
        await list_them(d)
        assert "✗ failing: jp-main" in d.row(" jp ")
        assert "✗ 1 ! 2" in d.row(" acme ")
        assert "1 Dec review meeting" in d.row(" acme ")


async def test_the_chosen_one_is_told_in_words_with_its_remedy(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view()) as d:
        await list_them(d)
        assert "→ write USD" in d.text()
        await d.press("j")
        text = " ".join(d.text().split())
        assert "acme: 2 breach, 1 watch; ACoS 33.4 %, target ≤ 28 %; data to 21 Nov" in text
        assert "figures as of 22 Nov 11:00 UTC" in text
        assert "3 alerts open; next: 1 Dec review meeting" in text
        await d.press("j", "j")
        assert "sync failing: jp-main (AuthError: refused) → kpiterm --workspace jp runs" in " ".join(d.text().split())


async def test_o_sorts_slash_filters_y_copies_and_e_writes_what_is_shown(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view()) as d:
        await list_them(d)
        await d.press("o")
        assert order(d)[:3] == ["acme", "asleep", "broken"]
        await d.press("o")
        assert "sorted by last sync" in d.text()
        await d.press("slash", *"jp-main", "enter")
        assert order(d) == ["jp"]
        await d.press("e")
        [table] = d.headless.tables
        assert [row[:2] for row in table.rows] == [("jp", "ok")]
        assert table.rows[0][table.header.index("failing")] == "jp-main"
        await d.press("y")
        assert "copied: jp:" in d.text()
        await d.press("escape", "escape")
        assert len(order(d)) == 7


async def test_enter_opens_a_client_and_nothing_of_the_other_one_stays(desk: Opener, make_view: MakeView) -> None:
    agency = Agency()
    async with desk((120, 40), make_view(), open_workspace=agency) as d:
        await d.press("3")
        await d.turn(("inventory",), samples.inventory())
        assert "A-1" in d.text()
        await list_them(d)
        await d.press("j", "enter")
        assert d.feed.stopped
        assert d.app.current_mode == "board"
        assert d.rows()[0].startswith(" acme ")
        assert "GMV growth" not in d.text()
        d.feed.say(make_view())
        d.feed.turn(("inventory",), samples.inventory())
        await d.settle()
        assert "GMV growth" not in d.text(), "a thread of the client before spoke late"
        agency.feeds["acme"].say(make_view(workspace="acme"))
        await d.settle()
        assert "GMV growth" in d.text()
        await d.press("3")
        assert agency.feeds["acme"].shown[-1] == ("inventory",)
        assert "A-1" not in d.text()
        agency.feeds["acme"].turn(("inventory",), samples.inventory())
        await d.settle()
        await d.press("a", "s")
        assert agency.opened["acme"].headless.commands  # type: ignore[attr-defined]
        assert agency.opened["acme"].sync.started == [()]  # type: ignore[attr-defined]
        assert (d.headless.commands, d.sync.started) == ([], [])


async def test_the_list_stands_as_it_was_when_one_comes_back_to_it(desk: Opener, make_view: MakeView) -> None:
    agency = Agency()
    async with desk((120, 40), make_view(), open_workspace=agency) as d:
        await list_them(d)
        await d.press("o", "G", "k", "enter", "w")
        assert agency.feeds["jp"].shown[-1] == PAGE
        assert "sorted by name" in d.text()
        assert len(order(d)) == 7
        row = d.app.screen.query_one(RowList).row
        assert row is not None
        assert row.key == "jp"


async def test_the_client_that_is_open_is_only_gone_back_to(desk: Opener, make_view: MakeView) -> None:
    agency = Agency()
    async with desk((120, 40), make_view(), open_workspace=agency) as d:
        await list_them(d)
        await d.press("slash", *"ODR", "enter", "enter")
        assert (d.app.current_mode, agency.opened, d.feed.stopped) == ("board", {}, False)


async def test_opening_another_one_asks_while_a_sync_runs(desk: Opener, make_view: MakeView) -> None:
    agency = Agency()
    async with desk((120, 40), make_view(), open_workspace=agency) as d:
        await d.press("s")
        await list_them(d)
        await d.press("j", "enter")
        assert "A sync of seller is running, and opening acme stops it." in " ".join(d.text().split())
        await d.press("n")
        assert (agency.opened, d.sync.stops) == ({}, 0)
        await d.press("enter", "y")
        assert d.sync.stops == 1
        assert d.rows()[0].startswith(" acme ")
        assert "sync: idle" in d.rows()[0]
        d.sync.say(SyncState(phase="ended", exit_code=0))
        await d.settle()
        assert "sync: idle" in d.rows()[0]
        await d.press("s")
        assert agency.opened["acme"].sync.started == [()]  # type: ignore[attr-defined]


async def test_an_answer_that_comes_after_the_client_was_left_names_that_client(
    desk: Opener, make_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = asyncio.Event()

    async def slow(args: Sequence[str]) -> Outcome:
        await answer.wait()
        return Outcome(False, f"no: {args[0]}")

    async with desk((120, 40), make_view(), open_workspace=Agency()) as d:
        monkeypatch.setattr(d.headless, "run", slow)
        await d.press("3")
        await d.turn(("inventory",), samples.inventory())
        await d.press("a")
        await list_them(d)
        await d.press("j", "enter")
        assert d.rows()[0].startswith(" acme ")
        answer.set()
        await d.settle()
        assert "seller: no: reorder" in d.text()


async def test_freezing_ends_with_the_client_that_was_frozen(desk: Opener, make_view: MakeView) -> None:
    agency = Agency()
    async with desk((120, 40), make_view(), open_workspace=agency) as d:
        await list_them(d)
        await d.press("space", "j", "enter")
        agency.feeds["acme"].say(make_view(workspace="acme"))
        await d.settle()
        assert "FROZEN" not in d.text()
        assert "GMV growth" in d.text()


async def test_without_a_client_only_the_list_is_there(desk: Opener, make_view: MakeView) -> None:
    agency = Agency()
    async with desk((120, 40), workspace="", open_workspace=agency) as d:
        assert d.app.current_mode == "clients"
        assert d.feed.shown == [PAGE]
        await d.turn(PAGE, samples.clients())
        assert d.rows()[0].startswith(" no client is open")
        await d.press("1", "3", "tab", "s")
        assert (d.app.current_mode, d.sync.started) == ("clients", [])
        assert "1–6" not in d.rows()[-1]
        await d.press("G", "enter")
        agency.feeds["fine"].say(make_view(workspace="fine"))
        await d.settle()
        assert d.app.current_mode == "board"
        assert "GMV growth" in d.text()
        await d.press("4")
        assert d.app.current_mode == "contract"


async def test_a_home_without_any_says_how_one_is_made(desk: Opener) -> None:
    async with desk((80, 24), workspace="") as d:
        await d.turn(PAGE, Nothing("No client yet.", "kpiterm --workspace NAME init"))
        assert "→ kpiterm --workspace NAME init" in d.text()
        await d.press("e", "enter", "o")
        assert "there is no table here" in d.text()


async def test_the_list_speaks_chinese(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 40), make_view(), language="zh") as d:
        await list_them(d)
        d.assert_aligned()
        assert "2 未达标" in d.row(" acme ")
        assert "广告成本占比 33.4%" in d.row(" acme ")
        await d.press("L")
        assert "2 breach" in d.row(" acme ")


def test_pages_without_a_workspace_are_kept_fresh_by_their_own_watch(tmp_path: Path) -> None:
    """And read again only when it changes."""
    stamps: Sequence[object] = [1]
    posted: list[object] = []
    read = Event()

    def post(message: FeedUpdate | PageUpdate) -> None:
        if message.content is not None:
            posted.append(message.content)
            read.set()

    feed = PageFeed({"clients": lambda: len(posted)}, {"clients": lambda: stamps[-1]})
    feed.start(post)
    feed.show(PAGE)
    assert read.wait(5)
    read.clear()
    feed.show(PAGE)
    assert not read.wait(0.3)
    stamps = [2]
    feed.show(PAGE)
    assert read.wait(5)
    feed.stop()
    assert posted == [0, 1]
