"""Deletes a workspace as one step, and leaves a certificate of what was deleted outside of it.

The workspace is renamed first, so that from then on nobody finds it; what was cut off is finished by the next call.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kpiterm.errors import StoreError, UsageError
from kpiterm.paths import Paths
from kpiterm.store import dump, journal
from kpiterm.store.lock import writer_lock

Document = dict[str, object]


def doomed(paths: Paths) -> Path:
    """Where a workspace lies while it is being deleted."""
    return paths.root.with_name(f".deleting-{paths.workspace}")


def erase(paths: Paths, export: dump.Exported, kind: str, detail: Mapping[str, object], folder: Path) -> Path:
    """Delete the workspace after its last entry in the operation log; the certificate's file in `folder`. Whoever is
    writing to it must be done first. Raises UsageError where the export is not of what is there now."""
    with writer_lock(paths.store):
        check(paths, export)
        entry = journal.append(paths.journal, kind, {**detail, "manifest": export.sha256})
        certificate: Document = {
            "certificate": "deletion", "workspace": paths.workspace, "status": "pending", "deleted_at": None,
            "deleted_by": entry.actor, **detail,
            "export": {"folder": str(export.folder.resolve()), "manifest": export.sha256,
                       "made_at": export.manifest["made_at"], "files": export.manifest["files"]},
            "entry": {"seq": entry.seq, "happened_at": _text(entry.happened_at), "actor": entry.actor,
                      "kind": entry.kind, "detail": dict(entry.detail), "hash": entry.hash},
            "files": [_file(file, paths.root) for file in sorted(paths.root.rglob("*")) if file.is_file()],
        }  # fmt: skip
        name = folder / f"deletion-{paths.workspace}.json"
        _write(name.with_suffix(".pending"), certificate)
        (paths.root / dump.NOTE).write_text(str(name.resolve()), "utf-8")
        paths.root.replace(doomed(paths))
    return _finish(paths)


def check(paths: Paths, export: dump.Exported) -> None:
    """UsageError where the export is not of what is there now."""
    if export.manifest["workspace"] != paths.workspace or export.manifest["state"] != dump.state(paths):
        raise UsageError(
            f"{export.folder} is not an export of {paths.workspace} as it is now",
            hint="export again into a new folder, then delete",
        )


def resume(paths: Paths) -> Path | None:
    """Finish a deletion that was cut off; None where there is none."""
    return _finish(paths) if doomed(paths).exists() else None


def _finish(paths: Paths) -> Path:
    """Delete all but the note of where the certificate lies, complete that, then delete the note too."""
    left = doomed(paths)
    note = left / dump.NOTE
    name = Path(note.read_text("utf-8")) if note.exists() else None
    if name is None:
        raise StoreError(f"{left}: no note of its certificate", hint="it was renamed by hand; delete it by hand")
    for part in left.iterdir():
        if part != note:
            shutil.rmtree(part) if part.is_dir() and not part.is_symlink() else part.unlink()
    pending = name.with_suffix(".pending")
    if pending.exists():
        done = json.loads(pending.read_text("utf-8"))
        done |= {"status": "complete", "deleted_at": _text(datetime.now(UTC))}
        _write(name, done)
        name.with_suffix(".txt").write_text(words(done), "utf-8")
        pending.unlink()
    shutil.rmtree(left)
    return name


def words(certificate: Mapping[str, Any]) -> str:
    """The certificate for people to sign."""
    export, entry, files = certificate["export"], certificate["entry"], certificate["files"]
    size = sum(file["bytes"] for file in files)
    return (
        f"CERTIFICATE OF DELETION\n\nWorkspace    {certificate['workspace']}\nContract     {certificate['contract']}\n"
        f"Deleted at   {certificate['deleted_at']}\nDeleted by   {certificate['deleted_by']}\n"
        f"Deleted      {len(files)} files, {size} bytes; each with its sha256 in the JSON beside this text\n"
        f"Credentials  {certificate['credentials']}\n\n"
        f"Before that, everything was exported at {export['made_at']}:\n"
        f"manifest     sha256:{export['manifest']}, {len(export['files'])} files\n"
        f"log entry    {entry['seq']} {entry['hash']}\n\n"
        "Not covered: copies that others made, backups of the machine, and what the platforms themselves keep.\n\n"
        "Signed       ______________________________\n"
    )


def _file(file: Path, root: Path) -> Document:
    return {"path": file.relative_to(root).as_posix(), "sha256": dump.sha256(file), "bytes": file.stat().st_size}


def _write(file: Path, document: Mapping[str, object]) -> None:
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
