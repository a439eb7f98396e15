"""A picture of the running program as SVG, for documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from kpiterm.tui import themes
from kpiterm.tui.app import KpitermApp

PATIENCE = 30.0
"""Seconds to wait for the first View, and for what keys lead to."""


async def save_svg(
    app: KpitermApp, path: Path, size: tuple[int, int] = (120, 36), steps: Sequence[tuple[str, str]] = ()
) -> None:
    """Run `app` without a terminal until it shows data, take each step, which is a key and a text that is then awaited,
    and write what it shows to `path`."""
    app.theme = themes.DARK.name
    async with app.run_test(size=size) as pilot:
        await _wait(pilot, lambda: app.view is not None, app)
        for key, text in steps:
            await pilot.press(key)
            await _wait(pilot, partial(_shows, app, text), app)
        path.write_text(portable(app.export_screenshot()), encoding="utf-8")


def _shows(app: KpitermApp, text: str) -> bool:
    return text.replace(" ", "&#160;") in app.export_screenshot()


async def _wait(pilot: Pilot[None], there: Callable[[], bool], app: KpitermApp) -> None:
    waited = 0.0
    await pilot.pause()
    while not there():
        if waited >= PATIENCE:
            why = app.feed_error or "the store is still being read"
            raise TimeoutError(f"no data within {PATIENCE:.0f} s: {why}")
        await pilot.pause(0.05)
        waited += 0.05


def portable(svg: str) -> str:
    """Without the exporter's link to a font on a public server, and with spaces that every renderer keeps."""
    local = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    return local.replace("<svg ", '<svg xml:space="preserve" ', 1)
