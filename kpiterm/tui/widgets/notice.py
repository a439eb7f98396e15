"""What a person should know now: the store cannot be read, how the last sync ended, what an action came to."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kpiterm.i18n import said
from kpiterm.tui.draw import clean
from kpiterm.tui.headless import Outcome
from kpiterm.tui.messages import FeedError
from kpiterm.tui.sync_state import SyncState, sentence
from kpiterm.tui.tongue import _


class Notice(Static):
    """No line at all while there is nothing to say. `brief` leaves out a sync that ended well."""

    DEFAULT_CSS = """
    Notice { height: auto; max-height: 6; padding: 0 1; display: none; &.-shown { display: block; } }
    """

    feed_error: reactive[FeedError | None] = reactive(None, repaint=False)
    sync_state: reactive[SyncState] = reactive(SyncState, repaint=False)
    said: reactive[Outcome | None] = reactive(None, repaint=False)

    def __init__(self, *, brief: bool) -> None:
        super().__init__()
        self._brief = brief
        self._said = ""

    def watch_feed_error(self) -> None:
        self._draw()

    def watch_sync_state(self) -> None:
        self._draw()

    def watch_said(self) -> None:
        self._draw()

    def retell(self) -> None:
        self._draw(anew=False)

    def hide(self) -> None:
        """Until there is something new to say."""
        self.remove_class("-shown")

    def _draw(self, *, anew: bool = True) -> None:
        """`anew`: what it says is news, and a person who has hidden it sees it again."""
        state = self.sync_state
        quiet = self._brief and not state.failed
        told = [*_of_feed(self.feed_error), *([] if quiet else _of_sync(state)), *_of_action(self.said)]
        text = Content("\n").join(told)
        if text.plain != self._said:
            self._said = text.plain
            self.update(text)
            if anew:
                self.set_class(bool(text), "-shown")


def _of_feed(error: FeedError | None) -> list[Content]:
    if error is None:
        return []
    return [
        Content.assemble(
            ("✗ " + _("the store cannot be read"), "bold $error"),
            " " + clean(_(said("since {0} UTC: {1}", f"{error.since:%H:%M}", _(error.message)))),
            f"\n  → {clean(_(error.hint))}" if error.hint else "",
        )
    ]


def _of_sync(state: SyncState) -> list[Content]:
    if state.phase != "ended":
        return []
    symbol, style = (
        ("✗", "bold $error") if state.failed else ("–", "$text-muted") if state.stopped else ("✓", "$success")
    )
    return [Content.assemble((symbol, style), f" {clean(_(sentence(state)))}")]


def _of_action(outcome: Outcome | None) -> list[Content]:
    if outcome is None:
        return []
    symbol, style = ("✓", "$success") if outcome.ok else ("✗", "bold $error")
    return [Content.assemble((symbol, style), f" {clean(_(outcome.text))}")]
