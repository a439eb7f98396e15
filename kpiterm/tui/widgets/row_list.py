"""A list of one-line rows of which only those in sight are drawn: forty thousand cost no more than forty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, overload

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual


@dataclass(frozen=True, slots=True)
class Row:
    """`draw` gives its line in so many cells; `copied` is its text in full. A row without `key` is a heading (`title`)
    or a remark, and cannot be chosen."""

    draw: Callable[[int], Content]
    key: str = ""
    copied: str = ""
    title: bool = False


class Listed(Sequence[Row]):
    """Rows that are made when they are looked at: `make` makes one of its number, `find` tells the number of a key."""

    def __init__(self, numbers: Sequence[int], make: Callable[[int], Row], find: Callable[[str], int | None]) -> None:
        self.numbers = numbers
        self._make, self._find = make, find

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return Listed(self.numbers[place], self._make, self._find)
        return self._make(self.numbers[place])

    def place(self, key: str) -> int | None:
        """Where the row of that key is."""
        number = self._find(key)
        return self.numbers.index(number) if number is not None and number in self.numbers else None


class RowList(ScrollView, can_focus=True):
    """The cursor stays on its row's key when the rows change."""

    DEFAULT_CSS = """
    RowList {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; background: $background;
    }
    RowList > .row-list--cursor { background: $block-cursor-background; color: $foreground; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,ctrl+b", "turn(-1)", show=False),
        Binding("pagedown,ctrl+f", "turn(1)", show=False),
        Binding("home,g", "jump(0)", show=False),
        Binding("end,G", "jump(-1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """Another row is under the cursor."""

    class Opened(Message):
        """A person wants to see more of the row under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()

    @property
    def row(self) -> Row | None:
        """The row under the cursor, if it can be chosen."""
        found = self.rows[self.cursor] if self.cursor < len(self.rows) else None
        return found if found and found.key else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show `rows` from now on."""
        kept = self.row
        self.rows = rows
        self.virtual_size = Size(self.scrollable_content_region.width, len(rows))
        place = _place(rows, kept.key) if kept else None
        self.cursor = self._nearest(self.cursor if place is None else place, 1)
        self.scroll_to_cursor()
        self.refresh()
        self.call_after_refresh(self.scroll_to_cursor)  # a list that was short until now could not scroll yet
        self.post_message(self.Moved())

    def retell(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        place = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        chosen = place == self.cursor and self.row is not None
        style = self.get_visual_style("row-list--cursor") if chosen else self.visual_style
        if place >= len(self.rows) or width < 1:
            return Strip.blank(max(width, 0), style.rich_style)
        line = Content.assemble(("▌" if chosen else " ", "$primary"), self.rows[place].draw(width - 1)).truncate(width)
        strip, *_ = Visual.to_strips(self, line, width, 1, style)
        return strip.adjust_cell_length(width, style.rich_style)

    def watch_cursor(self, before: int, after: int) -> None:
        if before != after:
            self.refresh_line(before)
            self.refresh_line(after)
            self.scroll_to_cursor()
            self.post_message(self.Moved())

    def scroll_to_cursor(self) -> None:
        """Bring the cursor into sight, and a heading that stands just above it."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        first = self.cursor
        while first and not self.rows[first - 1].key and self.cursor - first < 2:
            first -= 1
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def on_resize(self, _: events.Resize) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows))

    def on_click(self, event: events.Click) -> None:
        self.cursor = self._nearest(self.scroll_offset.y + event.y, 1)
        if event.chain > 1:
            self.action_choose()

    def action_move(self, step: int) -> None:
        """To the next row of that direction that can be chosen; beyond the last one the page scrolls."""
        place = self.cursor + step
        while 0 <= place < len(self.rows) and not self.rows[place].key:
            place += step
        if 0 <= place < len(self.rows):
            self.cursor = place
        else:
            self.scroll_relative(y=step, animate=False)

    def action_turn(self, step: int) -> None:
        """A page up or down."""
        place = self.cursor + step * max(self.scrollable_content_region.height - 1, 1)
        self.cursor = self._nearest(max(0, min(place, len(self.rows) - 1)), step)

    def action_jump(self, place: int) -> None:
        """To the first (0) or the last (-1) row."""
        if self.rows:
            self.cursor = self._nearest(place % len(self.rows), 1 if place == 0 else -1)

    def action_choose(self) -> None:
        if self.row:
            self.post_message(self.Opened())

    def _nearest(self, place: int, step: int) -> int:
        """`place`, or the nearest row that can be chosen, looked for in this direction first."""
        last = len(self.rows) - 1
        if last < 0:
            return 0
        place = max(0, min(place, last))
        ahead = next((n for n in range(place, last + 1 if step > 0 else -1, step) if self.rows[n].key), None)
        if ahead is not None:
            return ahead
        return next((n for n in range(place, -1 if step > 0 else last + 1, -step) if self.rows[n].key), 0)


def _place(rows: Sequence[Row], key: str) -> int | None:
    if isinstance(rows, Listed):
        return rows.place(key)
    return next((n for n, row in enumerate(rows) if row.key == key), None)
