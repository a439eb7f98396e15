"""Publishing: a copy of the checkpointed work file under a name never used before, then the pointer `CURRENT`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from pathlib import Path

KEEP = 3
_NAME = re.compile(r"snap-(\d+)\.duckdb")
_FICLONE = 0x40049409  # Linux ioctl: share the blocks of another file, where the file system can


def current(directory: Path) -> Path | None:
    """The snapshot that readers should open, or None before the first one."""
    try:
        name = (directory / "CURRENT").read_text().strip()
    except FileNotFoundError:
        return None
    return directory / name if _NAME.fullmatch(name) else None


def publish(work: Path) -> Path:
    """Publish `work`, which must be checkpointed, and drop all but the last snapshots."""
    directory = work.parent
    target = directory / f"snap-{_last_number(directory) + 1}.duckdb"
    temporary = directory / f"{target.name}.tmp"
    _copy(work, temporary)
    temporary.rename(target)
    point_to(directory / "CURRENT", target.name)
    _sweep(directory)
    return target


def point_to(pointer: Path, text: str) -> None:
    """Replace a small file so that a reader, or a crash, sees the old text or the new one and nothing between."""
    temporary = pointer.with_name(pointer.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(pointer)
    _fsync_directory(pointer.parent)


def clean(directory: Path) -> None:
    """Remove what a killed publish left behind. Only the holder of the writer lock may call this."""
    for leftover in (*directory.glob("snap-*.tmp"), *directory.glob("snap-*.wal"), directory / "CURRENT.tmp"):
        leftover.unlink(missing_ok=True)


def _last_number(directory: Path) -> int:
    """Counting what `CURRENT` names, so that no name comes back even where somebody removed the files."""
    pointed = current(directory)
    names = [p.name for p in (*directory.iterdir(), *([pointed] if pointed else []))]
    return max((int(m[1]) for name in names if (m := _NAME.fullmatch(name))), default=0)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        os.fchmod(writer.fileno(), 0o600)
        try:
            fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
        except OSError:
            shutil.copyfileobj(reader, writer, 1 << 20)
        writer.flush()
        os.fsync(writer.fileno())


def _sweep(directory: Path) -> None:
    snapshots = sorted((int(m[1]), p) for p in directory.iterdir() if (m := _NAME.fullmatch(p.name)))
    for _, path in snapshots[:-KEEP]:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _fsync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
