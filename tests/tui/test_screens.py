"""Every screen beside the board: what it shows, what it says without data, and what it says when it cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.pages import Nothing
from kpiterm.analysis.view import View
from kpiterm.tui.messages import FeedError, PageKey
from kpiterm.tui.modes import MODES
from kpiterm.tui.sync_state import SyncState
from tests.tui import samples

if TYPE_CHECKING:
    from tests.tui.conftest import Opener

MakeView = Callable[..., View]
SINCE = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCREENS: list[tuple[str, PageKey, object, Sequence[str]]] = [
    ("2", ("kpi", "gmv_mom", "all"), samples.kpi_page(),
     ["── cause", "GMV growth", "11.2 %", "ACoS rose 3.00 pp to 28.00 %"]),
    ("3", ("inventory",), samples.inventory(),
     ["2 of 3 SKUs to order, 1 late", "✗ 6 Sep late", "A-1", "浴室架-2", "480", "order by"]),
    ("4", ("contract",), samples.contract_page(),
     ["fee of 2026-11 so far", "base fee", "8,000.00", "to be paid", "in 9 d", "last day for notice", "at floor"]),
    ("6", ("alerts",), samples.alerts(), ["✗ critical", "Order defect rate", "1.1 % < 1 %", "breach", "phone"]),
]  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
@pytest.mark.parametrize(("key", "page", "content", "texts"), SCREENS)
async def test_a_screen_is_read_when_it_is_opened_and_shows_its_page(
    desk: Opener,
    make_view: MakeView,
    size: tuple[int, int],
    key: str,
    page: PageKey,
    content: object,
    texts: Sequence[str],
) -> None:
    async with desk(size, make_view()) as d:
        await d.press(key)
        assert d.feed.shown[-1] == page
        await d.turn(page, content)
        d.assert_aligned()
        for text in texts:
            assert text in d.text()
        await d.press("1")
        assert d.feed.shown[-1] is None


@pytest.mark.parametrize(("key", "page", "content", "texts"), SCREENS)
async def test_a_screen_says_that_it_is_read_and_why_it_cannot_be(
    desk: Opener, make_view: MakeView, key: str, page: PageKey, content: object, texts: Sequence[str]
) -> None:
    async with desk((80, 24), make_view()) as d:
        await d.press(key)
        await d.turn(page, None)
        assert "…" in d.text()
        await d.turn(page, FeedError("contracts/a.toml: no such key", "kpiterm contract check", SINCE))
        assert "✗ this page cannot be read since 12:00 UTC: contracts/a.toml: no such key" in " ".join(d.text().split())
        assert "→ kpiterm contract check" in d.text()
        await d.turn(page, content)
        assert "cannot be read" not in d.text()
        assert texts[0] in d.text()
        await d.turn(page, FeedError("disk", "", SINCE))
        assert "what you see is older" in d.text()
        await d.press("1")
        assert "cannot be read" not in d.text(), "the board knows nothing of it"


@pytest.mark.parametrize(("key", "page"), [("3", ("inventory",)), ("4", ("contract",)), ("6", ("alerts",))])
async def test_a_screen_without_data_says_what_would_change_that(
    desk: Opener, make_view: MakeView, key: str, page: PageKey
) -> None:
    async with desk((80, 24), make_view()) as d:
        await d.press(key)
        await d.turn(page, Nothing("No contract yet.", "kpiterm init writes one"))
        assert "No contract yet." in d.text()
        assert "→ kpiterm init writes one" in d.text()


async def test_a_kpi_screen_without_any_kpi_says_what_to_do(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view([])) as d:
        await d.press("2")
        assert "No KPI has been measured yet" in d.text()
        assert d.feed.shown[-1] is None


async def test_old_data_say_so_on_every_screen(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view(as_of=SINCE - timedelta(days=3))) as d:
        for key in "123456":
            await d.press(key)
            assert "! as of 3 days ago" in d.rows()[0]


async def test_a_terminal_that_is_too_small_keeps_a_compact_board(desk: Opener, make_view: MakeView) -> None:
    async with desk((56, 14), make_view()) as d:
        d.assert_aligned()
        assert "11.2 %" in d.row("GMV growth")
        assert "us-main" not in d.text()
        await d.pilot.resize_terminal(80, 24)
        await d.settle()
        assert "us-main" in d.text()


async def test_the_kpi_page_tells_definition_bridge_sources_and_what_is_missing(
    desk: Opener, make_view: MakeView
) -> None:
    async with desk((120, 70), make_view()) as d:
        await d.press("2")
        await d.turn(("kpi", "gmv_mom", "all"), samples.kpi_page(without={"sql": "it has none"}, sql=""))
        for text in ("amazon.business-report", "Ad spend divided by", "1,651 rows", "3 payloads", "it has none"):
            assert text in d.text()


async def test_the_contract_tells_clauses_access_and_statements(desk: Opener, make_view: MakeView) -> None:
    async with desk((120, 60), make_view()) as d:
        await d.press("4")
        await d.turn(("contract",), samples.contract_page())
        text = d.text()
        assert "✗ 12 d late" in d.row("statement of 2026-10 due")
        assert text.index("✗ breached") < text.index("✓ met")
        assert "✗ unknown principal" in text
        assert "8,123.45" in d.row("2026-09")
        assert "Base fee" in text


async def test_a_month_that_cannot_be_settled_says_why(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view()) as d:
        await d.press("4")
        await d.turn(("contract",), samples.contract_page(fee=None, no_fee="no terms hold in 2026-11"))
        assert "no terms hold in 2026-11" in d.text()


async def test_before_any_data_the_screens_say_what_would_bring_some(desk: Opener, make_view: MakeView) -> None:
    empty = [replace(gauge, value=None, state="no_data") for gauge in make_view().gauges]
    async with desk((80, 24), make_view(empty, accounts=())) as d:
        assert "no shop is connected" in d.text()
        assert "kpiterm account add amazon" in d.text()
        await d.press("5")
        assert "No account yet" in d.text()
        await d.press("1")
        await d.show(make_view(empty))
        assert "No data yet. Press s to sync" in d.text()
        await d.press("s")
        assert "The first sync is running" in d.text()
        d.sync.say(SyncState(phase="ended", exit_code=0))
        await d.show(make_view())
        assert "first sync" not in d.text()


async def test_a_store_that_cannot_be_read_is_told_once_on_every_screen(desk: Opener) -> None:
    newer = FeedError("written by a newer kpiterm (tables of version 99)", "upgrade kpiterm", SINCE)
    async with desk((80, 24)) as d:
        assert "reading the store…" in d.text()
        await d.show(newer)
        for key in "123456":
            await d.press(key)
            await d.turn(("inventory",), newer)
            text = d.text()
            assert text.count("written by a newer kpiterm") == 1
            assert "→ upgrade kpiterm" in text
            assert "There is nothing to show before the store can be read" in text
            assert "reading" not in text.replace("before the store can be read", "")


async def test_old_data_say_what_to_type(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 24), make_view(as_of=SINCE - timedelta(days=3))) as d:
        assert "! The data are 3 days old. Press s to sync now" in d.text()
        await d.press("s")
        assert "days old" not in d.text()


@pytest.mark.parametrize(("key", "page", "content", "texts"), SCREENS)
async def test_a_screen_that_is_built_ahead_is_neither_shown_nor_read_until_it_is_opened(
    desk: Opener, make_view: MakeView, key: str, page: PageKey, content: object, texts: Sequence[str]
) -> None:
    async with desk((120, 40), make_view()) as d:
        seen, shown = d.text(), list(d.feed.shown)
        for mode in MODES:
            await d.app.build(mode.name)
            await d.pilot.pause()
        assert (d.text(), d.feed.shown) == (seen, shown)
        await d.press(key)
        assert d.feed.shown[-1] == page
        await d.turn(page, content)
        assert texts[0] in d.text()
        d.assert_aligned()
