"""Paragraphs in lines: Chinese breaks between any two characters, but no line begins with a mark that closes."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.content import Content

_WIDE = "\u2e80-\u9fff\uff00-\uffef"
_CLOSING = "，。；：、！？）》」』”’…％"
_OPENING = "（《「『“‘"
_UNITS = "年月日天件个次行"  # what a number is not parted from
_PIECES = re.compile(rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}]+[{_UNITS}]?|[{_WIDE}])[{_CLOSING}]*")
_HAN = re.compile(f"[{_WIDE}]")


def wrapped(text: str, style: str, width: int) -> list[Content]:
    """`text` in lines of at most `width` cells; what holds no Chinese breaks at its blanks."""
    if not _HAN.search(text):
        return Content.styled(text, style).wrap(width)
    lines = [""]
    for piece in _PIECES.findall(text):
        if cell_len(lines[-1]) + cell_len(piece) <= width:
            lines[-1] += piece
        elif not piece.isspace():
            lines += _long(piece, width)
    return [Content.styled(line.strip(), style) for line in lines if line.strip()]


def _long(piece: str, width: int) -> list[str]:
    """A piece on lines of its own: more than one where it is longer than a line."""
    return [part.plain for part in Content(piece).fold(width)]
