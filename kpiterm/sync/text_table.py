"""Tables in text files: encoding, delimiter and header are found from the content, rows are streamed."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from kpiterm.plugins import DataError, Sheet
from kpiterm.sync import encodings
from kpiterm.sync.header_row import SAMPLE_ROWS, find_header, fitted, holds_values, stripped

MAX_BYTES = 16 << 30
MAX_LINE = 1 << 20
AGAIN = "export the report again, then import the new file"
_CHUNK = 1 << 20
_SAMPLE_CHARACTERS = 1 << 20
_DELIMITERS = ("\t", ",", ";")
_END = "\0"  # cells never hold it, so a row that has swallowed it shows a quote without end


def read_text(path: Path) -> tuple[Sheet, ...]:
    """The table of a text file, plain or gzip; none where its lines form no table. DataError says what is wrong."""
    with _damage_named(path):
        encoding = encodings.detect(_checked(path))
        lines = islice(_lines(path, encoding), 4 * SAMPLE_ROWS)
        sample = list(_up_to(lines, _SAMPLE_CHARACTERS))
    if not any(line.strip() for line in sample):
        raise DataError(f"{path.name} is empty", hint=AGAIN)
    if "".join(sample[:1]).lstrip("\ufeff \r\n")[:1] in ("{", "[", "<"):
        return ()  # JSON and XML are no tables
    tables = (_as_table(sample, delimiter) for delimiter in _DELIMITERS)
    score, delimiter, header_row, header = max(tables, key=lambda table: table[0])
    if not score:
        return ()
    rows = partial(_rows, path, encoding, delimiter, header_row, len(header))
    reported = "utf-16" if encoding.startswith("utf-16") else encoding
    return (Sheet(path=path, encoding=reported, delimiter=delimiter, header=header, header_row=header_row, rows=rows),)


def _checked(path: Path) -> Iterator[bytes]:
    """The file's bytes, unpacked, after a look at whether they are text at all."""
    with _unpacked(path) as file:
        total = 0
        while chunk := file.read(_CHUNK):
            if not total:
                _check_head(path, chunk)
            total += len(chunk)
            if total > MAX_BYTES:
                raise DataError(
                    f"{path.name} holds more than {MAX_BYTES >> 30} GB of text", hint="export a shorter span of days"
                )
            yield chunk


def _check_head(path: Path, head: bytes) -> None:
    start = head[:65536].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"version https://git-lfs"):
        raise DataError(
            f"{path.name} is a Git LFS pointer, not the report itself",
            hint="run 'git lfs pull' where the file came from, then import it again",
        )
    if start.startswith((b"<html", b"<!doctype html", b"<table")) or (start[:5] == b"<?xml" and b"<html" in start):
        raise DataError(
            f"{path.name} is a web page under another name",
            hint="open it in Excel, save it as .xlsx or .csv, then import that file",
        )
    if encodings.is_binary(head[:65536]):
        raise DataError(
            f"{path.name} is neither text nor an Excel file", hint="import the report as the platform gave it"
        )


def _unpacked(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("BinaryIO", gzip.open(path, "rb")) if packed else path.open("rb")


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} is a damaged gzip file: {error}", hint="download it again") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}", hint="check the file's rights") from None


def _lines(path: Path, encoding: str) -> Iterator[str]:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with io.TextIOWrapper(_unpacked(path), encoding=codec, errors="replace", newline="") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_LINE + 1), ""), start=1):
            if len(line) > MAX_LINE:
                raise DataError(f"{path.name}: line {number} is longer than {MAX_LINE} characters", hint=AGAIN)
            yield line.replace("\0", "") if "\0" in line else line


def _up_to(lines: Iterable[str], characters: int) -> Iterator[str]:
    for line in lines:
        yield line
        characters -= len(line)
        if characters < 0:
            return


def _as_table(sample: list[str], delimiter: str) -> tuple[int, str, int, tuple[str, ...]]:
    """How well the delimiter explains the sample, itself, and the header that it gives with its line number."""
    try:
        numbered = [(n, row) for n, row in islice(_records(sample, delimiter), SAMPLE_ROWS) if any(row)]
    except csv.Error:
        numbered = []
    rows = [row for _, row in numbered]
    index = find_header(rows, [len(row) for row in rows])
    if index is None:
        return 0, delimiter, 0, ()
    width = len(rows[index])
    fitting = sum(1 for row in rows[index:] if abs(len(row) - width) <= 1)
    score = 2 * fitting * (width - 1) // (2 if holds_values(rows[index]) else 1)
    return score, delimiter, numbered[index][0], stripped(rows[index])


def _records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each record, with the number of the line on which it starts."""
    if delimiter == "\t":
        for number, line in enumerate(lines, start=1):
            cells = line.rstrip("\r\n").split("\t")
            yield number, [_unquoted(cell) for cell in cells] if '"' in line else cells
        return
    reader = csv.reader(lines, delimiter=delimiter)
    start = 1
    for row in reader:
        yield start, row
        start = reader.line_num + 1


def _unquoted(cell: str) -> str:
    """Quotes in tab-separated exports are inch marks and the like, save where a spreadsheet quoted the whole cell."""
    inner = cell[1:-1].replace('""', "")
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"' or '"' in inner:
        return cell
    return cell[1:-1].replace('""', '"')


def _rows(path: Path, encoding: str, delimiter: str, header_row: int, width: int) -> Iterator[tuple[str | None, ...]]:
    start = 0
    with _damage_named(path):
        try:
            for start, cells in _records(_ended(_lines(path, encoding)), delimiter):
                if cells == [_END]:
                    return
                if cells and cells[-1].endswith(_END):
                    break
                if start > header_row and (row := fitted(cells, width)):
                    yield row
        except csv.Error as error:
            raise DataError(f"{path.name}: after line {start}: {error}", hint=AGAIN) from None
    raise DataError(f"{path.name}: a quote opens on line {start} and never closes", hint=AGAIN)


def _ended(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield _END
