"""A picture of the running program as SVG, for documents."""

from __future__ import annotations

import re
from pathlib import Path

from kpiterm.tui import themes
from kpiterm.tui.app import KpitermApp

PATIENCE = 30.0
"""Seconds to wait for the first View."""


async def save_svg(app: KpitermApp, path: Path, size: tuple[int, int] = (120, 36)) -> None:
    """Run `app` without a terminal until it shows data, and write what it shows to `path`."""
    app.theme = themes.DARK.name
    async with app.run_test(size=size) as pilot:
        waited = 0.0
        while app.view is None and waited < PATIENCE:
            await pilot.pause(0.05)
            waited += 0.05
        if app.view is None:
            raise TimeoutError(f"no data within {PATIENCE:.0f} s: {app.feed_error or 'the store is still being read'}")
        await pilot.pause()
        path.write_text(portable(app.export_screenshot()), encoding="utf-8")


def portable(svg: str) -> str:
    """Without the exporter's link to a font on a public server, and with spaces that every renderer keeps."""
    local = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    return local.replace("<svg ", '<svg xml:space="preserve" ', 1)
