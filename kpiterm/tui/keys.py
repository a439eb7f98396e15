"""The keys of the whole program; those of a screen stand in its own class."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from kpiterm.i18n import N_
from kpiterm.tui.modes import CLIENTS, MODES

KEYS: list[BindingType] = [
    *(Binding(mode.key, f"switch_mode('{mode.name}')", mode.title) for mode in MODES),
    Binding("s", "sync", N_("Sync all")),
    Binding("s", "stop", N_("Stop sync")),
    Binding("r", "reread", N_("Re-read"), show=False),
    Binding("space", "freeze", N_("Freeze"), show=False),
    Binding("y", "copy", N_("Copy"), show=False),
    Binding("e", "export", N_("Export"), show=False),
    Binding("d", "toggle_dark", N_("Dark/light"), show=False),
    Binding("L", "other_language", "English/中文", show=False),
    Binding("question_mark", "help", N_("Help"), key_display="?"),
    Binding("q", "quit", N_("Quit")),
    Binding("ctrl+l", "redraw", N_("Redraw"), show=False),
    Binding("ctrl+z", "suspend_process", show=False),
]


def without_client(action: str, parameters: tuple[object, ...]) -> bool:
    """Whether an action makes sense while no client is open."""
    return action not in ("sync", "other_page") and (action != "switch_mode" or parameters == (CLIENTS,))
