"""What a pack consists of when it is told: sections of paragraphs, tables and figures, the same for every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Tone = Literal["plain", "good", "watch", "bad", "faint"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: the text for people, and the number behind it with its spreadsheet format."""

    text: str
    number: Decimal | None = None
    format: str | None = None
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of as many cells as the header has; `right` are the columns of numbers, `strong` the rows of sums."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: Sequence[int] = ()
    strong: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG, and what it shows in words."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tiles:
    """Key figures side by side: label, value, remark."""

    items: Sequence[tuple[str, Cell, str]]


Block = Table | Figure | Paragraph | Bullets | Tiles


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A pack as told in one language. `foot` is the line that identifies it, hash included."""

    language: str
    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    foot: str
