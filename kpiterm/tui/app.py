"""The terminal program: it routes keys, the feed and the sync to its screens, and knows no numbers."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.reactive import reactive
from textual.screen import Screen

from kpiterm.analysis.view import View
from kpiterm.i18n import N_, said
from kpiterm.tui import commands, economy, pauses, signals, themes
from kpiterm.tui.base import BaseApp
from kpiterm.tui.feed import Feed
from kpiterm.tui.headless import Headless, NoHeadless, Outcome, Table
from kpiterm.tui.keys import KEYS, without_client
from kpiterm.tui.link import Link, Workspace, change
from kpiterm.tui.messages import FeedError, PageKey, PageState, Update
from kpiterm.tui.modes import CLIENTS, MODES, beside, build_in_background
from kpiterm.tui.screens.accounts import AccountsScreen
from kpiterm.tui.screens.help import HelpScreen
from kpiterm.tui.screens.page import Page
from kpiterm.tui.setup.desk import Desk
from kpiterm.tui.sync_process import SyncControl
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.tongue import _, speak

MINUTE = 60.0


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class KpitermApp(BaseApp):
    """Six screens over one View and its pages, and the list of clients, of whom `open_workspace` opens another one.
    Without a workspace it begins with that list. `clock` says what time it is, for the ages on the screen."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime] = reactive(utc_now, repaint=False)
    feed_error: reactive[FeedError | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    pages: reactive[dict[PageKey, PageState]] = reactive(dict, repaint=False)
    chosen: reactive[tuple[str, str] | None] = reactive(None, repaint=False)
    frozen: reactive[bool] = reactive(False, repaint=False)
    said: reactive[Outcome | None] = reactive(None, repaint=False)
    language: reactive[str] = reactive("en", repaint=False)
    workspace: reactive[str] = reactive("", repaint=False)

    DEFAULT_MODE = "board"

    def __init__(
        self,
        *,
        feed: Feed,
        sync: SyncControl,
        workspace: str,
        version: str,
        headless: Headless | None = None,
        open_workspace: Callable[[str], Workspace] | None = None,
        clock: Callable[[], datetime] = utc_now,
        sync_at_start: bool = False,
        language: str = "en",
        setup: Desk | None = None,
        setup_at_start: bool = False,
    ) -> None:
        vars(self)["DEFAULT_MODE"] = "board" if workspace else CLIENTS
        # Without this Textual paints NO_COLOR in greys, and the terminal's own colours in black on black.
        super().__init__(ansi_color=True if economy.plain() else None)
        speak(language)
        self.set_reactive(KpitermApp.language, language)
        self.title = f"kpiterm {version}"
        self.set_reactive(KpitermApp.workspace, workspace)
        self.link = Link(self, Workspace(workspace, feed, sync, headless or NoHeadless(), setup))
        self._open_workspace = open_workspace
        self._clock = clock
        self._sync_at_start = sync_at_start
        self._setup_at_start = setup_at_start
        self.animation_level = "none"
        for mode in MODES:
            self.add_mode(mode.name, mode.opener(workspace))
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.suited(self.console.color_system)

    def get_driver_class(self) -> type[Driver]:
        return economy.driver(super().get_driver_class())

    def on_mount(self) -> None:
        self.now = self._clock()
        self.set_interval(MINUTE, self.tick)
        signals.heed(self, lambda: self.link.workspace.sync.close())
        if self._setup_at_start:
            self.action_setup()
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        self.link.close()

    def watch_language(self, language: str) -> None:
        """Before the screens hear of it."""
        speak(language)

    def _begin(self) -> None:
        """After the first paint, which needs no data."""
        self.link.begin()
        if not self.is_headless:
            pauses.begin()
        build_in_background(self)
        if self._sync_at_start:
            self.action_sync()

    def tick(self) -> None:
        """Ages are told as of now."""
        if not self.frozen:
            self.now = self._clock()
        pauses.tidy()

    @on(Update)
    def _take_update(self, message: Update) -> None:
        self.link.take(message)

    def on_page_shown(self, message: Page.Shown) -> None:
        self.link.workspace.feed.show(message.key)

    def on_page_chosen(self, message: Page.Chosen) -> None:
        self.chosen = message.gauge

    def on_page_act(self, message: Page.Act) -> None:
        """Asyncio's own task: what a person decided is written even when they go on at once."""
        self.said = Outcome(True, f"kpiterm {shlex.join(message.args)} …")
        self.run_worker(self.link.act(message.args), exclusive=False)

    def on_page_opened(self, message: Page.Opened) -> None:
        """A person has chosen another client; a sync that runs is asked about first."""
        if opened := self._open_workspace:
            name = message.workspace
            question = said("A sync of {0} is running, and opening {1} stops it. Open it?", self.workspace, name)
            self.link.unless_syncing(question, lambda: self._change(opened(name)))

    def _change(self, workspace: Workspace) -> None:
        """In a group of its own: a command that runs is still told of."""
        self.run_worker(change(self, workspace), group="client", exclusive=True)

    def action_freeze(self) -> None:
        """No update is shown until this is called again; then the newest ones are."""
        self.frozen = not self.frozen
        if not self.frozen:
            self.link.thaw()
            self.tick()

    def on_accounts_screen_sync_asked(self, message: AccountsScreen.SyncAsked) -> None:
        if self.link.newest.running:
            self.action_stop()
        else:
            self.link.sync([message.account])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        running = self.link.newest.running
        asked = running if action == "stop" else not running if action == "sync" else True
        return asked and (bool(self.workspace) or without_client(action, parameters))

    def action_sync(self) -> None:
        self.link.sync()

    def action_stop(self) -> None:
        question = N_("A sync is running. Stop it? The windows that are complete are kept.")
        self.link.unless_syncing(question, self.link.workspace.sync.stop)

    def action_reread(self) -> None:
        self.link.workspace.feed.reread()

    def action_copy(self) -> None:
        """The chosen row, into the clipboard of the terminal that a person sits at."""
        if isinstance(self.screen, Page) and (text := self.screen.copied()):
            self.copy_to_clipboard(text)
            self.said = Outcome(True, said("copied: {0}", text))

    def action_export(self) -> None:
        """The shown table, into a file."""
        table: Table | None = self.screen.table() if isinstance(self.screen, Page) else None
        nothing = Outcome(False, said("there is no table here to export"))
        self.said = self.link.workspace.headless.export(table) if table else nothing

    def action_redraw(self) -> None:
        """All of it: something else has written on the terminal."""
        getattr(self._driver, "redraw", self.refresh)()

    def action_toggle_dark(self) -> None:
        self.theme = themes.LIGHT.name if self.theme != themes.LIGHT.name else themes.DARK.name

    def action_other_language(self) -> None:
        """For as long as the program runs; config.toml says which one it begins with."""
        self.language = "en" if self.language == "zh" else "zh"

    def action_command_palette(self) -> None:
        """As Textual's, in the language that is spoken."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("Search for a command…"), id="--command-palette"))

    def action_setup(self) -> None:
        """The guided set-up, from where it was left."""
        if self.link.workspace.setup is not None:
            from kpiterm.tui.setup.screen import opened

            self.push_screen(opened(self.link.workspace.setup), self._setup_left)

    def _setup_left(self, done: bool | None) -> None:
        self.link.workspace.feed.reread()
        if not done:
            self.said = Outcome(True, said("the set-up is left: the next start goes on with it, or ctrl+p, Set up"))

    def action_help(self) -> None:
        self.push_screen(HelpScreen(getattr(self.screen, "TOPIC", self.current_mode)))

    def action_other_page(self, step: int = 1) -> None:
        self.switch_mode(beside(self.current_mode, step))

    async def action_quit(self) -> None:
        question = N_("A sync is running, and quitting stops it. Quit? The windows that are complete are kept.")
        self.link.unless_syncing(question, self.exit)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 Textual's signature
        yield from commands.of(self)
        if self.link.workspace.setup is not None:
            yield SystemCommand(_("Set up"), _("Connect a shop, load files, write a contract"), self.action_setup)
