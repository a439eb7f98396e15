"""Text that is made for its width, in a place that scrolls."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from kpiterm.tui.widgets.painted import Painted

Drawing = Callable[[int], list[Content]]


def nothing(_: int) -> list[Content]:
    """No line at all."""
    return []


class TextPanel(Painted):
    """Draws what `show` was given last."""

    DEFAULT_CSS = "TextPanel { height: auto; text-wrap: nowrap; }"

    _drawing: Drawing = staticmethod(nothing)

    def show(self, drawing: Drawing) -> None:
        """Draw this from now on."""
        self._drawing = drawing
        if self._drawn is None:  # an empty panel takes no place and is not rendered
            self.refresh(layout=True)
        self.redraw()

    def lines(self, width: int) -> list[Content]:
        return self._drawing(width)
