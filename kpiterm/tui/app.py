"""The terminal program: it routes keys, the feed and the sync to its screens, and knows no numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen

from kpiterm.analysis.view import View
from kpiterm.tui import commands, signals, themes
from kpiterm.tui.feed import Feed
from kpiterm.tui.headless import Headless, NoHeadless, Outcome, Table
from kpiterm.tui.messages import FeedError, FeedUpdate, PageKey, PageState, PageUpdate, SyncUpdate
from kpiterm.tui.modes import MODES, load_in_background
from kpiterm.tui.screens.accounts import AccountsScreen
from kpiterm.tui.screens.confirm import ConfirmScreen
from kpiterm.tui.screens.help import HelpScreen
from kpiterm.tui.screens.page import Page
from kpiterm.tui.sync_process import SyncControl
from kpiterm.tui.sync_state import SyncState

MINUTE = 60.0
PACE = 0.5
"""Seconds between two drawings of a sync's progress: a fast sync must not fill a slow line."""


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class KpitermApp(App[None]):
    """Six screens over one View and its pages. `clock` says what time it is, for the ages on the screen."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(mode.key, f"switch_mode('{mode.name}')", mode.title) for mode in MODES),
        Binding("s", "sync", "Sync all"),
        Binding("s", "stop", "Stop sync"),
        Binding("r", "reread", "Re-read"),
        Binding("space", "freeze", "Freeze", show=False),
        Binding("y", "copy", "Copy", show=False),
        Binding("e", "export", "Export", show=False),
        Binding("d", "toggle_dark", "Dark/light", show=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime] = reactive(utc_now, repaint=False)
    feed_error: reactive[FeedError | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    pages: reactive[dict[PageKey, PageState]] = reactive(dict, repaint=False)
    chosen: reactive[tuple[str, str] | None] = reactive(None, repaint=False)
    frozen: reactive[bool] = reactive(False, repaint=False)
    said: reactive[Outcome | None] = reactive(None, repaint=False)

    DEFAULT_MODE = "board"

    def __init__(
        self,
        *,
        feed: Feed,
        sync: SyncControl,
        workspace: str,
        version: str,
        headless: Headless | None = None,
        clock: Callable[[], datetime] = utc_now,
        sync_at_start: bool = False,
    ) -> None:
        # Without this Textual paints NO_COLOR in greys, and the terminal's own colours in black on black.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.title = f"kpiterm {version}"
        self._feed = feed
        self._sync = sync
        self._headless = headless or NoHeadless()
        self._clock = clock
        self._sync_at_start = sync_at_start
        self._newest = SyncState()
        self._pacing = False
        self._held: dict[PageKey, FeedUpdate | PageUpdate] = {}
        self.animation_level = "none"
        for mode in MODES:
            self.add_mode(mode.name, mode.opener(workspace))
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.suited(self.console.color_system)

    def on_mount(self) -> None:
        self.now = self._clock()
        self.set_interval(MINUTE, self._tick)
        signals.heed(self, self._sync.close)
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        self._feed.stop()
        self._sync.close()

    def _begin(self) -> None:
        """After the first paint, which needs no data."""
        self._feed.start(self.post_message)
        load_in_background()
        if self._sync_at_start:
            self.action_sync()

    def _tick(self) -> None:
        if not self.frozen:
            self.now = self._clock()

    def on_feed_update(self, message: FeedUpdate) -> None:
        if self.frozen:
            self._held[()] = message
        elif isinstance(message.content, View):
            self.feed_error = None
            self.now = self._clock()
            self.view = message.content
        elif self.feed_error is None or self.feed_error.message != message.content.message:
            self.feed_error = message.content

    def on_page_shown(self, message: Page.Shown) -> None:
        self._feed.show(message.key)

    def on_page_chosen(self, message: Page.Chosen) -> None:
        self.chosen = message.gauge

    def on_page_act(self, message: Page.Act) -> None:
        """Asyncio's own task: what a person decided is written even when they go on at once."""
        self.said = Outcome(True, f"kpiterm {' '.join(message.args)} …")
        self.run_worker(self._act(message.args), exclusive=False)

    async def _act(self, args: Sequence[str]) -> None:
        self.said = await self._headless.run(args)

    def on_page_update(self, message: PageUpdate) -> None:
        state = self.pages.get(message.key, PageState())
        if self.frozen and state.content is not None:  # a page that is opened meanwhile is shown all the same
            self._held[message.key] = message
            return
        self.pages = {**self.pages, message.key: message.after(state)}

    def on_sync_update(self, message: SyncUpdate) -> None:
        before, self._newest = self._newest, message.state
        if message.state.phase != before.phase:
            self._show_sync()
            if message.state.phase == "ended":
                self._feed.reread()
        elif not self._pacing:
            self._pacing = True
            self.set_timer(PACE, self._show_sync)

    def _show_sync(self) -> None:
        self._pacing = False
        if not self.frozen and self.sync_state is not self._newest:
            self.sync_state = self._newest
            self.refresh_bindings()

    def action_freeze(self) -> None:
        """No update is shown until this is called again; then the newest ones are."""
        self.frozen = not self.frozen
        if not self.frozen:
            held, self._held = self._held, {}
            for message in held.values():
                self.post_message(message)
            self._tick()
            self._show_sync()

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

    def action_copy(self) -> None:
        """The chosen row, into the clipboard of the terminal that a person sits at."""
        if isinstance(self.screen, Page) and (text := self.screen.copied()):
            self.copy_to_clipboard(text)
            self.said = Outcome(True, f"copied: {text}")

    def action_export(self) -> None:
        """The shown table, into a file."""
        table: Table | None = self.screen.table() if isinstance(self.screen, Page) else None
        self.said = self._headless.export(table) if table else Outcome(False, "there is no table here to export")

    def action_toggle_dark(self) -> None:
        self.theme = themes.LIGHT.name if self.theme != themes.LIGHT.name else themes.DARK.name

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self.current_mode))

    def action_other_page(self, step: int = 1) -> None:
        names = [mode.name for mode in MODES]
        self.switch_mode(names[(names.index(self.current_mode) + step) % len(names)])

    async def action_quit(self) -> None:
        if not self._newest.running:
            self.exit()
            return
        question = "A sync is running, and quitting stops it. Quit? The windows that are complete are kept."
        self.push_screen(ConfirmScreen(question), lambda yes: self.exit() if yes else None)

    def get_system_commands(self, _: Screen[object]) -> Iterable[SystemCommand]:
        yield from commands.of(self, running=self._newest.running)
