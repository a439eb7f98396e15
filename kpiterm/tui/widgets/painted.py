"""The base of widgets that draw themselves as lines of text made for their width."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


class Painted(Widget):
    """As tall as its lines, and redrawn by `redraw` only when they read differently."""

    _drawn: list[Content] | None = None

    def lines(self, width: int) -> list[Content]:
        """The lines in `width` cells, none longer."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Call this after a change of what `lines` depends on."""
        if self._drawn is not None and (lines := self.lines(self.size.width)) != self._drawn:
            self.refresh(layout=len(lines) != len(self._drawn))

    def retell(self) -> None:
        self.redraw()

    def render(self) -> Content:
        self._drawn = self.lines(self.size.width)
        return Content("\n").join(self._drawn)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 Textual's signature
        return len(self.lines(width))
