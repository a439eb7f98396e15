"""The terminal program: it routes keys, the feed and the sync to its screens, and knows no numbers."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen

from kpiterm.analysis.view import View
from kpiterm.tui import themes
from kpiterm.tui.feed import Feed
from kpiterm.tui.messages import FeedError, FeedUpdate, SyncUpdate
from kpiterm.tui.screens.accounts import AccountsScreen
from kpiterm.tui.screens.board import BoardScreen
from kpiterm.tui.screens.confirm import ConfirmScreen
from kpiterm.tui.screens.help import HelpScreen
from kpiterm.tui.sync_process import SyncControl
from kpiterm.tui.sync_state import SyncState

MINUTE = 60.0
PACE = 0.5
"""Seconds between two drawings of a sync's progress: a fast sync must not fill a slow line."""


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class KpitermApp(App[None]):
    """Two pages over one View. `clock` says what time it is, for the ages on the screen."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "switch_mode('board')", "Board"),
        Binding("2", "switch_mode('accounts')", "Accounts"),
        Binding("s", "sync", "Sync all"),
        Binding("s", "stop", "Stop sync"),
        Binding("r", "reread", "Re-read"),
        Binding("d", "toggle_dark", "Dark/light", show=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime] = reactive(utc_now, repaint=False)
    feed_error: reactive[FeedError | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)

    DEFAULT_MODE = "board"

    def __init__(
        self,
        *,
        feed: Feed,
        sync: SyncControl,
        workspace: str,
        version: str,
        clock: Callable[[], datetime] = utc_now,
        sync_at_start: bool = False,
    ) -> None:
        # Without this Textual paints NO_COLOR in greys, and the terminal's own colours in black on black.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.title = f"kpiterm {version}"
        self._feed = feed
        self._sync = sync
        self._clock = clock
        self._sync_at_start = sync_at_start
        self._newest = SyncState()
        self._pacing = False
        self.animation_level = "none"
        self.add_mode("accounts", lambda: AccountsScreen(workspace))
        self.add_mode("board", lambda: BoardScreen(workspace))
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.suited(self.console.color_system)

    def on_mount(self) -> None:
        self.now = self._clock()
        self.set_interval(MINUTE, self._tick)
        self._heed_signals()
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        self._feed.stop()
        self._sync.close()

    def _begin(self) -> None:
        """After the first paint, which needs no data."""
        self._feed.start(self.post_message)
        if self._sync_at_start:
            self.action_sync()

    def _tick(self) -> None:
        self.now = self._clock()

    def on_feed_update(self, message: FeedUpdate) -> None:
        if isinstance(message.content, FeedError):
            if self.feed_error is None or self.feed_error.message != message.content.message:
                self.feed_error = message.content
            return
        self.feed_error = None
        self.now = self._clock()
        self.view = message.content

    def on_sync_update(self, message: SyncUpdate) -> None:
        before, self._newest = self._newest, message.state
        if message.state.phase != before.phase:
            self._show_sync()
        elif not self._pacing:
            self._pacing = True
            self.set_timer(PACE, self._show_sync)

    def _show_sync(self) -> None:
        self._pacing = False
        if self.sync_state is self._newest:
            return
        self.sync_state = self._newest
        self.refresh_bindings()
        if self._newest.phase == "ended":
            self._feed.reread()

    def on_accounts_screen_sync_asked(self, message: AccountsScreen.SyncAsked) -> None:
        if self._newest.running:
            self.action_stop()
        else:
            self._sync.start(self.post_message, [message.account])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002 Textual's signature
        return self._newest.running if action == "stop" else not self._newest.running if action == "sync" else True

    def action_sync(self) -> None:
        self._sync.start(self.post_message)

    def action_stop(self) -> None:
        question = "A sync is running. Stop it? The windows that are complete are kept."
        self.push_screen(ConfirmScreen(question), lambda yes: self._sync.stop() if yes else None)

    def action_reread(self) -> None:
        self._feed.reread()

    def action_toggle_dark(self) -> None:
        self.theme = themes.LIGHT.name if self.theme != themes.LIGHT.name else themes.DARK.name

    def action_help(self) -> None:
        self.push_screen(HelpScreen())

    def action_other_page(self) -> None:
        self.switch_mode("accounts" if self.current_mode == "board" else "board")

    async def action_quit(self) -> None:
        if not self._newest.running:
            self.exit()
            return
        question = "A sync is running, and quitting stops it. Quit? The windows that are complete are kept."
        self.push_screen(ConfirmScreen(question), lambda yes: self.exit() if yes else None)

    def get_system_commands(self, _: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand("Board", "KPIs and their targets", lambda: self.switch_mode("board"))
        yield SystemCommand("Accounts", "Streams, errors and remedies", lambda: self.switch_mode("accounts"))
        if self._newest.running:
            yield SystemCommand("Stop sync", "The windows that are complete are kept", self.action_stop)
        else:
            yield SystemCommand("Sync all", "Fetch what is new of every account", self.action_sync)
        yield SystemCommand("Re-read", "Read the store again", self.action_reread)
        yield SystemCommand("Theme", "Dark or light", self.action_toggle_dark)
        yield SystemCommand("Help", "Keys and symbols", self.action_help)
        yield SystemCommand("Quit", "Leave kpiterm", self.action_quit)

    def _heed_signals(self) -> None:
        """SIGTERM restores the terminal; SIGHUP means that there is none left to restore."""
        if self.is_headless or os.name != "posix":
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit)
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    def _hang_up(self) -> None:
        self._sync.close()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)
