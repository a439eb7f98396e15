"""A line on which every byte counts: `--low-bandwidth`, or KPITERM_LOW_BANDWIDTH in the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver

PACE, SLOW_PACE = 0.5, 5.0


def low_bandwidth() -> bool:
    """Whether to do without own colours, mouse, blinking and frequent progress."""
    return os.environ.get("KPITERM_LOW_BANDWIDTH", "") not in ("", "0")


def plain() -> bool:
    """Whether the terminal's own colours are all there is."""
    return "NO_COLOR" in os.environ or low_bandwidth()


def pace() -> float:
    """Seconds between two drawings of a sync's progress: a fast sync must not fill a slow line."""
    return SLOW_PACE if low_bandwidth() else PACE


def driver(usual: type[Driver]) -> type[Driver]:
    """On a terminal, the one that writes only what changed; elsewhere (Windows, a browser) Textual's own."""
    if usual.__name__ != "LinuxDriver":
        return usual
    from kpiterm.tui.driver import ThriftyDriver

    return ThriftyDriver
