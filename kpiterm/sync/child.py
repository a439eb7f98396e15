"""The sync process's end of a child: start it, hear it, notice when it hangs, and end it."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

import msgspec

from kpiterm.sync.protocol import Job, Said, Told, encode

Heard = tuple["Child", Said | None]
_LONGEST_LINE = 64 << 10
_LAST_MOMENTS = 2.0  # seconds between closing its pipe and being gone


class Processes:
    """Where children's processes come from. With `ahead`, the first one starts, and imports, while the store is still
    being opened and asked what is due; it ends with the block where nothing was."""

    def __init__(self, *, ahead: bool = False) -> None:
        self._ready = [_process()] if ahead else []

    def __enter__(self) -> Self:
        return self

    def take(self) -> subprocess.Popen[bytes]:
        """A process that waits for its job."""
        return self._ready.pop() if self._ready else _process()

    def __exit__(self, *_: object) -> None:
        for process in self._ready:
            _end(process)
            _let_go(process)
        self._ready.clear()


def _process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "kpiterm.sync.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if not k.startswith("KPITERM_SECRET_")},
        start_new_session=True,  # a Ctrl-C is for the sync, which tells its children itself
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _let_go(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()


class Child:
    """A running connector. Every line it says lands in `inbox` with the child itself; None when it is gone."""

    def __init__(
        self,
        job: Job,
        inbox: queue.Queue[Heard],
        *,
        process: subprocess.Popen[bytes] | None = None,
        stall: float,
        log: Callable[[str], None],
    ) -> None:
        self.job, self._inbox, self._stall, self._log = job, inbox, stall, log
        self.waiting_for_us = 0
        self.process = process or _process()
        self._deadline = time.monotonic() + stall
        self._write(encode(job))
        for target in (self._listen, self._narrate):
            threading.Thread(target=target, daemon=True).start()

    def tell(self, told: Told) -> None:
        if told.type == "loaded":
            self.waiting_for_us -= 1
        self._deadline = time.monotonic() + self._stall
        self._write(encode(told))

    def heard(self, said: Said) -> None:
        """Note a sign of life; `busy` asks for more patience than usual."""
        if said.type == "window":
            self.waiting_for_us += 1
        self._deadline = time.monotonic() + self._stall + said.busy

    @property
    def hangs(self) -> bool:
        """No sign of life for too long, and it is not us that it waits for."""
        return self.waiting_for_us <= 0 and time.monotonic() > self._deadline

    def kill(self) -> None:
        _end(self.process)

    @property
    def end(self) -> str:
        """How it ended, in words. One that only closed its pipe is ended here: nobody could hear it any more."""
        try:
            code = self.process.wait(_LAST_MOMENTS)
        except subprocess.TimeoutExpired:
            self.kill()
            return "closed its end of the pipe and was stopped"
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def close(self) -> None:
        """Let go of the pipes of a child that has ended."""
        self.process.wait()
        _let_go(self.process)

    def _write(self, line: bytes) -> None:
        assert self.process.stdin
        with contextlib.suppress(OSError):  # it died: the listener tells
            self.process.stdin.write(line)
            self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout
        with contextlib.suppress(ValueError, OSError):
            for line in self.process.stdout:
                try:
                    self._inbox.put((self, msgspec.json.decode(line, type=Said)))
                except msgspec.DecodeError:
                    self.kill()
                    break
        self._inbox.put((self, None))

    def _narrate(self) -> None:
        assert self.process.stderr
        with contextlib.suppress(ValueError, OSError):
            whole = True
            while line := self.process.stderr.readline(_LONGEST_LINE):
                ends, began = line.endswith(b"\n"), whole
                whole = ends
                if began:  # a part of a longer line might end in the middle of a secret, and go unrecognised
                    text = line.decode(errors="replace").rstrip() if ends else "(an endless line: not kept)"
                    self._log(f"{self.job.account}: {text}")
