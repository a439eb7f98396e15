"""The only place that writes to stdout and stderr."""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

_COLOURS = {"ok": "32", "watch": "33", "breach": "31", "failed": "31", "partial": "33", "dim": "2", "bold": "1"}

_COLOUR = re.compile(r"\x1b\[\d+m")
_WIDE = r"\u2e80-\uffef"
_WORD = re.compile(rf" |（?(?:[^ {_WIDE}]*\u00a0个百分点|[^ {_WIDE}]+|[{_WIDE}])[，。；：、）]*")
_CONTROL = re.compile(r"\x1b(?!\[\d+m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


def line(text: str = "") -> None:
    """Data, for stdout."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Narration, for stderr."""
    sys.stderr.write(_harmless(text) + "\n")


def error(message: str, hint: str, *, kind: str, as_json: bool) -> None:
    """What happened, and what to do next."""
    if as_json:
        answer({"error": {"kind": kind, "message": message, "hint": hint}})
    note(f"kpiterm: {message}")
    if hint:
        note(f"  → {hint}")


def answer(data: Mapping[str, object]) -> None:
    """A `--json` answer."""
    line(json.dumps({"v": 1, **data}, ensure_ascii=False, default=str))


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Aligned columns, by the width that a terminal gives each character; columns in `right` are right-aligned."""
    rows = [[" ".join(_harmless(cell).splitlines()) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(header, *rows, strict=True)]
    for number, row in enumerate((header, *rows)):
        cells = [_pad(cell, widths[n], left=n not in right) for n, cell in enumerate(row)]
        text = "  ".join(cells).rstrip()
        line(paint(text, "dim") if number == 0 else text)


def width(text: str) -> int:
    """How many cells a terminal gives to `text`; colours take none."""
    plain = _COLOUR.sub("", text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)


def _harmless(text: str) -> str:
    """Text without control characters: a vendor's message or a product's title must not drive the terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def paint(text: str, style: str) -> str:
    """`text` in a colour where that is wanted; states always say their name too."""
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if style in _COLOURS and coloured() else text


def coloured() -> bool:
    """NO_COLOR, --no-color and a pipe all mean no."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _pad(text: str, cells: int, *, left: bool) -> str:
    space = " " * (cells - width(text))
    return text + space if left else space + text


def flush() -> None:
    """Let a program that waits for our first lines have them."""
    sys.stdout.flush()


def wrapped(text: str, cells: int) -> Iterator[str]:
    """Lines of at most so many cells; Chinese may break at any character, a number stays with its unit."""
    held, begun = "", re.sub(r" (%|pp|个百分点)", "\N{NO-BREAK SPACE}\\1", text)
    for word in _WORD.findall(begun):
        if held and word != " " and width(held + word) > cells:
            yield held.rstrip(" ")
            held = ""
        held += word if held or word != " " else ""
    if held:
        yield held
