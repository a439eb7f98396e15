"""A text that is told in the language spoken now."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from kpiterm.tui.tongue import _


class Phrase(Static):
    """Shows `text` of the catalogue, or a sentence (`said`), in a style."""

    def __init__(self, text: str, style: str = "", *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._text = text
        self._style = style

    def on_mount(self) -> None:
        self.retell()

    def tell(self, text: str) -> None:
        """Say this from now on."""
        self._text = text
        self.retell()

    def retell(self) -> None:
        self.update(Content.styled(_(self._text), self._style))
