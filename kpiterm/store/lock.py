"""One writer at a time per workspace: a lock that the kernel lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpiterm.errors import StoreBusyError
from kpiterm.paths import private_dir


@contextmanager
def writer_lock(directory: Path) -> Iterator[None]:
    """Hold the workspace's writer lock; StoreBusyError (exit code 7) at once when another process has it."""
    with (private_dir(directory) / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise _busy(file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _busy(pid: str) -> StoreBusyError:
    who = f"process {pid}" if pid.isdigit() else "another process"
    return StoreBusyError(
        f"another kpiterm is writing to this workspace ({who})",
        hint="nothing was lost: wait for it to end (`kpiterm runs` shows what it did), or leave it to cron's next turn",
    )


@contextmanager
def brief_lock(path: Path) -> Iterator[None]:
    """Wait for, then hold, a lock that others hold for milliseconds only."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
