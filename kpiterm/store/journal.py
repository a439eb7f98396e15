"""What people decided, one JSON line each, append-only, chained by hash; writing it waits for no running sync."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.errors import StoreError
from kpiterm.paths import private_dir
from kpiterm.store.lock import brief_lock

if TYPE_CHECKING:
    import duckdb

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the operation log; `hash` covers the line and the hash before it."""

    seq: int
    happened_at: datetime
    actor: str
    kind: str
    detail: Mapping[str, object]
    hash: str


def append(path: Path, kind: str, detail: Mapping[str, object], *, now: datetime | None = None) -> Entry:
    """Add an entry and fsync it before returning."""
    private_dir(path.parent)
    with brief_lock(path.with_suffix(".lock")):
        last = _last(path)
        moment = (now or datetime.now(UTC)).astimezone(UTC)
        body = {
            "seq": last.seq + 1 if last else 1,
            "happened_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "actor": actor(),
            "kind": kind,
            "detail": dict(detail),
        }
        line = json.dumps({**body, "hash": _hash(last.hash if last else GENESIS, body)}, ensure_ascii=False)
        with path.open("ab") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(_repair(path) + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    return _parse(line)


def read(path: Path, after: int = 0) -> Iterator[Entry]:
    """The entries with a higher number than `after`, in order; a line torn by a crash at the very end is left out."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            entry = _parse(line.decode())
        except (ValueError, KeyError, TypeError):
            if number == len(lines) - 1:
                return
            continue
        if entry.seq > after:
            yield entry


def verify(path: Path) -> int:
    """The number of entries, after checking every hash; StoreError names the first entry that was tampered with."""
    before, count = GENESIS, 0
    for entry in read(path):
        body = {
            "seq": entry.seq,
            "happened_at": entry.happened_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "actor": entry.actor,
            "kind": entry.kind,
            "detail": entry.detail,
        }
        if entry.seq != count + 1 or entry.hash != _hash(before, body):
            raise StoreError(
                f"{path}: entry {entry.seq} does not match the chain: it, or one before it, was changed or removed",
                hint="compare with a backup; the entries before it are sound",
            )
        before, count = entry.hash, count + 1
    return count


def fold(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Copy entries that the store does not have yet into its table `event`."""
    row = con.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    rows = event_rows(read(path, after=int(row[0]) if row else 0))
    if rows:
        insert_events(con, rows)
    return bool(rows)


def event_rows(entries: Iterator[Entry]) -> list[tuple[object, ...]]:
    """Entries as rows of the table `event`."""
    return [
        (
            e.seq,
            e.happened_at.replace(tzinfo=None),
            e.actor,
            e.kind,
            json.dumps(e.detail, ensure_ascii=False),
            e.hash,
        )
        for e in entries
    ]


def insert_events(con: duckdb.DuckDBPyConnection, rows: list[tuple[object, ...]]) -> None:
    """One set-based insert, whatever the number of rows."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    con.execute("INSERT INTO event SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", columns)


def actor() -> str:
    """Who is at the keyboard, as the operation log names them."""
    return os.environ.get("KPITERM_ACTOR") or os.environ.get("SUDO_USER") or getpass.getuser()


def _hash(before: str, body: Mapping[str, object]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _parse(line: str) -> Entry:
    data = json.loads(line)
    data["happened_at"] = datetime.fromisoformat(data["happened_at"])
    return Entry(**data)


def _last(path: Path) -> Entry | None:
    last = None
    for last in read(path):  # noqa: B007 (the journal is small: a person writes it)
        pass
    return last


def _repair(path: Path) -> bytes:
    """A newline to put first when a crash tore the last line, so that the new entry starts on its own."""
    if not path.exists() or path.stat().st_size == 0:
        return b""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"
