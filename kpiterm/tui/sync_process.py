"""A sync in a child process: the same command that cron runs, its events read line by line."""

from __future__ import annotations

import atexit
import os
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock, Thread
from typing import IO, Protocol

import msgspec

from kpiterm import errors
from kpiterm.events import Progress, Run
from kpiterm.tui.messages import SyncUpdate
from kpiterm.tui.sync_state import SyncState, ended, fold

GRACE = 5.0
"""Seconds that a sync has to finish its window's transaction after SIGTERM."""

EVENTS: dict[str, type[Progress] | type[Run]] = {"progress": Progress, "run": Run}


class SyncControl(Protocol):
    """Starts and stops a sync. `post` may be called from any thread."""

    def start(self, post: Callable[[SyncUpdate], object], accounts: Sequence[str] = ()) -> None:
        """Sync `accounts`, or all when empty. Does nothing while one runs."""

    def stop(self) -> None:
        """Ask the sync to end; returns at once."""

    def close(self) -> None:
        """End the sync and wait until it is gone."""


class SyncProcess:
    """Runs `argv` + account names; `argv` ends with `sync --events jsonl`."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str] | None = None, grace: float = GRACE) -> None:
        self._argv = tuple(argv)
        self._env = dict(env) if env is not None else None
        self._grace = grace
        self._child: subprocess.Popen[str] | None = None
        self._lock = Lock()
        self._state = SyncState()
        self._post: Callable[[SyncUpdate], object] = lambda _: None

    def start(self, post: Callable[[SyncUpdate], object], accounts: Sequence[str] = ()) -> None:
        if self._state.running:
            return
        self._post = post
        self._change(lambda _: SyncState(phase="running", accounts=tuple(accounts)))
        try:
            self._child = self._spawn(accounts)
        except OSError as error:
            reason = str(error)
            self._change(lambda state: ended(state, errors.BUG, [reason]))
            return
        atexit.register(self.close)
        Thread(target=self._follow, args=(self._child,), name="kpiterm-sync", daemon=True).start()

    def stop(self) -> None:
        child = self._child
        if child is None or not self._state.running:
            return
        self._change(lambda state: replace(state, phase="stopping"))
        child.terminate()
        Thread(target=_make_sure, args=(child, self._grace), name="kpiterm-stop", daemon=True).start()

    def close(self) -> None:
        atexit.unregister(self.close)
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            _make_sure(self._child, self._grace)

    def _spawn(self, accounts: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._argv, *accounts],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._env if self._env is not None else dict(os.environ),
            encoding="utf-8",
            errors="replace",
        )

    def _follow(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        assert child.stderr is not None
        last: deque[str] = deque(maxlen=5)
        drain = Thread(target=_keep_last, args=(child.stderr, last), name="kpiterm-stderr", daemon=True)
        drain.start()
        with child.stdout as lines:
            for line in lines:
                if (event := parse(line)) is not None:
                    self._change(partial(fold, event=event))
        code = child.wait()
        drain.join(1.0)
        self._change(lambda state: ended(state, code, tuple(last)))

    def _change(self, step: Callable[[SyncState], SyncState]) -> None:
        with self._lock:
            self._state = step(self._state)
            self._post(SyncUpdate(self._state))


def parse(line: str) -> Progress | Run | None:
    """The event on a line, None for anything else: a connector's stray print must not end the display."""
    try:
        data = msgspec.json.decode(line)
        return msgspec.convert(data, EVENTS[data["event"]])
    except (msgspec.MsgspecError, KeyError, TypeError):
        return None


def _make_sure(child: subprocess.Popen[str], grace: float) -> None:
    """Wait for a child that was asked to end; kill it when it does not."""
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _keep_last(stream: IO[str], last: deque[str]) -> None:
    with stream:
        last.extend(line.strip() for line in stream if line.strip())
