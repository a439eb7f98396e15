"""Tables in Excel files. A workbook is unpacked and measured first, so that a hostile one cannot eat the memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kpiterm.plugins import DataError, Sheet
from kpiterm.sync.header_row import SAMPLE_ROWS, find_header, fitted, stripped

MAX_UNPACKED = 512 << 20
MAX_CELLS = 10_000_000  # about 350 MB while it is read
_CHUNK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream that a protected workbook is kept in
_AS_CSV = "save it as CSV, which is read line by line, then import that file"
_PLACE = re.compile(rb"<(?:\w+:)?(?:row|c)\b[^>]*?\sr\s*=\s*[\"']([A-Za-z]*)(\d+)")
_EXACT = 10**15  # Excel keeps 15 digits; longer whole numbers are identifiers that have lost theirs


def is_workbook(path: Path) -> bool:
    """Whether the file starts as Excel files do: a zip archive, or the container of old and encrypted ones."""
    try:
        with path.open("rb") as file:
            return file.read(8).startswith((_ZIP, _OLE))
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}", hint="check the file's rights") from None


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """One Sheet for each visible worksheet that holds a table."""
    with _damage_named(path):
        if path.stat().st_size > MAX_UNPACKED:
            raise DataError(f"{path.name} is larger than {MAX_UNPACKED >> 20} MB", hint=_AS_CSV)
        if zipfile.is_zipfile(path):
            _measure(path)
        elif _ENCRYPTED in path.read_bytes():
            raise PasswordError
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            names = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
            found = [_find(path, name, book.get_sheet_by_name(name)) for name in names]
    return tuple(sheet for sheet in found if sheet)


def _find(path: Path, name: str, sheet: CalamineSheet) -> Sheet | None:
    sample = [(n, row) for n, row in islice(_numbered(sheet), SAMPLE_ROWS) if any(row)]
    index = find_header([row for _, row in sample], [_extent(row) for _, row in sample])
    if index is None:
        return None
    header_row, cells = sample[index]
    header = stripped(cells[: _extent(cells)])
    rows = partial(_rows, path, name, header_row, len(header))
    return Sheet(path=path, encoding="xlsx", delimiter=None, header=header, header_row=header_row, rows=rows)


def _rows(path: Path, name: str, header_row: int, width: int) -> Iterator[tuple[str | None, ...]]:
    with _damage_named(path), path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
        for number, cells in _numbered(book.get_sheet_by_name(name)):
            if number > header_row and (row := fitted(cells, width)):
                yield row


def _numbered(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    first = sheet.start[0] + 1 if sheet.start else 1
    for number, row in enumerate(sheet.iter_rows(), start=first):
        yield number, [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """A cell as its owner sees it: whole numbers without `.0`, others to Excel's 15 digits, dates as ISO."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        short = Decimal(format(cell, ".15g"))
        return str(cell) if abs(cell) >= _EXACT else format(short.normalize(), "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _extent(row: list[str]) -> int:
    return next((n for n in range(len(row), 0, -1) if row[n - 1]), 0)


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except PasswordError:
        raise DataError(
            f"{path.name} is protected by a password", hint="open it in Excel, save it without one, then import that"
        ) from None
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path.name} is a damaged Excel file: {error}", hint=_AS_CSV) from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error}", hint="check the file and its rights") from None


def _measure(path: Path) -> None:
    """Unpack everything once without keeping it: sizes and dimensions that a file states cannot be trusted."""
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise DataError(
                f"{path.name} is an archive or a document without an Excel workbook",
                hint="unpack it, or save it as CSV, then import that",
            )
        left = MAX_UNPACKED
        for member in archive.infolist():
            left = _measure_member(path, archive, member, left)


def _measure_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    member.file_size = MAX_UNPACKED + 1  # what the archive states is not what it unpacks to
    rows = columns = 0
    tail = b""
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise DataError(f"{path.name} unpacks to more than {MAX_UNPACKED >> 20} MB", hint=_AS_CSV)
            text = tail + chunk
            for letters, digits in _PLACE.findall(text):
                rows, columns = max(rows, int(digits[:9])), max(columns, _column(letters[:4]))
            tail = text[max(text.rfind(b"<"), len(text) - 4096) :]
            if rows * max(columns, 1) > MAX_CELLS:
                raise DataError(f"{path.name} spans {rows} rows by {columns} columns", hint=_AS_CSV)
    return left


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
