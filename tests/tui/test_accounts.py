"""The accounts screen: what each stream did, what to do about a failure, and a sync followed live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.pages.quotas import Quota, QuotasPage
from kpiterm.analysis.view import View
from kpiterm.events import Progress, Run, RunError
from kpiterm.tui.sync_state import SyncState, ended, fold

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

SIZES = [(80, 24), (120, 40), (200, 50)]
MakeView = Callable[..., View]


def progress(**values: Any) -> Progress:
    fields: dict[str, Any] = {
        "account": "us-main", "stream": "orders", "window": 3, "windows": 12, "bytes": 1_234_567, "rows": 4210,
        "requests": 9, "note": "report is in the queue", "eta": 40.0,
    }  # fmt: skip
    return Progress(**(fields | values))


def run(**values: Any) -> Run:
    fields: dict[str, Any] = {
        "account": "us-main", "stream": "orders", "status": "ok", "windows": 12, "rows": 16840, "superseded": 3,
        "bytes": 4_900_000, "requests": 36, "throttled": 0, "seconds": "9.1", "watermark": None, "error": None,
    }  # fmt: skip
    return Run(**(fields | values))


async def sync_all(d: Desk) -> SyncState:
    await d.press("s")
    assert d.sync.started == [()]
    return SyncState(phase="running")


@pytest.mark.parametrize("size", SIZES)
async def test_each_stream_says_status_rows_and_how_far_it_reaches(
    desk: Opener, make_view: MakeView, size: tuple[int, int]
) -> None:
    async with desk(size, make_view()) as d:
        await d.press("5")
        d.assert_aligned()
        assert "synced 3 min ago" in d.row("us-main")
        assert "✓ ok" in d.row("orders")
        assert "12,304 rows  to 22 Nov 11:51" in d.row("orders")
        assert "✗ failed" in d.row("ads")
        assert "never synced" in d.row("旗舰店")


@pytest.mark.parametrize("size", SIZES)
async def test_a_note_of_a_good_run_is_read_whole(desk: Opener, make_view: MakeView, size: tuple[int, int]) -> None:
    note = "order history is truncated: without the scope read_all_orders the last 60 days only are shown"
    first, *others = make_view().accounts
    noted = replace(first, streams=(replace(first.streams[0], note=note),))
    async with desk(size, make_view(accounts=(noted, *others))) as d:
        await d.press("5")
        d.assert_aligned()
        assert "✓ ok" in d.row("orders")
        assert "! order history is truncated" in d.text()
        assert "days only are shown" in " ".join(d.text().split())


@pytest.mark.parametrize("size", [*SIZES, (60, 15)])
async def test_an_error_is_read_whole_with_its_remedy(desk: Opener, make_view: MakeView, size: tuple[int, int]) -> None:
    async with desk(size, make_view()) as d:
        await d.press("5")
        words = " ".join(d.text().replace("▌", " ").split())
        assert "AuthError: the refresh token was refused" in words
        assert "→ kpiterm account test jp" in words


async def test_s_syncs_all_and_enter_syncs_the_chosen_account(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        await d.press("5", "j", "enter")
        assert d.sync.started == [("jp-main",)]
        assert "▸ syncing" in d.row("jp-main")
        assert "▸ syncing" not in d.row("us-main")
        d.sync.say(ended(SyncState(phase="running"), 0, []))
        await d.until("sync: done ✓")
        await d.press("s")
        assert d.sync.started == [("jp-main",), ()]


@pytest.mark.parametrize("size", SIZES)
async def test_progress_is_followed_live(desk: Opener, make_view: MakeView, size: tuple[int, int]) -> None:
    async with desk(size, make_view()) as d:
        state = await sync_all(d)
        await d.press("5")
        d.sync.say(fold(state, progress()))
        await d.until("window 3/12  4,210 rows  40 s left")
        assert "sync: us-main orders 3/12" in d.rows()[0]
        d.sync.say(fold(state, progress(window=4, eta=None, note="")))
        text = await d.until("window 4/12")
        assert "1.2 MB  9 requests" in text or size[0] == 80
        d.assert_aligned()


async def test_a_stream_that_was_never_synced_shows_its_progress_too(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        state = await sync_all(d)
        await d.press("5")
        d.sync.say(fold(state, progress(account="旗舰店", stream="products", window=1, windows=2)))
        await d.until("window 1/2")
        assert "products" in d.row("window 1/2")


async def test_the_end_of_a_sync_is_summed_up_and_the_store_read_again(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        state = await sync_all(d)
        await d.press("5")
        broken = run(
            account="jp-main", stream="ads", status="failed", rows=0,
            error=RunError(kind="AccessError", message="the role is missing", hint="ask for the Advertising role"),
        )  # fmt: skip
        d.sync.say(ended(fold(fold(state, run()), broken), 6, ["jp-main ads: AccessError"]))
        text = await d.until("sync done in part: some streams failed")
        assert "16,840 rows; streams: 1 ok, 1 failed" in text
        assert "It said: jp-main ads: AccessError" in " ".join(text.split())
        assert "AccessError: the role is missing" in text
        assert "→ ask for the Advertising role" in text
        assert "sync: in part !" in d.rows()[0]
        assert d.feed.rereads == 1


async def test_a_sync_that_ended_well_leaves_the_board_alone(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        state = await sync_all(d)
        d.sync.say(ended(fold(state, run()), 0, []))
        await d.until("sync: done ✓")
        assert "16,840" not in d.text()
        await d.press("5")
        assert "✓ sync done. 16,840 rows; streams: 1 ok" in d.text()


async def test_exit_code_7_says_that_another_sync_runs(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        state = await sync_all(d)
        d.sync.say(ended(state, 7, ["busy"]))
        await d.until("another sync is running in this workspace: wait until it has ended")
        assert "sync: another one runs" in d.rows()[0]
        await d.press("escape")
        assert "wait until it has ended" not in d.text()


async def test_s_while_a_sync_runs_offers_to_stop_it(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        state = await sync_all(d)
        assert "s Stop sync" in d.rows()[-1]
        await d.press("s")
        assert "A sync is running. Stop it?" in d.text()
        await d.press("n")
        assert d.sync.stops == 0
        await d.press("s", "y")
        assert d.sync.stops == 1
        assert d.sync.started == [()]
        d.sync.say(ended(replace(state, phase="stopping"), -15, []))
        await d.until("sync: stopped")
        await d.press("5")
        assert "sync stopped: the windows that were complete are kept" in d.text()


async def test_no_accounts_says_how_to_add_one(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view(accounts=())) as d:
        await d.press("5")
        assert "kpiterm account add amazon us-main" in d.text()


async def test_what_is_left_of_the_quotas_stands_under_the_account(desk: Opener, make_view: MakeView) -> None:
    empty, used, full = Quota("createReport", 0, 15, 42.0), Quota("getReport", 9, 15, 0), Quota("getOrders", 20, 20, 0)
    async with desk((120, 40), make_view()) as d:
        await d.press("5")
        assert d.feed.shown[-1] == ("quotas",)
        await d.turn(("quotas",), QuotasPage({"us-main": (empty, used, full), "jp-main": (full,)}))
        assert "quota left: ! createReport 0 of 15, the next in 42 s, getReport 9 of 15" in d.text()
        assert "quota left: all 1 full" in d.text()
