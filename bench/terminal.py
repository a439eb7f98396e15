"""What a terminal shows of the bytes that a program writes: enough to see text come up, and how it looks.

Not pyte, which knows no faint text and trips over private sequences that Textual programs write.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len


class Pen(NamedTuple):
    """How a character is drawn: attributes as SGR numbers, colours as SGR parameters, () for the terminal's own."""

    style: frozenset[int] = frozenset()
    front: tuple[int, ...] = ()
    back: tuple[int, ...] = ()


NORMAL = Pen()
Cell = tuple[str, Pen]
"""A character, "" in the right half of a wide one, and its pen."""

_TOKEN = re.compile(
    r"\x1b\[(?P<private>[?<>=!]?)(?P<numbers>[\d;:]*)[ $]*(?P<final>[@-~])"
    r"|\x1b[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)|\x1b[()*+#%].|\x1b[^\[\]P_^X()*+#%]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])|(?P<text>[^\x00-\x1f\x7f]+)"
)
_STYLES = (1, 2, 3, 4, 7, 9)


class Terminal:
    """Fed with bytes, it holds `cells` by row and column. It neither scrolls back nor answers questions."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._pen = NORMAL
        self.x = self.y = 0
        self.cells: list[list[Cell]] = [self._blank() for _ in range(lines)]

    def _blank(self) -> list[Cell]:
        return [(" ", Pen(back=self._pen.back))] * self.columns

    def feed(self, data: bytes) -> None:
        """Show what these bytes say; a sequence that they break off waits for its rest."""
        text = self._rest + self._decode(data)
        place = 0
        while place < len(text) and (found := _TOKEN.match(text, place)):
            if found["text"]:
                self._write(found["text"])
            elif found["control"]:
                self._control(found["control"])
            elif found["final"] and not found["private"]:
                self._sequence(found["final"], [int(n) for n in re.split("[;:]", found["numbers"]) if n])
            place = found.end()
        self._rest = text[place:]

    def rows(self) -> list[str]:
        """The text of each row."""
        return ["".join(cell for cell, _ in row) for row in self.cells]

    def filled(self) -> int:
        """How many cells are not blank."""
        return sum(len(row.replace(" ", "")) for row in self.rows())

    def _write(self, text: str) -> None:
        for char in text:
            width = cell_len(char)
            if width == 0:
                self._join(char)
            elif self.x + width <= self.columns:
                self._put(char, width)

    def _put(self, char: str, width: int) -> None:
        row = self.cells[self.y]
        if row[self.x][0] == "":
            row[self.x - 1] = (" ", row[self.x - 1][1])
        after = self.x + width
        if after < self.columns and row[after][0] == "":
            row[after] = (" ", row[after][1])
        row[self.x : after] = [(char, self._pen), ("", self._pen)][:width]
        self.x = after

    def _join(self, char: str) -> None:
        row, x = self.cells[self.y], self.x - 1
        while x > 0 and row[x][0] == "":
            x -= 1
        if x >= 0:
            row[x] = (row[x][0] + char, row[x][1])

    def _control(self, char: str) -> None:
        if char == "\r":
            self.x = 0
        elif char == "\b":
            self.x = max(self.x - 1, 0)
        elif char == "\n":
            self.y = min(self.y + 1, self.lines - 1)

    def _sequence(self, final: str, numbers: list[int]) -> None:
        count = max(numbers[0], 1) if numbers else 1
        if final in "Hf":
            self.y = min(count, self.lines) - 1
            self.x = min(max(numbers[1], 1) if len(numbers) > 1 else 1, self.columns) - 1
        elif final in "ABCD":
            self.y = min(max(self.y + {"A": -count, "B": count}.get(final, 0), 0), self.lines - 1)
            self.x = min(max(self.x + {"D": -count, "C": count}.get(final, 0), 0), self.columns - 1)
        elif final == "G":
            self.x = min(count, self.columns) - 1
        elif final == "d":
            self.y = min(count, self.lines) - 1
        elif final == "m":
            self._pen = rendition(self._pen, numbers)
        elif final in "JKX":
            self._erase(final, numbers[0] if numbers else 0)

    def _erase(self, final: str, how: int) -> None:
        blank = (" ", Pen(back=self._pen.back))
        if final == "X":
            last = min(self.x + max(how, 1), self.columns)
            self.cells[self.y][self.x : last] = [blank] * (last - self.x)
            return
        first, last = (self.x if how == 0 else 0), (self.x + 1 if how == 1 else self.columns)
        self.cells[self.y][first:last] = [blank] * (last - first)
        if final == "J":
            for y in range(self.lines):
                if how == 2 or (how == 0 and y > self.y) or (how == 1 and y < self.y):
                    self.cells[y] = self._blank()


def rendition(pen: Pen, numbers: Sequence[int]) -> Pen:
    """The pen after an SGR sequence of these parameters."""
    style, front, back = pen
    queue = list(numbers or [0])
    while queue:
        number = queue.pop(0)
        if number in (38, 48):
            length = 2 if queue[:1] == [5] else 4
            colour, queue = (number, *queue[:length]), queue[length:]
            front, back = (colour, back) if number == 38 else (front, colour)
        elif number == 0:
            style, front, back = NORMAL
        elif number in _STYLES:
            style |= {number}
        elif number in (22, *(20 + style for style in _STYLES)):
            style -= {number - 20, *((1,) if number == 22 else ())}
        elif 30 <= number <= 39 or 90 <= number <= 97:
            front = () if number == 39 else (number,)
        elif 40 <= number <= 49 or 100 <= number <= 107:
            back = () if number == 49 else (number,)
    return Pen(style, front, back)
