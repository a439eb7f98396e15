"""A few fields to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from kpiterm.i18n import N_
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.line import Line
from kpiterm.tui.widgets.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Field:
    """Its name, what belongs there, what stands there already, and whether it may stay empty."""

    name: str
    hint: str
    value: str = ""
    optional: bool = False


class AskScreen(ModalScreen[tuple[str, ...] | None]):
    """The values in the fields' order, none but the optional ones empty; None for esc."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", N_("Cancel"))]

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self._title = title
        self._fields = fields

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_subtitle = _("enter goes on  esc cancels")
            yield Phrase(self._title, "bold")
            for field in self._fields:
                yield Phrase(field.name)
                line = Line(field.value, placeholder=_(field.hint), id=field.name)
                line.entered = self._next
                yield line

    def _next(self) -> None:
        """To the field below; from the last one to the first that is still empty; when there is none, done."""
        lines = list(self.query(Line))
        here = next((place for place, line in enumerate(lines) if line is self.focused), 0)
        needed = [line for line, field in zip(lines, self._fields, strict=True) if not field.optional]
        empty = next((line for line in needed if not line.value.strip()), None)
        if lines[here] in needed and not lines[here].value.strip():
            return
        if here + 1 < len(lines):
            self.set_focus(lines[here + 1])
        elif empty is not None:
            self.set_focus(empty)
        else:
            self.dismiss(tuple(line.value.strip() for line in lines))
