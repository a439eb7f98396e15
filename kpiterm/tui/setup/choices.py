"""A short list of which one is chosen; under it, what the one under the cursor means."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual

from kpiterm.i18n import N_
from kpiterm.tui.draw import clean
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.phrase import Phrase
from kpiterm.tui.widgets.row_list import Row, RowList

Choice = tuple[str, str, str]
"""Its name for the program, its title, and what it means (may be empty)."""


class _Rows(RowList):
    """A click chooses at once, and the arrows go on beyond both ends."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", N_("Choose"), key_display="enter")]

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Without a cursor while a person is somewhere else, such as in a form's line."""
        width, place = self.scrollable_content_region.width, self.scroll_offset.y + y
        if self.has_focus or place >= len(self.rows) or width < 2:
            return super().render_line(y)
        line = Content.assemble(" ", self.rows[place].draw(width - 1)).truncate(width)
        strip, *_rest = Visual.to_strips(self, line, width, 1, self.visual_style)
        return strip.adjust_cell_length(width, self.visual_style.rich_style)

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        self.cursor = self._nearest(self.scroll_offset.y + event.y, 1)
        self.action_choose()

    def action_move(self, step: int) -> None:
        if 0 <= self.cursor + step < len(self.rows):
            self.cursor += step
        elif len(self.screen.focus_chain) == 1:
            self._around().scroll_relative(y=step, animate=False)
        elif step < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    def action_turn(self, step: int) -> None:
        """What stands above, where it is longer than the screen."""
        around = self._around()
        around.scroll_relative(y=step * around.size.height, animate=False)

    def _around(self) -> VerticalScroll:
        return next(one for one in self.ancestors if isinstance(one, VerticalScroll))


class Choices(Vertical):
    """Posts the name of what was chosen."""

    class Picked(Message):
        """This one."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, choices: Sequence[Choice], chosen: str = "") -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._first = chosen

    def compose(self) -> ComposeResult:
        yield _Rows()
        yield Phrase("", "$text-muted")

    def on_mount(self) -> None:
        self.show(self._choices)
        self.start_at(self._first)

    def start_at(self, name: str) -> None:
        """The cursor to this one, if it is there."""
        names = [name for name, _title, _text in self._choices]
        if name in names:
            self.query_one(_Rows).cursor = names.index(name)

    def show(self, choices: Sequence[Choice]) -> None:
        """Offer these from now on."""
        self._choices = tuple(choices)
        rows = self.query_one(_Rows)
        rows.styles.height = len(choices)
        rows.show([Row(partial(_line, title), name) for name, title, _text in choices])
        rows.cursor = 0
        self._explain()

    @on(RowList.Moved)
    def _explain(self) -> None:
        row = self.query_one(_Rows).row
        text = next((text for name, _title, text in self._choices if row and name == row.key), "")
        self.query_one(Phrase).tell(text)

    @on(RowList.Opened)
    def _pick(self, message: RowList.Opened) -> None:
        message.stop()
        if row := self.query_one(_Rows).row:
            self.post_message(self.Picked(row.key))


def _line(title: str, width: int) -> Content:
    text = clean(_(title))
    return Content(" " + text + " " * max(width - 1 - cell_len(text), 0)).truncate(max(width, 1), ellipsis=True)
