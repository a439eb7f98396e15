"""What all screens have in common: first line, notice, last line, and the app's data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from kpiterm.analysis.view import View
from kpiterm.tui.headless import Outcome, Table
from kpiterm.tui.messages import FeedError, PageKey
from kpiterm.tui.screens.speaking import follow_language
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.widgets.key_line import KeyLine
from kpiterm.tui.widgets.notice import Notice
from kpiterm.tui.widgets.top_line import TopLine


class Page(Screen[None]):
    """A screen that follows the app's view, clock and sync, and binds them down to its widgets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.other_page", show=False),
        Binding("shift+tab", "app.other_page(-1)", show=False),
        Binding("escape", "back", show=False),
    ]
    BRIEF: ClassVar[bool] = False
    OWN: ClassVar[Sequence[Binding]] = ()
    """The actions that only this screen has, for its help and the palette."""

    view: reactive[View | None] = reactive(None, repaint=False)
    now: reactive[datetime] = reactive(lambda: datetime.now(UTC), repaint=False)
    feed_error: reactive[FeedError | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    frozen: reactive[bool] = reactive(False, repaint=False)
    said: reactive[Outcome | None] = reactive(None, repaint=False)
    workspace: reactive[str] = reactive("", repaint=False)

    class Shown(Message):
        """The page of this screen is to be read and kept fresh; None, if it has none."""

        def __init__(self, key: PageKey | None) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """A person looks at this gauge."""

        def __init__(self, gauge: tuple[str, str]) -> None:
            super().__init__()
            self.gauge = gauge

    class Act(Message):
        """A person wants a headless command to be run."""

        def __init__(self, *args: str) -> None:
            super().__init__()
            self.args = args

    class Opened(Message):
        """A person wants this client's workspace."""

        def __init__(self, workspace: str) -> None:
            super().__init__()
            self.workspace = workspace

    def __init__(self, workspace: str) -> None:
        super().__init__()
        self.set_reactive(Page.workspace, workspace)

    def compose(self) -> ComposeResult:
        yield TopLine(self.workspace).data_bind(Page.workspace, Page.view, Page.now, Page.sync_state, Page.frozen)
        yield Notice(brief=self.BRIEF).data_bind(Page.feed_error, Page.sync_state, Page.said)
        yield from self.body()
        yield KeyLine()

    def body(self) -> Iterable[Widget]:
        """What stands between the notice and the keys."""
        return ()

    def page_key(self) -> PageKey | None:
        """The page that this screen shows; None: the View is enough."""
        return None

    def copied(self) -> str:
        """The chosen row, as text."""
        return ""

    def table(self) -> Table | None:
        """What is shown, as a table."""
        return None

    def action_back(self) -> None:
        """A notice that has been read makes room again."""
        self.query_one(Notice).hide()

    def on_screen_resume(self) -> None:
        if self.is_current:  # not merely built ahead
            self.post_message(self.Shown(self.page_key()))

    def on_mount(self) -> None:
        follow_language(self)
        for name in ("view", "now", "feed_error", "sync_state", "frozen", "said", "workspace"):
            self._follow(name)

    def _follow(self, name: str) -> None:
        """Take over the app's reactive `name` whenever it changes."""

        def take(value: object) -> None:
            setattr(self, name, value)

        self.watch(self.app, name, take)
