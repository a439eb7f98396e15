"""The sync's end of a child: it hears all that is said, and gets rid of it whatever it does."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpiterm.sync.child import Child, Heard, Processes
from kpiterm.sync.protocol import Job, Said, Told

NOW = datetime(2026, 11, 1, tzinfo=UTC)
Starter = Callable[..., tuple[Child, queue.Queue[Heard], list[str]]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Starter]:
    """Starts a child on a plugin whose module is the given source."""
    children: list[Child] = []

    def begin(source: str, stall: float = 60) -> tuple[Child, queue.Queue[Heard], list[str]]:
        metadata = tmp_path / "kpiterm_test-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kpiterm-test\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text("[kpiterm]\ntest = kpiterm_test\n")
        (tmp_path / "kpiterm_test.py").write_text(source)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        job = Job(
            account="one", connector="test", settings={}, secrets={}, sandbox=None, streams=(), now=NOW,
            spool=str(tmp_path), limits=str(tmp_path), resume=str(tmp_path / "resume.json"), memory=512 << 20,
        )  # fmt: skip
        inbox: queue.Queue[Heard] = queue.Queue()
        lines: list[str] = []
        children.append(Child(job, inbox, stall=stall, log=lines.append))
        return children[-1], inbox, lines

    yield begin
    for child in children:
        child.kill()
        child.close()


def heard(inbox: queue.Queue[Heard]) -> list[Said]:
    """All that a child says until it is gone."""
    told = []
    while (said := inbox.get(timeout=30)[1]) is not None:
        told.append(said)
    return told


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_plugin_that_cannot_be_loaded_is_heard_of(start: Starter) -> None:
    child, inbox, _ = start("raise RuntimeError")
    failed, ready = heard(inbox)
    assert (failed.type, failed.failure and failed.failure.kind, ready.type) == ("failed", "PluginCrash", "ready")
    assert child.end == "ended with code 0"


def test_how_it_ended_is_told_in_words(start: Starter) -> None:
    child, inbox, _ = start("import os; os.kill(os.getpid(), 11)")
    assert heard(inbox) == []
    assert child.end == "was ended by SIGSEGV"


def test_one_that_only_closes_its_pipe_is_ended(start: Starter) -> None:
    child, inbox, _ = start("import os, threading; os.closerange(0, 64); threading.Event().wait()")
    assert heard(inbox) == []
    assert child.end == "closed its end of the pipe and was stopped"


def test_what_it_prints_is_logged_line_by_line(start: Starter) -> None:
    source = "import sys; print('to stdout'); sys.stderr.write('to stderr\\n' + 'x' * 300_000 + '\\nlast\\n')"
    _, inbox, lines = start(source)
    heard(inbox)
    wait_for(lambda: len(lines) == 4)
    assert sorted(lines) == ["one: (an endless line: not kept)", "one: last", "one: to stderr", "one: to stdout"]


def test_it_hangs_only_while_we_wait_for_it(start: Starter) -> None:
    child, _, _ = start("import threading; threading.Event().wait()", stall=0.0)
    assert child.hangs
    child.heard(Said(type="window"))
    assert not child.hangs, "it waits for us to load its window"
    child.tell(Told("loaded"))
    assert child.hangs
    child.heard(Said(type="progress", busy=60))
    assert not child.hangs, "it has asked for patience"


def test_killing_it_takes_its_own_children_too(start: Starter, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    child, _, _ = start(
        "import pathlib, subprocess, threading\n"
        f"pathlib.Path({str(file)!r}).write_text(str(subprocess.Popen(['sleep', '600']).pid) + '.')\n"
        "threading.Event().wait()"
    )
    wait_for(lambda: file.exists() and file.read_text().endswith("."))
    child.kill()
    wait_for(lambda: ended(int(file.read_text().rstrip("."))))


def ended(pid: int) -> bool:
    """Gone, or at least dead and only not yet waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_process_started_ahead_is_the_first_childs_or_ends_unneeded() -> None:
    with Processes(ahead=True) as processes:
        first, second = processes.take(), processes.take()
        assert first.pid != second.pid
        for process in (first, second):
            _, told = process.communicate(b"", timeout=30)
            assert (process.returncode, told) == (0, b"")  # no job came, which is nothing to complain about
    with Processes(ahead=True) as processes:
        spare = processes.take()
        processes._ready.append(spare)
    assert spare.returncode == -signal.SIGKILL
    assert spare.stdin
    assert spare.stdin.closed
