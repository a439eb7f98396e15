"""What the app shows of the workspace that is open: updates as its threads post them, at a pace that a slow line bears,
and none while the screen is frozen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpiterm.analysis.view import View
from kpiterm.i18n import said
from kpiterm.tui import economy
from kpiterm.tui.feed import Feed
from kpiterm.tui.headless import Headless, Outcome
from kpiterm.tui.messages import FeedUpdate, PageKey, PageState, PageUpdate, SyncUpdate, Update
from kpiterm.tui.modes import CLIENTS, MODES, build_in_background
from kpiterm.tui.screens.confirm import ConfirmScreen
from kpiterm.tui.sync_process import SyncControl
from kpiterm.tui.sync_state import SyncState

if TYPE_CHECKING:
    from kpiterm.tui.app import KpitermApp
    from kpiterm.tui.setup.desk import Desk


@dataclass(frozen=True, slots=True)
class Workspace:
    """A client: its board and pages, its sync, its commands and its set-up. One without a name is none: it has only the
    pages that belong to no client."""

    name: str
    feed: Feed
    sync: SyncControl
    headless: Headless
    setup: Desk | None = None


class Link:
    """Between the app and one workspace, for as long as that is open."""

    def __init__(self, app: KpitermApp, workspace: Workspace) -> None:
        self.workspace = workspace
        self.newest = SyncState()
        self._app = app
        self._pacing = False
        self._held: dict[PageKey, FeedUpdate | PageUpdate] = {}

    def begin(self) -> None:
        """From now on there are updates."""
        self.workspace.feed.start(self.post)

    def sync(self, accounts: Sequence[str] = ()) -> None:
        """Sync these accounts, or all."""
        self.workspace.sync.start(self.post, accounts)

    async def act(self, args: Sequence[str]) -> None:
        """Have a command run, and tell how it ended; whose it was, where another client has been opened meanwhile."""
        outcome = await self.workspace.headless.run(args)
        if self is not self._app.link:
            outcome = Outcome(outcome.ok, said("{0}: {1}", self.workspace.name, outcome.text))
        self._app.said = outcome

    def unless_syncing(self, question: str, go_on: Callable[[], object]) -> None:
        """At once, or when a person says so."""

        def answered(yes: bool | None) -> None:
            if yes:
                go_on()

        if not self.newest.running:
            go_on()
        elif not isinstance(self._app.screen, ConfirmScreen):  # one question at a time
            self._app.push_screen(ConfirmScreen(question), answered)

    def leave(self) -> None:
        """Another workspace takes its place; a sync that is running ends by itself, once its transaction is done."""
        self.workspace.feed.stop()
        if self.newest.running:
            self.workspace.sync.stop()

    def close(self) -> None:
        """The program ends."""
        self.workspace.feed.stop()
        self.workspace.sync.close()

    def post(self, message: Update) -> bool:
        """From any thread."""
        message.source = self
        return self._app.post_message(message)

    def take(self, message: Update) -> None:
        """On the app's own thread. What a workspace says that has been left is about nothing that is shown."""
        if message.source is not self:
            return
        if isinstance(message, FeedUpdate):
            self._take_view(message)
        elif isinstance(message, PageUpdate):
            self._take_page(message)
        elif isinstance(message, SyncUpdate):
            self._take_sync(message.state)

    def thaw(self) -> None:
        """Show the newest of what was held."""
        held, self._held = self._held, {}
        for message in held.values():
            self.take(message)
        self._show_sync()

    def _take_view(self, message: FeedUpdate) -> None:
        app = self._app
        if app.frozen:
            self._held[()] = message
        elif isinstance(message.content, View):
            app.feed_error = None
            app.tick()
            app.view = message.content
        elif app.feed_error is None or app.feed_error.message != message.content.message:
            app.feed_error = message.content

    def _take_page(self, message: PageUpdate) -> None:
        state = self._app.pages.get(message.key, PageState())
        if self._app.frozen and state.content is not None:  # a page that is opened meanwhile is shown all the same
            self._held[message.key] = message
        else:
            self._app.pages = {**self._app.pages, message.key: message.after(state)}

    def _take_sync(self, state: SyncState) -> None:
        before, self.newest = self.newest, state
        if state.phase != before.phase:
            self._show_sync()
            if state.phase == "ended":
                self.workspace.feed.reread()
        elif not self._pacing:
            self._pacing = True
            self._app.set_timer(economy.pace(), self._show_sync)

    def _show_sync(self) -> None:
        self._pacing = False
        app = self._app
        if not app.frozen and app.sync_state is not self.newest and app.link is self:
            app.sync_state = self.newest
            app.refresh_bindings()


async def change(app: KpitermApp, workspace: Workspace) -> None:
    """Open another client: nothing of the one before stays on the screen, and none of its screens."""
    app.link.leave()
    app.link = Link(app, workspace)
    app.view = app.feed_error = app.chosen = app.said = None
    app.sync_state, app.frozen, app.workspace = SyncState(), False, workspace.name
    app.pages = {key: state for key, state in app.pages.items() if key == (CLIENTS,)}
    gone = []
    for mode in MODES:
        if mode.name != app.current_mode:
            gone.append(app.remove_mode(mode.name))
            app.add_mode(mode.name, mode.opener(workspace.name))
    app.switch_mode("board")
    app.link.begin()
    build_in_background(app)
    for screens in gone:  # only now: a key that is pressed meanwhile finds every screen
        await screens
