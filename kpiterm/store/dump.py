"""Everything that a workspace holds, as plain files with a manifest: tables as Parquet or CSV, people's files too."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from kpiterm import __version__
from kpiterm.errors import StoreError, UsageError
from kpiterm.paths import Paths, private_dir
from kpiterm.store import journal, snapshot

Format = Literal["parquet", "csv"]
MANIFEST = "manifest.json"
NOTE = ".certificate"
"""The file by which a deletion knows where its certificate lies."""
# Made anew from the rest, or of this machine only.
_LEFT_OUT = frozenset({"store", "spool", "resume", "logs"})


@dataclass(frozen=True, slots=True)
class Exported:
    """An export: its folder, the manifest, and the manifest's own hash."""

    folder: Path
    manifest: dict[str, Any]
    sha256: str


def export(paths: Paths, folder: Path, form: Format) -> Exported:
    """Write everything into `folder`, which must be new or empty; whole or not at all."""
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty", hint="name a new folder: --out DIR")
    if folder.is_relative_to(paths.root.resolve()):
        raise UsageError(f"{folder} lies in the workspace itself", hint="name a folder outside of it")
    temporary = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(temporary, ignore_errors=True)
    private_dir(temporary)
    try:
        tables = _tables(paths, private_dir(temporary / "tables"), form)
        _people(paths, private_dir(temporary / "workspace"))
        manifest = _manifest(paths, temporary, tables)
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (temporary / MANIFEST).write_text(text, "utf-8")
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}", hint="free some space, or name another folder") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Exported(folder, manifest, hashlib.sha256(text.encode()).hexdigest())


def read_export(folder: Path) -> Exported:
    """An export as it lies on disk, after checking every file's hash; UsageError names the first that differs."""
    try:
        data = (folder / MANIFEST).read_bytes()
        manifest = json.loads(data)
        files = [(file["path"], file["sha256"]) for file in manifest["files"]]
    except (OSError, ValueError, LookupError, TypeError):
        hint = "kpiterm contract handover --out DIR writes one"
        raise UsageError(f"{folder} holds no export", hint=hint) from None
    for name, digest in files:
        if not (folder / name).is_file() or sha256(folder / name) != digest:
            raise UsageError(f"{folder / name} is not what was exported", hint="export again into a new folder")
    return Exported(folder, manifest, hashlib.sha256(data).hexdigest())


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def state(paths: Paths) -> dict[str, object]:
    """What tells whether anything changed since: the snapshot, the log's last entry but for exports, people's files."""
    current = snapshot.current(paths.store)
    last = None
    for entry in journal.read(paths.journal):
        last = entry if entry.kind != "contract.export" else last
    files = [f"{file.relative_to(paths.root).as_posix()} {sha256(file)}\n" for file in people_files(paths.root)]
    people = hashlib.sha256("".join(files).encode()).hexdigest()
    return {"snapshot": current.name if current else None, "log": last.hash if last else None, "people": people}


def _tables(paths: Paths, folder: Path, form: Format) -> dict[str, int]:
    """Every table of the snapshot, the superseded rows with it; the rows of each."""
    import duckdb

    path = snapshot.current(paths.store)
    if path is None:
        return {}
    options = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else "FORMAT csv, HEADER"
    try:
        with duckdb.connect(str(path), read_only=True, config={"threads": 1, "memory_limit": "256MB"}) as con:
            con.execute("SET preserve_insertion_order = false")
            names = [str(n) for (n,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
            counts: dict[str, int] = {}
            for name in names:
                target = str(folder / f"{name}.{form}").replace("'", "''")
                con.execute(f"COPY \"{name}\" TO '{target}' ({options})")
                row = con.execute(f'SELECT count(*) FROM "{name}"').fetchone()
                counts[f"tables/{name}.{form}"] = int(row[0]) if row else 0
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        raise StoreError(
            f"{path.name} cannot be exported: {message}", hint="kpiterm doctor checks the store"
        ) from error
    return counts


def _people(paths: Paths, folder: Path) -> None:
    """Contracts, statements, KPI files and all else that people wrote, and the operation log."""
    for file in people_files(paths.root):
        target = folder / file.relative_to(paths.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    if paths.journal.exists():
        shutil.copyfile(paths.journal, folder / paths.journal.name)


def people_files(root: Path) -> Iterator[Path]:
    """The files of a workspace that are not made from others."""
    for file in sorted(root.rglob("*")):
        place = file.relative_to(root).parts[0]
        if file.is_file() and not file.is_symlink() and place not in _LEFT_OUT and place != NOTE:
            yield file


def _manifest(paths: Paths, folder: Path, rows: dict[str, int]) -> dict[str, Any]:
    return {
        "kpiterm": __version__,
        "workspace": paths.workspace,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "state": state(paths),
        "files": [_described(file, folder, rows) for file in _sorted(folder)],
    }


def _described(file: Path, folder: Path, rows: dict[str, int]) -> dict[str, object]:
    name = file.relative_to(folder).as_posix()
    return {"path": name, "sha256": sha256(file), "bytes": file.stat().st_size, "rows": rows.get(name)}


def _sorted(folder: Path) -> Sequence[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())
