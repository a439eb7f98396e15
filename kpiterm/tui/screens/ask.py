"""A few fields to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


@dataclass(frozen=True, slots=True)
class Field:
    """Its name, and what belongs there."""

    name: str
    hint: str


class AskScreen(ModalScreen[tuple[str, ...] | None]):
    """The values in the fields' order, none of them empty; None for esc."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self._title = title
        self._fields = fields

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_subtitle = "enter goes on  esc cancels"
            yield Static(Content.styled(self._title, "bold"))
            for field in self._fields:
                yield Static(Content(field.name))
                yield Input(placeholder=field.hint, id=field.name)

    @on(Input.Submitted)
    def _next(self) -> None:
        """To the first field that is still empty; when there is none, done."""
        lines = list(self.query(Input))
        empty = next((line for line in lines if not line.value.strip()), None)
        if empty is not None:
            empty.focus()
        else:
            self.dismiss(tuple(line.value.strip() for line in lines))
