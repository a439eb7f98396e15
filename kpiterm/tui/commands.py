"""What the palette offers: every screen, every action, and those of the screen that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from kpiterm.i18n import N_, said, word
from kpiterm.tui.modes import MODES
from kpiterm.tui.tongue import _

_SYNC = (
    (N_("Stop sync"), N_("The windows that are complete are kept"), "stop"),
    (N_("Sync all"), N_("Fetch what is new of every account"), "sync"),
)
_GENERAL = (
    (N_("Re-read"), N_("Read the store again"), "reread"),
    (N_("Freeze"), N_("No update until it is pressed again"), "freeze"),
    (N_("Copy"), N_("The chosen row, into the clipboard"), "copy"),
    (N_("Export"), N_("The shown table, as CSV into the working directory"), "export"),
    (N_("Theme"), N_("Dark or light"), "toggle_dark"),
    (N_("Redraw"), N_("Draw the screen anew"), "redraw"),
    ("Language · 语言", "English / 中文", "other_language"),
    (N_("Help"), N_("Keys and symbols"), "help"),
    (N_("Quit"), N_("Leave kpiterm"), "quit"),
)


class _Program(Protocol):
    """What the commands need of the program."""

    @property
    def screen(self) -> Screen[object]: ...

    def switch_mode(self, mode: str) -> object: ...

    def call_later(self, callback: Callable[..., object], *args: object) -> bool: ...

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool: ...

    async def run_action(self, action: str) -> bool: ...


def of(app: _Program) -> Iterator[SystemCommand]:
    """The screens, the shown screen's own actions, then those of the whole program."""
    for mode in MODES:
        if app.check_action("switch_mode", (mode.name,)):
            yield SystemCommand(_(mode.title), _(mode.help), partial(app.switch_mode, mode.name))
    for binding in getattr(app.screen, "OWN", ()):
        if isinstance(binding, Binding):
            action = f"screen.{binding.action}"
            here = _(said("here: {0}", word(binding.tooltip)))
            yield SystemCommand(_(binding.description), here, partial(app.call_later, app.run_action, action))
    for title, text, action in _SYNC:
        if app.check_action(action, ()):
            yield SystemCommand(_(title), _(text), _action(app, action))
    for title, text, action in _GENERAL:
        yield SystemCommand(_(title), _(text), _action(app, action))


def _action(app: _Program, action: str) -> Callable[[], object]:
    return partial(app.call_later, app.run_action, f"app.{action}")
