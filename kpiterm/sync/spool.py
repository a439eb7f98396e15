"""Bodies on their way to the store: split into records without building Python objects, and hashed, on disk."""

from __future__ import annotations

import codecs
import csv
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from kpiterm.plugins import DataError, Payload, Row
from kpiterm.sync.split import pieces, tagged, whole_lines

WINDOW_LIMIT = 8 << 30  # bytes; a window that is larger than this is a connector gone wild
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolFile:
    """A file for DuckDB. `format` is ndjson or rows (lines that name their payload); or lines, array, tsv or csv (one
    document, with its constants, a flat one with its header too)."""

    path: str
    format: str
    payload: int = 0
    table: str = ""
    header: tuple[str, ...] = ()
    extra: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where rows come from: hash and size of the body, and what was asked."""

    seq: int
    sha256: str
    request: str
    format: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that one window brought."""

    files: tuple[SpoolFile, ...]
    payloads: tuple[Lineage, ...]

    def as_json(self) -> dict[str, Any]:
        return {"files": [asdict(f) for f in self.files], "payloads": [asdict(p) for p in self.payloads]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Manifest:
        files = tuple(SpoolFile(**{**f, "header": tuple(f["header"])}) for f in data["files"])
        return cls(files, tuple(Lineage(**p) for p in data["payloads"]))


class Spool:
    """Takes what one window's fetch yields, into files of the run's private directory that start with `prefix`."""

    def __init__(self, directory: Path, prefix: str) -> None:
        self._directory, self._prefix = directory, prefix
        self._open: dict[str, BinaryIO] = {}
        self._files: list[SpoolFile] = []
        self._payloads: list[Lineage] = []
        self.records = 0
        self.bytes = 0

    def add(self, item: object, *, lineage_only: bool = False) -> None:
        """Spool one payload or row; DataError for anything that is neither, or that is not what it says."""
        if isinstance(item, Row):
            self._add_row(item)
        elif isinstance(item, Payload):
            self._add_payload(item, lineage_only)
        else:
            raise DataError(f"the connector gave a {type(item).__name__} where a Payload or Row belongs")
        if self.bytes > WINDOW_LIMIT:
            raise DataError(f"one window gave more than {WINDOW_LIMIT >> 30} GB: stopped before it fills the disk")

    def close(self) -> Manifest:
        for file in self._open.values():
            file.close()
        self._open.clear()
        return Manifest(tuple(self._files), tuple(self._payloads))

    def _add_row(self, row: Row) -> None:
        values = {name: _stored(value) for name, value in row.values.items()}
        line = msgspec.json.encode({"_payload": len(self._payloads), **values})
        self._appendable(f"{row.table}.rows", SpoolFile(path="", format="rows", table=row.table)).write(line + b"\n")
        self.records += 1
        self.bytes += len(line)

    def _add_payload(self, payload: Payload, lineage_only: bool) -> None:
        seq = len(self._payloads) + 1
        if not lineage_only and payload.format == "json" and isinstance(payload.body, Path) and not payload.records:
            digest, size = self._add_array(payload, seq)
        elif lineage_only:
            digest, size = _measured(payload.body)
        elif payload.format == "ndjson" and isinstance(payload.body, Path):
            digest, size = self._add_lines(payload, payload.body, seq)
        elif payload.format in ("json", "ndjson"):
            digest, size = self._add_records(payload, seq)
        else:
            digest, size = self._add_flat(payload, seq)
        if isinstance(payload.body, Path):
            payload.body.unlink(missing_ok=True)
        self._payloads.append(
            Lineage(seq=seq, sha256=digest, request=payload.request, format=payload.format, bytes=size)
        )
        self.bytes += size

    def _add_records(self, payload: Payload, seq: int) -> tuple[str, int]:
        file = self._appendable("ndjson", SpoolFile(path="", format="ndjson"))
        tag = msgspec.json.encode({"_payload": seq, **payload.extra})[:-1]
        digest, size = hashlib.sha256(), 0
        for piece in pieces(payload.body, by_line=payload.format == "ndjson"):
            digest.update(piece)
            size += len(piece)
            lines, count = tagged(piece, payload, tag, self.records)
            file.write(lines)
            self.records += count
        return digest.hexdigest(), size

    def _add_lines(self, payload: Payload, body: Path, seq: int) -> tuple[str, int]:
        """A document of lines that need nothing done to them is moved to where DuckDB reads it."""
        digest, size, records = hashlib.sha256(), 0, 0
        for piece in pieces(body, by_line=True):
            count = whole_lines(piece)
            if not count:
                return self._add_records(payload, seq)
            digest.update(piece)
            size, records = size + len(piece), records + count
        if records:
            path = self._directory / f"{self._prefix}-{seq}.ndjson"
            shutil.move(body, path)
            self._files.append(SpoolFile(path=str(path), format="lines", payload=seq, extra=dict(payload.extra)))
        self.records += records
        return digest.hexdigest(), size

    def _add_array(self, payload: Payload, seq: int) -> tuple[str, int]:
        """A document that is one JSON array: DuckDB reads its elements one by one, however many there are."""
        path = self._directory / f"{self._prefix}-{seq}.json"
        digest, size = _to_utf8(payload, path)
        with path.open("rb") as file:
            if (first := file.read(64).lstrip()[:1]) != b"[":
                raise DataError(f"{payload.request}: the document starts with {first!r}, not with a list of records")
        self._files.append(SpoolFile(path=str(path), format="array", payload=seq, extra=dict(payload.extra)))
        return digest, size

    def _add_flat(self, payload: Payload, seq: int) -> tuple[str, int]:
        path = self._directory / f"{self._prefix}-{seq}.{payload.format}"
        digest, size = _to_utf8(payload, path)
        delimiter = "\t" if payload.format == "tsv" else ","
        quoting: Literal[0, 3] = csv.QUOTE_NONE if payload.format == "tsv" else csv.QUOTE_MINIMAL
        with path.open(encoding="utf-8", newline="") as file:
            cells = next(csv.reader(file, delimiter=delimiter, quoting=quoting), [])
        self._files.append(
            SpoolFile(
                path=str(path),
                format=payload.format,
                payload=seq,
                header=tuple(cell.strip().strip('"').strip() for cell in cells),
                extra=dict(payload.extra),
            )
        )
        return digest, size

    def _appendable(self, name: str, file: SpoolFile) -> BinaryIO:
        if name not in self._open:
            path = self._directory / f"{self._prefix}.{name}"
            self._open[name] = path.open("wb", buffering=_CHUNK)
            self._files.append(SpoolFile(path=str(path), format=file.format, table=file.table))
        return self._open[name]


def _stored(value: object) -> object:
    """A moment as the store holds it: DuckDB would drop its offset."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _to_utf8(payload: Payload, target: Path) -> tuple[str, int]:
    """Write the body as UTF-8 without a byte order mark; the hash and size of the body as it came."""
    digest, size = hashlib.sha256(), 0
    encoding = "utf-8-sig" if payload.encoding.lower().replace("_", "-") == "utf-8" else payload.encoding
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with target.open("wb") as out:
            for chunk in _chunks(payload.body):
                digest.update(chunk)
                size += len(chunk)
                out.write(decoder.decode(chunk).encode())
            out.write(decoder.decode(b"", final=True).encode())
    except (UnicodeDecodeError, LookupError) as error:
        raise DataError(
            f"{payload.request}: the document is not {payload.encoding} as the vendor said: {error}"
        ) from None
    return digest.hexdigest(), size


def _measured(body: bytes | Path) -> tuple[str, int]:
    """Hash and size."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(body):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _chunks(body: bytes | Path) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    with body.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
