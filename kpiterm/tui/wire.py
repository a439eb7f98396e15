"""What the terminal shows, and the fewest bytes that make it show something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from rich.cells import split_graphemes

_TOKEN = re.compile(
    r"\x1b\[(?P<pen>[\d;]*)m|\x1b\[(?P<row>\d+);(?P<column>\d+)H|(?P<sync>\x1b\[\?2026[hl])|(?P<line>\n)"
    r"|(?P<other>\x1b(?:\[[ -?]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])|[\x00-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
)
_SINGLE = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc]*").fullmatch
CLEAR = "\x1b[m\x1b[2J"
START, END = "\x1b[?2026h", "\x1b[?2026l"
_NEAR = 6
"""Cells that are written again rather than passed over: to move costs as many bytes."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}


class Pen(NamedTuple):
    """How characters are drawn: SGR parameters, colours "" where they are the terminal's own."""

    style: frozenset[str] = frozenset()
    front: str = ""
    back: str = ""


NORMAL = Pen()
_UNKNOWN = Pen(frozenset("?"))
Row = tuple[list[str], list[Pen]]
"""Characters ("" in the right half of a wide one) and their pens."""


class Wire:
    """Fed with what an app paints, row by row and each pen from the normal one; `take` writes what differs from what
    the terminal shows. Sequences that paint nothing pass, in their place."""

    def __init__(self) -> None:
        self._wanted: list[Row] = []
        self._shown: dict[int, Row] = {}
        self._elsewhere: Row | None = None
        self._changed: set[int] = set()
        self._out: list[str] = []
        self._size = (0, 0)
        self._pen = NORMAL
        self._cursor, self._stands = (0, 0), (-1, -1)
        self._together = False

    def feed(self, text: str) -> None:
        """Remember what `text` paints, which is whole: no sequence goes on in the next one."""
        pen, (x, y) = NORMAL, self._cursor
        for found in _TOKEN.finditer(text):
            kind = found.lastgroup
            if kind == "text":
                x = self._paint(x, y, found["text"], pen)
            elif kind == "pen":
                pen = pen_of(found["pen"])
            elif kind == "column":
                x, y = int(found["column"]) - 1, int(found["row"]) - 1
            elif kind == "sync":
                self._together = True
            elif kind == "other":
                self._cursor = (x, y)
                self._pass(found["other"])
        self._cursor = (x, y)

    def take(self, columns: int, lines: int) -> str:
        """What has to be written to a terminal of this size, or nothing."""
        if (columns, lines) != self._size:
            before, self._size = self._size, (columns, lines)
            if any(before):
                self.forget()
        self._draw()
        out, self._out = "".join(self._out), []
        return out

    def forget(self) -> None:
        """Nobody knows what the terminal shows: write all of it when asked next."""
        self._know(None, _UNKNOWN)

    def _know(self, everywhere: Row | None, pen: Pen) -> None:
        self._shown, self._elsewhere, self._pen, self._stands = {}, everywhere, pen, (-1, -1)
        self._changed.update(range(len(self._wanted)))

    def _pass(self, sequence: str) -> None:
        self._draw()
        self._out.append(sequence)
        if sequence == "\x1b[?1049h":  # not every terminal has a second screen, and not every one clears it
            self._out.append(CLEAR)
            self._know(([], []), NORMAL)

    def _paint(self, x: int, y: int, text: str, pen: Pen) -> int:
        while len(self._wanted) <= y:
            self._wanted.append(([], []))
        self._changed.add(y)
        chars, pens = self._wanted[y]
        if len(chars) < x:
            pens.extend([NORMAL] * (x - len(chars)))
            chars.extend(" " * (x - len(chars)))
        cells = text if _SINGLE(text) else _cells(text)
        end = x + len(cells)
        if x and chars[x:] and chars[x] == "":
            chars[x - 1] = " "
        if chars[end:] and chars[end] == "":
            chars[end] = " "
        chars[x:end] = cells
        before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
        pens[x:end] = [pen] * len(cells)
        pens[x : x + before], pens[end - after : end] = [_bare(pen)] * before, [_bare(pen)] * after
        return end

    def _draw(self) -> None:
        if not any(self._size):
            return
        parts = [part for y in sorted(self._changed) if y < self._size[1] for part in self._row(y)]
        self._changed.clear()
        if parts or self._cursor != self._stands:
            parts.append(self._move(*self._cursor))
            self._stands = self._cursor
        if parts:
            self._out += [START, *parts, END] if self._together and len(parts) > 1 else parts

    def _row(self, y: int) -> Iterator[str]:
        width = self._size[0]
        wanted, known = _wide(self._wanted[y], width), self._shown.get(y, self._elsewhere)
        shown = _wide(known, width) if known else None
        if wanted != shown:
            self._shown[y] = wanted
            for first, last in _runs(wanted, shown):
                yield self._move(first, y)
                yield from self._run(wanted, first, last)

    def _run(self, row: Row, first: int, last: int) -> Iterator[str]:
        chars, pens = row
        for pen, places in groupby(range(first, last), pens.__getitem__):
            inside = list(places)
            text = "".join(chars[inside[0] : inside[-1] + 1])
            if not text.isspace() or _bare(self._pen) != _bare(pen):
                yield _change(self._pen, pen)
                self._pen = pen
            blank = len(text) - len(text.rstrip(" "))
            if blank > 3 and inside[-1] + 1 == len(chars) and _bare(self._pen) == NORMAL:
                yield text[:-blank] + "\x1b[K"
            else:
                yield text

    @staticmethod
    def _move(x: int, y: int) -> str:
        return f"\x1b[{y + 1};{x + 1}H" if x or y else "\x1b[H"


@lru_cache(1024)
def pen_of(numbers: str) -> Pen:
    """The pen that SGR parameters make of the normal one."""
    style, front, back = frozenset[str](), "", ""
    queue = [number or "0" for number in numbers.split(";")]
    while queue:
        number = queue.pop(0)
        if number in ("38", "48"):
            length = 2 if queue[:1] == ["5"] else 4
            colour, queue = ";".join([number, *queue[:length]]), queue[length:]
            front, back = (colour, back) if number == "38" else (front, colour)
        elif number == "0":
            style, front, back = NORMAL
        elif 30 <= int(number) <= 39 or 90 <= int(number) <= 97:
            front = "" if number == "39" else number
        elif 40 <= int(number) <= 49 or 100 <= int(number) <= 107:
            back = "" if number == "49" else number
        else:
            style |= {number}
    return Pen(style, front, back)


@lru_cache(1024)
def _bare(pen: Pen) -> Pen:
    """What of a pen is seen on a blank; all of it where colours are swapped."""
    return pen if "7" in pen.style else Pen(pen.style - {"1", "2", "3"}, "", pen.back)


@lru_cache(4096)
def _change(old: Pen, new: Pen) -> str:
    """The shorter of two ways from one pen to another: by what differs, or from the normal one."""
    if old == new:
        return ""
    whole = ";".join(["0", *sorted(new.style), *filter(None, new[1:])]) if new != NORMAL else ""
    gone = old.style - new.style
    if not gone <= _OFF.keys() or ({"1", "2"} & gone and {"1", "2"} & new.style):
        return f"\x1b[{whole}m"
    parts = sorted({_OFF[one] for one in gone}) + sorted(new.style - old.style)
    parts += [new.front or "39"] * (old.front != new.front) + [new.back or "49"] * (old.back != new.back)
    return f"\x1b[{min(whole, ';'.join(parts), key=len)}m"


def _cells(text: str) -> list[str]:
    """A grapheme a cell, and "" after one that takes two."""
    spans, _ = split_graphemes(text)
    return [cell for first, last, width in spans for cell in (text[first:last], "")[:width]]


def _wide(row: Row, width: int) -> Row:
    """The row in exactly so many cells."""
    chars, pens = row[0][:width], row[1][:width]
    if row[0][width:] and row[0][width] == "":
        chars[-1] = " "
    missing = width - len(chars)
    return chars + [" "] * missing, pens + [NORMAL] * missing


def _runs(wanted: Row, shown: Row | None) -> list[tuple[int, int]]:
    """From where to where a row has to be written. Rows with characters of whose width terminals have their own idea
    are written whole."""
    width = len(wanted[0])
    if shown is None or _odd(wanted[0]) or _odd(shown[0]):
        return [(0, width)]
    cells = zip(*wanted, *shown, strict=True)
    places = [x for x, (char, pen, old, before) in enumerate(cells) if char != old or pen != before]
    runs: list[tuple[int, int]] = []
    for x in places:
        if runs and x - runs[-1][1] <= _NEAR:
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return runs


def _odd(chars: list[str]) -> bool:
    return max(chars) >= "\U0001f000" or max(map(len, chars)) > 1
