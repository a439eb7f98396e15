"""One suggestion in full, over the table, with its projected stock; from here it can be decided on as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from kpiterm.i18n import N_
from kpiterm.tui.messages import PageKey, PageState
from kpiterm.tui.screens.page import Page
from kpiterm.tui.screens.speaking import follow_language
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.text_panel import Drawing, TextPanel


class SkuScreen(ModalScreen[str | None]):
    """Gives the name of what a person decides: accept, snooze or adjust; None where they only looked."""

    CSS_PATH = "box.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", N_("Close")),
        Binding("a", "dismiss('accept')", N_("Accept")),
        Binding("z", "dismiss('snooze')", N_("Later")),
        Binding("c", "dismiss('adjust')", N_("Adjust")),
        Binding("L", "app.other_language", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, drawing: Callable[[PageState], Drawing], key: PageKey) -> None:
        super().__init__()
        self._drawing = drawing
        self._key = key

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield TextPanel()

    def retell(self) -> None:
        self.query_one(VerticalScroll).border_subtitle = _("a accept  z later  c adjust  esc closes")

    def on_mount(self) -> None:
        follow_language(self)
        self.retell()
        self.watch(self.app, "pages", self._take)

    def _take(self, pages: dict[PageKey, PageState]) -> None:
        self.query_one(TextPanel).show(self._drawing(pages.get(self._key, PageState())))

    def on_screen_resume(self) -> None:
        self.post_message(Page.Shown(self._key))

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)
