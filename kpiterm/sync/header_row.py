"""Finds the header of a table by its width: exports put none to nine lines of text before it, in any language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

Cells = Sequence[str | None]
SAMPLE_ROWS = 200
_VALUE = re.compile(r"(?=.*\d)[-+.,:/%\d\s$£€¥￥₹()TZ]+")


def find_header(rows: Sequence[Cells], widths: Sequence[int]) -> int | None:
    """Index of the header among the first rows of a table, None where no row has two cells.

    It is the first row as wide as most, or, where that one already holds numbers (rows that are longer or shorter than
    their header), the widest row of plain words above it.
    """
    usual = usual_width(widths)
    if usual < 2:
        return None
    wide = [n for n, width in enumerate(widths) if width == usual]
    first = next((n for n in wide if 2 * _filled(rows[n]) >= usual), wide[0])
    if not holds_values(rows[first]):
        return first
    words = [n for n in range(first) if 2 * _filled(rows[n]) > usual and not holds_values(rows[n])]
    return max(words, key=lambda n: (widths[n], n), default=first)


def usual_width(widths: Sequence[int]) -> int:
    """The width that accounts for most cells."""
    counts = Counter(width for width in widths if width > 1)
    return max(counts, key=lambda width: (counts[width] * width, width), default=0)


def holds_values(row: Cells) -> bool:
    """Whether a cell is a number, an amount or a date, as in data and never in a header."""
    return any(cell and _VALUE.fullmatch(cell.strip()) for cell in row)


def stripped(row: Cells) -> tuple[str, ...]:
    """Header cells without blanks, quotes and byte order mark."""
    return tuple((cell or "").strip().lstrip("\ufeff").strip().strip('"').strip() for cell in row)


def fitted(row: Cells, width: int) -> tuple[str | None, ...] | None:
    """A row as long as the header, empty cells as None; None for a row without any content."""
    cells = tuple(cell or None for cell in row[:width])
    if not any(cells):
        return None
    return cells + (None,) * (width - len(cells))


def _filled(row: Cells) -> int:
    return sum(1 for cell in row if cell)
