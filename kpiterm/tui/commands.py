"""What the palette offers: every screen, every action, and those of the screen that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from kpiterm.tui.modes import MODES

_GENERAL = (
    ("Re-read", "Read the store again", "reread"),
    ("Freeze", "No update until it is pressed again", "freeze"),
    ("Copy", "The chosen row, into the clipboard", "copy"),
    ("Export", "The shown table, as CSV into the working directory", "export"),
    ("Theme", "Dark or light", "toggle_dark"),
    ("Help", "Keys and symbols", "help"),
    ("Quit", "Leave kpiterm", "quit"),
)


class _Program(Protocol):
    """What the commands need of the program."""

    @property
    def screen(self) -> Screen[object]: ...

    def switch_mode(self, mode: str) -> object: ...

    def call_later(self, callback: Callable[..., object], *args: object) -> bool: ...

    async def run_action(self, action: str) -> bool: ...


def of(app: _Program, *, running: bool) -> Iterator[SystemCommand]:
    """The screens, the shown screen's own actions, then those of the whole program."""
    for mode in MODES:
        yield SystemCommand(mode.title, mode.help, partial(app.switch_mode, mode.name))
    for binding in getattr(app.screen, "OWN", ()):
        if isinstance(binding, Binding):
            action = f"screen.{binding.action}"
            yield SystemCommand(
                binding.description, f"here: {binding.tooltip}", partial(app.call_later, app.run_action, action)
            )
    if running:
        yield SystemCommand("Stop sync", "The windows that are complete are kept", _action(app, "stop"))
    else:
        yield SystemCommand("Sync all", "Fetch what is new of every account", _action(app, "sync"))
    for title, text, action in _GENERAL:
        yield SystemCommand(title, text, _action(app, action))


def _action(app: _Program, action: str) -> Callable[[], object]:
    return partial(app.call_later, app.run_action, f"app.{action}")
