"""The picture for documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kpiterm.analysis.view import View
from kpiterm.tui import screenshot
from kpiterm.tui.app import KpitermApp
from kpiterm.tui.feed import SnapshotFeed
from kpiterm.tui.sync_process import SyncProcess


def app(build: Callable[[], View], folder: Path) -> KpitermApp:
    return KpitermApp(
        feed=SnapshotFeed(build, folder / "CURRENT"), sync=SyncProcess(["false"]), workspace="seller", version="0.0"
    )


async def test_the_picture_holds_the_board_and_calls_no_server(tmp_path: Path, make_view: Callable[..., View]) -> None:
    path = tmp_path / "board.svg"
    await screenshot.save_svg(app(make_view, tmp_path), path)
    svg = path.read_text(encoding="utf-8")
    words = " ".join(ET.fromstring(svg).itertext()).replace("\xa0", " ")
    assert "GMV growth" in words
    assert "✗ breach" in words
    assert "url(http" not in svg.replace('"', "")
    assert not re.search(r"@font-face|@import|href=.http", svg)


async def test_keys_lead_to_another_screen(tmp_path: Path, make_view: Callable[..., View]) -> None:
    path = tmp_path / "help.svg"
    await screenshot.save_svg(app(make_view, tmp_path), path, steps=[("5", "us-main"), ("question_mark", "this help")])
    assert "on this screen (Accounts)" in path.read_text(encoding="utf-8").replace("&#160;", " ")


async def test_no_data_in_time_is_an_error_that_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build() -> View:
        raise OSError("no such disk")

    monkeypatch.setattr(screenshot, "PATIENCE", 0.5)
    with pytest.raises(TimeoutError, match="no such disk"):
        await screenshot.save_svg(app(build, tmp_path), tmp_path / "board.svg")
    assert not (tmp_path / "board.svg").exists()
