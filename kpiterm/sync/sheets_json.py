"""Tables in JSON documents: a list of objects, one object a line, or the lists of objects that one object holds."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from kpiterm.plugins import DataError, Sheet

MAX_DOCUMENT = 256 << 20  # a document is read whole; one object a line has no such bound
_ONE_RECORD = 1 << 16
_AGAIN = "download it again, then import the new file"
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
Record = Mapping[str, Any]


def is_json(path: Path) -> bool:
    """Whether the file begins like a JSON list or object."""
    with _opened(path) as file:
        return file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_json(path: Path) -> tuple[Sheet, ...]:
    """One Sheet a list of objects. Nested names are joined by dots, inner lists stay JSON text, numbers stay exact.

    Columns of a list that an object holds begin with the list's name; the object's own values stand in every row.
    """
    found = _lists(path)
    if not any(records for records in found.values()):
        raise DataError(
            f"{path.name} is JSON without any record",
            hint="nothing happened in the time that it covers, or it is no report",
        )
    return tuple(_sheet(path, name) for name, records in found.items() if records)


def _sheet(path: Path, name: str) -> Sheet:
    header: dict[str, None] = {}
    for record in _records(path, name):
        header.update(dict.fromkeys(record))
    columns = tuple(header)
    return Sheet(
        path=path,
        encoding="json",
        delimiter=None,
        header=columns,
        header_row=1,
        rows=partial(_rows, path, name, columns),
    )


def _rows(path: Path, name: str, columns: tuple[str, ...]) -> Iterator[tuple[str | None, ...]]:
    for record in _records(path, name):
        yield tuple(record.get(column) for column in columns)


def _records(path: Path, name: str) -> Iterator[dict[str, str | None]]:
    for record in _lists(path)[name]:
        flat: dict[str, str | None] = {}
        _flatten(record, "", flat)
        yield flat


def _flatten(record: Record, prefix: str, into: dict[str, str | None]) -> None:
    for key, value in record.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", into)
        else:
            into[prefix + key] = _text(value)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool | list):
        return _encode(value).decode()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _lists(path: Path) -> dict[str, Iterable[Record]]:
    """The lists of objects of a document, by name; the name of a list that stands alone is empty."""
    first, second = _first_lines(path)
    if first.startswith(b"{") and second.startswith(b"{"):
        return {"": _by_line(path)}
    document = _document(path)
    if isinstance(document, list):
        return {"": _objects(document)}
    if not isinstance(document, dict):
        return {}
    own = {key: value for key, value in document.items() if not isinstance(value, list)}
    lists = {key: _objects(value) for key, value in document.items() if isinstance(value, list)}
    found: dict[str, Iterable[Record]] = {
        key: [{key: record, **own} for record in records] for key, records in lists.items()
    }
    # A file of one object a line may hold a single one.
    return {"": [document], **found} if not any(lists.values()) or len(first) < _ONE_RECORD else found


def _objects(values: list[Any]) -> list[Record]:
    return [value for value in values if isinstance(value, dict)]


def _first_lines(path: Path) -> tuple[bytes, bytes]:
    with _opened(path) as file:
        lines = (line.strip() for line in iter(partial(file.readline, 1 << 24), b""))
        filled = filter(None, lines)
        first = next(filled, b"")
        return first.removeprefix(b"\xef\xbb\xbf"), next(filled, b"") if first.endswith(b"}") else b""


def _by_line(path: Path) -> Iterator[Record]:
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                record = _parsed(line, f"{path.name}, line {number}")
                if isinstance(record, dict):
                    yield record


def _document(path: Path) -> object:
    with _opened(path) as file:
        body = file.read(MAX_DOCUMENT + 1)
    if len(body) > MAX_DOCUMENT:
        raise DataError(
            f"{path.name} is a JSON document of more than {MAX_DOCUMENT >> 20} MB", hint="export a shorter span of days"
        )
    return _parsed(body, path.name)


def _parsed(body: bytes, what: str) -> object:
    try:
        return _decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise DataError(f"{what} is not valid JSON", hint=_AGAIN) from None


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("BinaryIO", gzip.open(path, "rb")) if packed else path.open("rb")
