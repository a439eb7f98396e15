"""One writer at a time, across processes, however the last one ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpiterm.errors import StoreBusyError, StoreError
from kpiterm.store.engine import Writer
from kpiterm.store.lock import brief_lock, writer_lock

if TYPE_CHECKING:
    from tests.unit.store.conftest import Workspace

HOLD = """
import sys
from pathlib import Path
from kpiterm.store.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_writer_hears_at_once_who_is_at_work(workspace: Workspace) -> None:
    with holder(workspace.paths.store) as process:
        with pytest.raises(StoreBusyError, match=f"process {process.pid}") as caught, Writer(workspace.paths):
            pass
        assert caught.value.exit_code == 7
        assert "kpiterm runs" in caught.value.hint
        process.communicate("")
    with Writer(workspace.paths):
        assert (workspace.paths.store / "lock").read_text() == str(os.getpid())


def test_a_killed_writer_lets_go(workspace: Workspace) -> None:
    with holder(workspace.paths.store) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Writer(workspace.paths):
            pass


@pytest.mark.parametrize("text", ["", "999999", "no number\n"])
def test_a_lock_file_that_nobody_holds_harms_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock").write_text(text)
    with writer_lock(tmp_path), pytest.raises(StoreBusyError, match=f"process {os.getpid()}"), writer_lock(tmp_path):
        pass


def test_a_writer_that_cannot_open_its_store_lets_go(workspace: Workspace) -> None:
    workspace.paths.store.mkdir(parents=True)
    (workspace.paths.store / "work.duckdb").write_bytes(b"no database")
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be read"), Writer(workspace.paths):
            pass


def test_a_brief_lock_is_waited_for(tmp_path: Path) -> None:
    """Each of two processes adds one to a number many times; nothing is lost."""
    number = tmp_path / "number"
    number.write_text("0")
    code = (
        "import sys; from pathlib import Path; from kpiterm.store.lock import brief_lock\n"
        "number = Path(sys.argv[1])\n"
        "for _ in range(200):\n"
        "    with brief_lock(number.with_suffix('.lock')): number.write_text(str(int(number.read_text()) + 1))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(number)]) for _ in range(2)]
    assert [p.wait() for p in processes] == [0, 0]
    with brief_lock(number.with_suffix(".lock")):
        assert number.read_text() == "400"
