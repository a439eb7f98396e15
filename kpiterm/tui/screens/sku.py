"""One suggestion in full, over the table, with its projected stock; from here it can be decided on as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from kpiterm.tui.messages import PageKey, PageState
from kpiterm.tui.screens.page import Page
from kpiterm.tui.widgets.text_panel import Drawing, TextPanel


class SkuScreen(ModalScreen[str | None]):
    """Gives the name of what a person decides: accept, snooze or adjust; None where they only looked."""

    CSS_PATH = "box.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss(None)", "Close"),
        Binding("a", "dismiss('accept')", "Accept"),
        Binding("z", "dismiss('snooze')", "Later"),
        Binding("c", "dismiss('adjust')", "Change"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, drawing: Callable[[PageState], Drawing], key: PageKey) -> None:
        super().__init__()
        self._drawing = drawing
        self._key = key

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_subtitle = "a accept  z later  c change  esc closes"
            yield TextPanel()

    def on_mount(self) -> None:
        self.watch(self.app, "pages", self._take)

    def _take(self, pages: dict[PageKey, PageState]) -> None:
        self.query_one(TextPanel).show(self._drawing(pages.get(self._key, PageState())))

    def on_screen_resume(self) -> None:
        self.post_message(Page.Shown(self._key))

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)
