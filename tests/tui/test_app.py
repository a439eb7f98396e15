"""Keys, help, themes, quitting, and a program that never waits for its data."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.view import View
from kpiterm.tui import themes
from kpiterm.tui.feed import SnapshotFeed

if TYPE_CHECKING:
    from tests.tui.conftest import Opener

MakeView = Callable[..., View]


async def test_help_explains_every_key_and_symbol(desk: Opener, make_view: MakeView) -> None:
    async with desk((80, 40), make_view()) as d:
        await d.press("question_mark")
        text = d.text()
        for explained in ("ctrl+p", "sync all accounts", "✗ breach", "! watch", "✓ ok", "– no data", "settling"):
            assert explained in text
        await d.press("question_mark")
        assert "GMV growth" in d.text()


async def test_the_palette_names_every_command(desk: Opener, make_view: MakeView) -> None:
    screens = ("Board", "KPI", "Inventory", "Contract", "Accounts", "Alerts", "Clients")
    async with desk((120, 60), show=make_view()) as d:
        await d.press("ctrl+p")
        for command in (*screens, "Sync all", "Re-read", "Freeze", "Copy", "Export", "Theme", "Help", "Quit"):
            await d.until(command)


async def test_d_changes_between_dark_and_light(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        await d.press("d")
        first = d.app.theme
        await d.press("d")
        assert {first, d.app.theme} == {themes.DARK.name, themes.LIGHT.name}
        assert "GMV growth" in d.text()


async def test_r_reads_again(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        await d.press("r")
        assert d.feed.rereads == 1


async def test_a_sync_can_be_asked_for_at_the_start(desk: Opener) -> None:
    async with desk(sync_at_start=True) as d:
        assert d.sync.started == [()]


async def test_q_quits_at_once_and_ends_feed_and_sync(desk: Opener, make_view: MakeView) -> None:
    async with desk(show=make_view()) as d:
        await d.pilot.press("q")
    assert d.feed.stopped
    assert d.sync.closed


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quitting_asks_while_a_sync_runs(desk: Opener, make_view: MakeView, key: str) -> None:
    async with desk(show=make_view()) as d:
        await d.press("s", key)
        assert "A sync is running, and quitting stops it" in d.text()
        await d.press("ctrl+q", "n")
        assert "quitting" not in d.text(), "it was asked twice"
        assert not d.sync.closed
        await d.press(key)
        await d.pilot.press("y")
    assert d.sync.closed


async def test_the_screens_answer_while_the_store_is_being_read(desk: Opener, tmp_path: Path) -> None:
    reading, release = Event(), Event()

    def build() -> View:
        reading.set()
        release.wait(60)
        raise OSError("too late")

    feed = SnapshotFeed(build, tmp_path / "CURRENT")
    async with desk(feed=feed) as d:
        assert await asyncio.to_thread(reading.wait, 20)
        assert "reading the store…" in d.text()
        await d.press("5", "question_mark")
        assert "every command, by name" in d.text()
    # The program has ended although the read has not.
    assert not release.is_set()
    release.set()


@pytest.mark.parametrize(
    ("variables", "colours", "name"),
    [
        ({}, "truecolor", "kpiterm-dark"),
        ({}, "256", "kpiterm-dark"),
        ({"COLORFGBG": "0;15"}, "truecolor", "kpiterm-light"),
        ({"COLORFGBG": "15;0"}, "truecolor", "kpiterm-dark"),
        ({}, "standard", "kpiterm-16"),
        ({}, None, "kpiterm-16"),
        ({"NO_COLOR": "1"}, "truecolor", "kpiterm-16"),
    ],
)
def test_the_theme_suits_the_terminal(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colours: str | None, name: str
) -> None:
    for variable in ("COLORFGBG", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert themes.suited(colours) == name


def test_opening_the_screens_loads_no_database_network_or_secrets() -> None:
    heavy = (
        "duckdb",
        "httpx",
        "keyring",
        "kpiterm.sync",
        "kpiterm.secrets",
        "kpiterm.plugins.manager",
        "kpiterm_amazon",
    )
    code = f"import sys, kpiterm.tui.app, kpiterm.tui.screenshot; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert told.stdout.strip() == "[]"
