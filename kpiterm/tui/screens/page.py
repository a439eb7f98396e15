"""What the board and the accounts have in common: first line, notice, last line, and the app's data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from kpiterm.analysis.view import View
from kpiterm.tui.messages import FeedError
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.widgets.key_line import KeyLine
from kpiterm.tui.widgets.notice import Notice
from kpiterm.tui.widgets.top_line import TopLine


class Page(Screen[None]):
    """A screen that follows the app's view, clock and sync, and binds them down to its widgets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "app.other_page", show=False),
        Binding("escape", "hide_notice", show=False),
    ]
    BRIEF: ClassVar[bool] = False

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime] = reactive(lambda: datetime.now(UTC), repaint=False)
    feed_error: reactive[FeedError | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)

    def __init__(self, workspace: str) -> None:
        super().__init__()
        self.workspace = workspace

    def compose(self) -> ComposeResult:
        yield TopLine(self.workspace).data_bind(Page.view, Page.now, Page.sync_state)
        yield Notice(brief=self.BRIEF).data_bind(Page.feed_error, Page.sync_state)
        yield from self.body()
        yield KeyLine()

    def body(self) -> Iterable[Widget]:
        """What stands between the notice and the keys."""
        return ()

    def action_hide_notice(self) -> None:
        """A notice that has been read makes room again."""
        self.query_one(Notice).hide()

    def on_mount(self) -> None:
        for name in ("view", "now", "feed_error", "sync_state"):
            self._follow(name)

    def _follow(self, name: str) -> None:
        """Take over the app's reactive `name` whenever it changes."""

        def take(value: object) -> None:
            setattr(self, name, value)

        self.watch(self.app, name, take)
