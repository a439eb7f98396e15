"""Bodies into records, one on a line, without building Python objects; what need not be looked at is not."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from kpiterm.plugins import DataError, Payload

_PIECE = 4 << 20


def pieces(body: bytes | Path, *, by_line: bool) -> Iterator[bytes]:
    """The body whole; but a file that may be cut between lines a few megabytes at a time, however large it is."""
    if isinstance(body, bytes):
        yield body
    elif not by_line:
        yield body.read_bytes()
    else:
        with body.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece + file.readline()


def whole_lines(piece: bytes) -> int:
    """How many lines a piece of NDJSON has, if each looks like an object with fields; 0 where one does not.

    DuckDB parses them, and refuses what is none: no need to parse them here too.
    """
    seams, breaks = piece.count(b'}\n{"'), piece.count(b"\n") - piece.endswith(b"\n")
    return seams + 1 if piece.startswith(b'{"') and piece.endswith((b"}", b"}\n")) and seams == breaks else 0


def tagged(body: bytes, payload: Payload, tag: bytes, before: int) -> tuple[bytes, int]:
    """The records of a body as lines, the fields of `tag` (`{"_payload":1`) in front of each, and their number.

    DataError where a record is no object; `before` records came earlier. Nearly every body is taken in one go; what
    that cannot judge is taken record by record.
    """
    head = tag + b","
    found = _lines_at_once(body) if payload.format == "ndjson" else _records_at_once(body, payload.records)
    if found and all(record.startswith(b'{"') for record in found):
        return b"".join([head + record[1:] + b"\n" for record in found]), len(found)
    lines: list[bytes] = []
    for record in split(body, payload):
        if record[:1] != b"{":
            raise DataError(f"{payload.request}: record {before + len(lines) + 1} is no object with named fields")
        fields = record[1:].lstrip()
        lines.append((tag if fields == b"}" else head) + fields + b"\n")
    return b"".join(lines), len(lines)


def _lines_at_once(body: bytes) -> list[bytes]:
    return body.removesuffix(b"\n").split(b"\n") if whole_lines(body) else []


def _records_at_once(body: bytes, path: tuple[str, ...]) -> list[bytes]:
    """The records of a JSON body that lies on one line; none where they are not a list at the end of `path`."""
    if b"\n" in body or b"\r" in body:
        return []
    try:
        found = _decoder(path).decode(body)
    except msgspec.DecodeError:
        return []
    for _ in path:
        found = found.inner
    return list(map(bytes, found))


@lru_cache(maxsize=64)
def _decoder(path: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Reads a body once, from its envelope to its records, which stay as they are."""
    kind: Any = list[msgspec.Raw]
    for key in reversed(path):
        kind = msgspec.defstruct("Envelope", [("inner", kind)], rename={"inner": key})
    return msgspec.json.Decoder(kind)


def split(body: bytes, payload: Payload) -> Iterator[bytes]:
    """The records of a JSON or NDJSON body as compact bytes on one line each, whatever they are."""
    try:
        body = body.removeprefix(codecs.BOM_UTF8)
        raws = _lines(body) if payload.format == "ndjson" else _descend(body, payload.records)
        for raw in raws:
            record = bytes(raw).strip()
            yield msgspec.json.format(record, indent=-1) if b"\n" in record or b"\r" in record else record
    except (msgspec.DecodeError, KeyError) as error:
        where = ".".join(payload.records) or "a list of records"
        raise DataError(
            f"{payload.request}: the body is not the JSON that was promised ({where}): {error}",
            hint="if the vendor changed its format, upgrade the connector",
        ) from None


def _lines(body: bytes) -> Iterator[bytes]:
    for line in body.splitlines():
        if line.strip():
            yield bytes(msgspec.json.decode(line, type=msgspec.Raw))


def _descend(body: bytes, path: tuple[str, ...]) -> Iterator[msgspec.Raw]:
    raw = msgspec.Raw(body)
    for key in path:
        raw = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])[key]
    if bytes(raw).lstrip()[:1] == b"{":
        return iter([msgspec.json.decode(raw, type=msgspec.Raw)])
    return iter(msgspec.json.decode(raw, type=list[msgspec.Raw]))
