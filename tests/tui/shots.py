"""The screen as a small text file: its rows, and below them which words stand in the colour of a state.

`KPITERM_SNAPSHOTS=write` in the environment writes the files anew; look at their diff before you commit it.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from kpiterm.tui.app import KpitermApp
from kpiterm.tui.themes import DARK

FOLDER = Path(__file__).parent / "snapshots"
WRITE = os.environ.get("KPITERM_SNAPSHOTS") == "write"
_COLOURS = {"error": str(DARK.error), "warning": str(DARK.warning)}


class Shots:
    """Compares what is shown with the files, and gathers what differs; each name once."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.differences: list[str] = []

    def take(self, app: KpitermApp, name: str) -> None:
        """The screen as it stands now, against `snapshots/NAME.txt`."""
        assert name not in self.names
        self.names.append(name)
        seen, file = pictured(app), FOLDER / f"{name}.txt"
        known = file.read_text("utf-8") if file.exists() else ""
        if WRITE:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(seen, "utf-8")
        elif seen != known:
            lines = difflib.unified_diff(
                known.splitlines(), seen.splitlines(), f"{name}: known", "now", lineterm="", n=1
            )
            self.differences.append("\n".join(lines))

    def compare(self) -> None:
        """Fails with everything that differs."""
        told = "\n\n".join(self.differences)
        assert not told, f"{told}\n\nas it should be? KPITERM_SNAPSHOTS=write pytest tests/tui/test_snapshots.py"


def pictured(app: KpitermApp) -> str:
    """Rows without the blanks at their ends, then `row: colour "words"` for what is coloured as a state."""
    strips = app.screen._compositor.render_strips()
    rows = [strip.text.rstrip() for strip in strips]
    marks = []
    for number, strip in enumerate(strips, 1):
        for text, style, _ in strip:
            name = _meaning(style.color.get_truecolor()) if style and style.color else ""
            if name and text.strip():
                marks.append(f'{number}: {name} "{text.strip()}"')
    return "\n".join([*rows, "", *marks, ""])


def _meaning(colour: tuple[int, int, int]) -> str:
    """The state whose colour this is, but for rounding."""
    for name, known in _COLOURS.items():
        if all(abs(part - int(known[at : at + 2], 16)) <= 2 for part, at in zip(colour, (1, 3, 5), strict=True)):
            return name
    return ""
