"""What the threads of the feed and of the sync post to the app: frozen values in replaceable messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from textual.message import Message

from kpiterm.analysis.view import View
from kpiterm.tui.sync_state import SyncState

PageKey = tuple[str, ...]
"""A page beside the board: its name, then what it is about, such as a KPI and a channel."""


@dataclass(frozen=True, slots=True)
class FeedError:
    """Why the store could not be read at `since` (UTC), and what to do; the last View stays on the screen."""

    message: str
    hint: str
    since: datetime


class Update(Message, bubble=False):
    """From a thread that works for a workspace. `source` tells which; one that has been left is not heeded."""

    source: object = None


@dataclass
class FeedUpdate(Update, bubble=False):
    """A new View, or why there is none. Only the newest of those waiting is handled."""

    content: View | FeedError

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, FeedUpdate) and message.source is self.source


@dataclass(frozen=True, slots=True)
class PageState:
    """A page as it stands: its newest content stays while it is read again, or cannot be."""

    content: object | None = None
    error: FeedError | None = None
    reading: bool = False


@dataclass
class PageUpdate(Update, bubble=False):
    """The content of a page, why there is none, or None: it is being read."""

    key: PageKey
    content: object | FeedError | None

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, PageUpdate) and message.source is self.source and message.key == self.key

    def after(self, state: PageState) -> PageState:
        """`state` as this changes it."""
        if self.content is None:
            return PageState(state.content, state.error, reading=True)
        if isinstance(self.content, FeedError):
            return PageState(state.content, self.content)
        return PageState(self.content)


@dataclass
class SyncUpdate(Update, bubble=False):
    """The running sync as it stands now; each one holds all that the earlier ones said."""

    state: SyncState

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncUpdate) and message.source is self.source
