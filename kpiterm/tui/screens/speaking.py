"""How a screen changes its language while it is open."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from kpiterm.tui.tongue import Speaker


def follow_language(screen: Screen[Any]) -> None:
    """Call it when the screen is mounted: from then on it and its widgets are told anew when the app's language
    changes."""

    def retell() -> None:
        for one in (screen, *screen.query("*")):
            if isinstance(one, Speaker):
                one.retell()

    screen.watch(screen.app, "language", retell, init=False)
