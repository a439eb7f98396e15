"""The sync's child process, with real children."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.events import Progress, Run, RunError, as_line
from kpiterm.tui.messages import SyncUpdate
from kpiterm.tui.sync_process import SyncProcess, parse
from kpiterm.tui.sync_state import SyncState, sentence

PATIENCE = 30.0
STEP = Progress(
    account="us-main", stream="orders", window=1, windows=2, bytes=10, rows=3, requests=1, note="", eta=None
)
DONE = Run(
    account="us-main", stream="orders", status="failed", windows=2, rows=3, superseded=0, bytes=10, requests=1,
    throttled=0, seconds="0.1", watermark=None, error=RunError(kind="AuthError", message="refused", hint="log in"),
)  # fmt: skip
LINES = [json.dumps(as_line(event)) for event in (STEP, DONE)]


class Followed:
    """A SyncProcess that runs a script, and the states that it posts."""

    def __init__(self, script: Path, grace: float) -> None:
        self.states: Queue[SyncState] = Queue()
        self.process = SyncProcess([sys.executable, str(script), "sync"], grace=grace)

    def start(self, *accounts: str) -> None:
        self.process.start(self._take, accounts)

    def _take(self, update: SyncUpdate) -> None:
        self.states.put(update.state)

    def until(self, wanted: Callable[[SyncState], bool]) -> SyncState:
        while not wanted(state := self.states.get(timeout=PATIENCE)):
            pass
        return state

    def ending(self) -> SyncState:
        return self.until(lambda state: state.phase == "ended")


@pytest.fixture
def follow(tmp_path: Path) -> Iterator[Callable[..., Followed]]:
    made: list[Followed] = []

    def run(script: str, grace: float = PATIENCE) -> Followed:
        path = tmp_path / "child.py"
        path.write_text(textwrap.dedent(script))
        made.append(Followed(path, grace))
        return made[-1]

    yield run
    for followed in made:
        followed.process.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_events_are_followed_and_garbage_is_passed_over(follow: Callable[..., Followed]) -> None:
    sync = follow(f"""
        import sys
        print("warming up")
        print({LINES[0]!r}, flush=True)
        print('{{"v":1,"event":"progress"}}')
        print('{{"v":1,"event":"news"}}\\n[]\\n"x"\\n{{\\n')
        sys.stdout.flush(); sys.stdout.buffer.write(bytes([255, 254, 10])); sys.stdout.flush()
        print({LINES[1]!r})
        print("first", file=sys.stderr)
        print("us-main orders: refused", file=sys.stderr)
        sys.exit(6)
    """)
    sync.start()
    assert sync.until(lambda state: state.current is not None).current == STEP
    end = sync.ending()
    assert end.runs == (DONE,)
    assert end.exit_code == 6
    assert end.stderr == ("first", "us-main orders: refused")
    assert sentence(end).startswith("sync done in part: some streams failed")
    assert sentence(end).endswith("It said: us-main orders: refused")


def test_the_account_stands_at_the_end_of_the_command(follow: Callable[..., Followed]) -> None:
    sync = follow("import sys; print(sys.argv[1:], file=sys.stderr)")
    sync.start("us-main", "jp-main")
    end = sync.ending()
    assert end.accounts == ("us-main", "jp-main")
    assert end.stderr == ("['sync', 'us-main', 'jp-main']",)


def test_exit_code_7_is_another_sync(follow: Callable[..., Followed]) -> None:
    sync = follow("import sys; sys.exit(7)")
    sync.start()
    assert sentence(sync.ending()) == "another sync is running in this workspace: wait until it has ended"


def test_stop_is_heard_and_told_as_a_stop(follow: Callable[..., Followed]) -> None:
    sync = follow(f"""
        import time
        print({LINES[0]!r}, flush=True)
        time.sleep(600)
    """)
    sync.start()
    sync.until(lambda state: state.current is not None)
    sync.process.stop()
    end = sync.ending()
    assert end.stopped
    assert not end.failed
    assert sentence(end) == "sync stopped: the windows that were complete are kept"


@pytest.mark.parametrize("way", ["stop", "close"])
def test_a_child_that_does_not_listen_is_killed(follow: Callable[..., Followed], way: str) -> None:
    sync = follow(
        f"""
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print({LINES[0]!r}, flush=True)
        print(os.getpid(), file=__import__("sys").stderr, flush=True)
        time.sleep(600)
        """,
        grace=0.2,
    )
    sync.start()
    sync.until(lambda state: state.current is not None)
    getattr(sync.process, way)()
    end = sync.ending()
    assert end.exit_code == -9
    assert not alive(int(end.stderr[0]))


def test_close_waits_until_the_child_is_gone(follow: Callable[..., Followed]) -> None:
    sync = follow(f"""
        import os, sys, time
        print(os.getpid(), file=sys.stderr, flush=True)
        print({LINES[0]!r}, flush=True)
        time.sleep(600)
    """)
    sync.start()
    sync.until(lambda state: state.current is not None)
    sync.process.close()
    assert not alive(int(sync.ending().stderr[0]))


def test_a_second_start_while_one_runs_does_nothing(follow: Callable[..., Followed]) -> None:
    sync = follow("import time; print('up', flush=True); time.sleep(600)")
    sync.start()
    assert sync.states.get(timeout=PATIENCE).phase == "running"
    sync.start("other")
    sync.process.stop()
    assert sync.ending().accounts == ()


def test_one_sync_after_another(follow: Callable[..., Followed]) -> None:
    sync = follow(f"print({LINES[0]!r})")
    for _ in range(2):
        sync.start()
        assert sync.ending().exit_code == 0


def test_a_command_that_does_not_exist_is_told(tmp_path: Path) -> None:
    states: Queue[SyncState] = Queue()
    SyncProcess([str(tmp_path / "missing")]).start(lambda update: states.put(update.state))
    assert states.get(timeout=PATIENCE).phase == "running"
    assert "missing" in sentence(states.get(timeout=PATIENCE))


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_line_breaks_the_reader(line: str) -> None:
    assert parse(line) is None


def test_an_event_reads_back_as_it_was_written() -> None:
    assert [parse(line) for line in LINES] == [STEP, DONE]
    assert parse(LINES[0].replace('"window": 1', '"window": "one"')) is None
