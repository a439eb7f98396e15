"""A program in a pseudo-terminal: what it writes, when it first shows something, what it costs, how soon it answers."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event
from types import TracebackType

from bench.measure import cpu_seconds
from bench.terminal import Terminal

_MODES = re.compile(rb"\x1b\[\?\d+[hl]")
_UNDER_WAY = 32  # pieces of 64 bytes that a slow line holds
ENOUGH = 25
"""Cells that are not blank: from here on something is seen."""


class Probe:
    """Runs `command` in a terminal of `columns` by `lines`. The line carries `rate` bytes a second, each of
    them for `delay` seconds; without a rate as many as come."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 40,
        env: Mapping[str, str] | None = None,
        rate: float | None = None,
        delay: float = 0.0,
    ) -> None:
        self.screen = Terminal(columns, lines)
        self.bytes = 0
        self.modes = b""
        """The private modes that were set or reset so far, as they were written."""
        self.painted: float | None = None
        """Seconds from the start to the first paint."""
        self._rate, self._delay, self._free = rate, delay, 0.0
        self._far: deque[tuple[float, bytes]] = deque()
        self._came = 0.0
        self.started = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(command, columns, lines, {**os.environ, **(env or {})})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def until(self, seen: Callable[[Terminal], bool], patience: float = 30.0) -> float:
        """Read until the screen is so; seconds until what made it so had come, for what is drawn here is not the
        program's time. TimeoutError after `patience` seconds."""
        begun = time.monotonic()
        while not seen(self.screen):
            if time.monotonic() - begun > patience:
                raise TimeoutError("the screen never came to show it:\n" + "\n".join(self.screen.rows()))
            if not self._read(0.02):
                raise EOFError("the program ended:\n" + "\n".join(self.screen.rows()))
        return max(self._came - begun, 0.0)

    def until_text(self, text: str, patience: float = 30.0) -> float:
        """The same for a text on some row."""
        return self.until(lambda screen: any(text in row for row in screen.rows()), patience)

    def until_gone(self, text: str) -> float:
        """The same until no row has it any more."""
        return self.until(lambda screen: not any(text in row for row in screen.rows()))

    def until_more(self) -> float:
        """The same until anything has come."""
        before = self.bytes
        return self.until(lambda _: self.bytes > before)

    def until_ended(self) -> None:
        """Read until the program has closed the terminal."""
        with suppress(EOFError):
            self.until(lambda _: False)

    def quiet(self, seconds: float, patience: float = 30.0) -> None:
        """Read until nothing has come for so long."""
        begun = last = time.monotonic()
        while time.monotonic() - last < seconds and time.monotonic() - begun < patience:
            before = self.bytes
            self._read(0.02)
            last = time.monotonic() if self.bytes > before else last

    def idle(self, seconds: float) -> tuple[float, float]:
        """Bytes and CPU seconds per second while nobody does anything."""
        begun, before, cpu = time.monotonic(), self.bytes, cpu_seconds(self.pid)
        while time.monotonic() - begun < seconds:
            self._read(0.1)
        took = time.monotonic() - begun
        return (self.bytes - before) / took, (cpu_seconds(self.pid) - cpu) / took

    def press(self, keys: str) -> None:
        """Type these characters."""
        os.write(self._fd, keys.encode())

    def end(self) -> None:
        """Hang up, as a closed terminal does; whoever does not listen is killed."""
        if self._fd < 0:
            return
        os.close(self._fd)
        self._fd = -1
        for _ in range(100):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return
            Event().wait(0.02)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def _read(self, seconds: float) -> bool:
        """Show what has come, waiting `seconds` for it at most; False at the program's end."""
        room = self._rate is None or len(self._far) < _UNDER_WAY
        ready, _, _ = select.select([self._fd] if room else [], [], [], min(seconds, 0.005) if self._far else seconds)
        if ready:
            try:
                data = os.read(self._fd, 65536 if self._rate is None else 64)
            except OSError:  # Linux tells so that the other end is closed
                data = b""
            if not data and not self._far:
                return False
            now = time.monotonic()
            self._free = max(self._free, now) + (len(data) / self._rate if self._rate else 0)
            self._far.append((self._free + self._delay, data))
            if self._rate is None and len(self._far) < _UNDER_WAY and select.select([self._fd], [], [], 0)[0]:
                return self._read(0)  # all that is there first: who draws meanwhile holds the program up
        while self._far and self._far[0][0] <= time.monotonic():
            self._show(*self._far.popleft())
        return True

    def _show(self, came: float, data: bytes) -> None:
        self.bytes += len(data)
        self._came = came
        self.screen.feed(data)
        self.modes += b"".join(_MODES.findall(data))
        if self.painted is None and self.screen.filled() >= ENOUGH:
            self.painted = came - self.started


def _become(command: Sequence[str], columns: int, lines: int, env: dict[str, str]) -> None:
    """In the new process: the program, on a terminal as most people's are."""
    size = {"COLUMNS": str(columns), "LINES": str(lines)}
    os.execvpe(command[0], list(command), {**env, **size, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
