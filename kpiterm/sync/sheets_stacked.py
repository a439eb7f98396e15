"""Files in which several tables follow each other with blank lines between them, as dashboards export them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from kpiterm.plugins import Sheet
from kpiterm.sync import encodings
from kpiterm.sync.header_row import find_header, fitted, stripped

MAX_BYTES = 4 << 20  # dashboards are small; a larger file is one table


def read_stacked(path: Path) -> tuple[Sheet, ...]:
    """The tables of a comma-separated text file, one for each block of lines; none where it is one table or no text."""
    if path.stat().st_size > MAX_BYTES:
        return ()
    body = path.read_bytes()
    if encodings.is_binary(body[:65536]):
        return ()
    encoding = encodings.detect([body])
    text = body.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
    found = [_sheet(path, encoding, first, block) for first, block in _blocks(text)]
    return tuple(sheet for sheet in found if sheet) if len(found) > 1 else ()


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line and the lines of each run without a blank one; a lone cell above them is a title."""
    start, block = 1, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip(' \t,;"'):
            start, block = (start, [*block, line]) if block else (number, [line])
        elif block:
            yield start, block
            block = []


def _sheet(path: Path, encoding: str, first: int, block: list[str]) -> Sheet | None:
    try:
        rows = list(csv.reader(block))
    except csv.Error:
        return None
    index = find_header(rows, [len(row) for row in rows])
    if index is None:
        return None
    header = stripped(rows[index])
    lines = [row for cells in rows[index + 1 :] if (row := fitted(cells, len(header)))]
    return Sheet(
        path=path, encoding=encoding, delimiter=",", header=header, header_row=first + index, rows=partial(iter, lines)
    )
