"""A question with yes and no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kpiterm.i18n import N_
from kpiterm.tui.screens.speaking import follow_language
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.phrase import Phrase


class ConfirmScreen(ModalScreen[bool]):
    """True for y or enter, False for n or esc."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "dismiss(True)", N_("Yes")),
        Binding("L", "app.other_language", show=False),
        Binding("n,escape,q", "dismiss(False)", N_("No")),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Phrase(self._question)
            yield Static(id="answers")

    def on_mount(self) -> None:
        follow_language(self)
        self.retell()

    def retell(self) -> None:
        yes, no = _("yes"), _("no")
        self.query_one("#answers", Static).update(
            Content.assemble(("\ny", "bold $primary"), f" {yes}   ", ("n", "bold $primary"), f" {no}")
        )
