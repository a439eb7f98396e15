"""The base of the screens that show a page read beside the View: it is being read, there, or cannot be."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from kpiterm.analysis.pages import Nothing
from kpiterm.i18n import N_, said
from kpiterm.tui.draw import clean
from kpiterm.tui.messages import FeedError, PageKey, PageState
from kpiterm.tui.screens.page import Page
from kpiterm.tui.standing import BROKEN
from kpiterm.tui.tongue import _


class DataPage(Page):
    """Says why there is nothing to see, or that what is seen is older; `show` draws what there is."""

    DEFAULT_CSS = """
    DataPage #state { height: auto; max-height: 8; padding: 0 1; display: none; }
    DataPage #state.-shown { display: block; }
    DataPage #state.-alone { padding: 1 2; }
    """
    READING = N_("reading the store…")

    pages: reactive[dict[PageKey, PageState]] = reactive(dict, repaint=False)

    def body(self) -> Iterable[Widget]:
        yield Static(Content.styled(_(self.READING), "$text-muted"), id="state", classes="-shown -alone")
        yield from self.content()

    def content(self) -> Iterable[Widget]:
        """What shows the page once it has been read."""
        return ()

    def show(self, content: object) -> None:
        """Draw the page's content."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self._follow("pages")

    @property
    def state(self) -> PageState:
        """How the page stands now."""
        key = self.page_key()
        return self.pages.get(key, PageState()) if key else PageState()

    def watch_pages(self, before: dict[PageKey, PageState], after: dict[PageKey, PageState]) -> None:
        key = self.page_key()
        if key is not None and before.get(key) != after.get(key):
            self.redraw()

    def redraw(self) -> None:
        """Draw the page as it stands."""
        state = self.state
        text = self._told(state)
        line = self.query_one("#state", Static)
        line.update(text)
        line.set_class(bool(text), "-shown")
        empty = state.content is None or isinstance(state.content, Nothing)
        line.set_class(empty, "-alone")
        if not empty:
            self.show(state.content)

    def retell(self) -> None:
        self.redraw()

    def told_alone(self) -> str:
        """What to say where there cannot be a page at all."""
        return ""

    def watch_feed_error(self) -> None:
        if self.query("#state"):
            self.redraw()

    def _told(self, state: PageState) -> Content:
        if self.feed_error is not None and self.view is None:
            return Content.styled(_(BROKEN), "$text-muted")
        if state.error is not None:
            return failed(state.error, older=state.content is not None)
        if isinstance(state.content, Nothing):
            return Content.assemble(_(state.content.text), (f"\n→ {clean(_(state.content.hint))}", "$text-muted"))
        return Content.styled("" if state.content is not None else _(self.told_alone() or self.READING), "$text-muted")


def failed(error: FeedError, *, older: bool) -> Content:
    """Why a page cannot be read, and what to do."""
    since = " " + clean(_(said("since {0} UTC: {1}", f"{error.since:%H:%M}", _(error.message))))
    return Content.assemble(
        ("✗ " + _("this page cannot be read"), "bold $error"),
        since,
        f"\n  → {clean(_(error.hint))}" if error.hint else "",
        ("\n  " + _("what you see is older"), "$text-muted") if older else "",
    )
