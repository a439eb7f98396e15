"""A terminal as a program sees it: a pty of a session of its own, read as fast or as slowly as a test likes."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_LEADER = 'exec <"$0" >"$0" 2>&1; exec "$@"'  # the first terminal that a session's leader opens controls the session
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")


class Terminal:
    """A program on a pty; `said` is all that it wrote so far. `nohup`: it does not hear of a closed terminal."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, nohup: bool = False) -> None:
        self.master, slave = os.openpty()
        self.resize(100, 30)
        self.cooked = termios.tcgetattr(slave)
        """Its modes before the program."""
        leader = ("trap '' HUP; " if nohup else "") + _LEADER
        self.process = subprocess.Popen(
            ["sh", "-c", leader, os.ttyname(slave), *command], start_new_session=True,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": ""},
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # whoever runs the tests may ignore it
        )  # fmt: skip
        self._slave = slave
        """Kept open, so that its modes can be read after the program."""
        self.said = b""

    def modes(self) -> list[object]:
        return termios.tcgetattr(self._slave)

    def resize(self, columns: int, rows: int) -> None:
        """The terminal sends SIGWINCH by itself."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def read(self, seconds: float = 0.05, most: int = 65536) -> bytes:
        """What comes within that time."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, most)
        except OSError:  # the program is gone
            data = b""
        self.said += data
        return data

    def until(self, text: str, seconds: float = 20, *, since: int = 0) -> None:
        """Read until the text stands in what was written after so many bytes."""
        deadline = time.monotonic() + seconds
        while text not in plain(self.said[since:]):
            assert time.monotonic() < deadline, f"{text!r} did not come: {plain(self.said[since:])[-2000:]}"
            self.read()

    def quiet(self, seconds: float = 0.4) -> None:
        """Read until nothing comes for a while."""
        while self.read(seconds):
            pass

    def code(self, seconds: float = 10) -> int:
        """How it ended."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it is still running"
            if self.master >= 0:
                self.read(0.02)
            else:
                select.select([], [], [], 0.02)
        return self.process.returncode

    def hang_up(self) -> None:
        """The window is closed."""
        os.close(self._slave)
        os.close(self.master)
        self.master = self._slave = -1

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for handle in (self.master, self._slave):
            if handle >= 0:
                os.close(handle)

    def become(self, state: str, seconds: float = 10) -> None:
        """Read until it is in that state."""
        deadline = time.monotonic() + seconds
        while self.state() != state:
            assert time.monotonic() < deadline, f"it is {self.state()}, not {state}"
            self.read(0.02)

    def state(self) -> str:
        """One letter: R running, S sleeping, T stopped."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2][0]


def plain(data: bytes) -> str:
    """What was written, without colours and the like."""
    return _SEQUENCE.sub("", data.decode(errors="replace"))
