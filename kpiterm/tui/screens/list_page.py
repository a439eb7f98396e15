"""The base of the pages that are lists: rows, the chosen one in full below them, and a filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Input

from kpiterm.i18n import N_
from kpiterm.tui.draw import clean
from kpiterm.tui.kpi_text import wrapped
from kpiterm.tui.screens.data_page import DataPage
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.line import Line
from kpiterm.tui.widgets.row_list import Row, RowList
from kpiterm.tui.widgets.text_panel import TextPanel

LOOK_FOR = N_("words to look for; enter keeps them, esc clears")
MOST = 4
"""Lines of the chosen row in full."""


class ListPage(DataPage):
    """Draws `rows` of its content; a filter keeps those whose text holds every word, in any case."""

    DEFAULT_CSS = """
    ListPage {
        #filter { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
        #full { max-height: 4; padding: 0 1; background: $panel; }
    }
    """
    AUTO_FOCUS: ClassVar[str | None] = "RowList"
    # Of priority, so that the words which follow it in the same packet are already the filter's.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "filter", N_("Filter"), key_display="/", priority=True)]

    def content(self) -> Iterable[Widget]:
        line = Line(placeholder=_(LOOK_FOR), id="filter")
        line.cursor_blink = False  # it may stand there all day
        yield line
        yield from self.above()
        yield RowList()
        yield TextPanel(id="full")

    def retell(self) -> None:
        super().retell()
        self.query_one("#filter", Input).placeholder = _(LOOK_FOR)

    def above(self) -> Iterable[Widget]:
        """What stands between the filter and the rows."""
        return ()

    def rows(self, content: object) -> Sequence[Row]:
        """All rows, headings among them."""
        raise NotImplementedError

    def show(self, content: object) -> None:
        words = self.query_one("#filter", Input).value.casefold().split()
        self.query_one(RowList).show(self.found(content, words))

    def found(self, content: object, words: Sequence[str]) -> Sequence[Row]:
        """The rows that hold every one of these words; all, without any."""
        rows = self.rows(content)
        return kept(rows, words) if words else rows

    def action_filter(self) -> None:
        """Ask for words; they stay until esc."""
        line = self.query_one("#filter", Input)
        line.display = True
        self.set_focus(line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a line that a person types into, a slash is a slash."""
        return not isinstance(self.focused, Input) if action == "filter" else super().check_action(action, parameters)

    @property
    def filtering(self) -> bool:
        """Whether the line for the words is there."""
        return bool(self.query_one("#filter").display)

    def action_back(self) -> None:
        line = self.query_one("#filter", Input)
        if line.display:
            line.display = False
            line.value = ""
            self.query_one(RowList).focus()
        else:
            super().action_back()

    @on(Input.Changed, "#filter")
    def _narrow(self) -> None:
        if self.state.content is not None:
            self.redraw()

    @on(Input.Submitted, "#filter")
    def _keep(self) -> None:
        self.query_one(RowList).focus()

    @on(RowList.Moved)
    def _show_full(self) -> None:
        row = self.query_one(RowList).row
        text = row.copied if row else ""
        self.query_one("#full", TextPanel).show(lambda width: wrapped(text, width, "")[:MOST] if text else [])

    def on_resize(self, event: Resize) -> None:
        self.query_one("#full").display = event.size.height >= 18
        if self.state.content is not None:
            self.redraw()

    def copied(self) -> str:
        row = self.query_one(RowList).row
        return clean(row.copied) if row else ""


def kept(rows: Sequence[Row], words: Sequence[str]) -> list[Row]:
    """The rows that hold every word, with the headings above them."""
    found: list[Row] = []
    heads: list[Row] = []
    for row in rows:
        if not row.key:
            heads = [row] if row.title else heads
        elif all(word in row.copied.casefold() for word in words):
            found += [*heads, row]
            heads = []
    return found
