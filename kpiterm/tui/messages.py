"""What the feed thread and the sync thread post to the app: frozen values in replaceable messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from textual.message import Message

from kpiterm.analysis.view import View
from kpiterm.tui.sync_state import SyncState


@dataclass(frozen=True, slots=True)
class FeedError:
    """Why the store could not be read at `since` (UTC), and what to do; the last View stays on the screen."""

    message: str
    hint: str
    since: datetime


@dataclass
class FeedUpdate(Message, bubble=False):
    """A new View, or why there is none. Only the newest of those waiting is handled."""

    content: View | FeedError

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, FeedUpdate)


@dataclass
class SyncUpdate(Message, bubble=False):
    """The running sync as it stands now; each one holds all that the earlier ones said."""

    state: SyncState

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SyncUpdate)
