"""The way to a terminal at the end of a slow line: only what changed is written, and nobody waits for it."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from threading import Event, Lock
from types import FrameType
from typing import TYPE_CHECKING, cast

from textual.drivers.linux_driver import LinuxDriver

from kpiterm.tui import economy
from kpiterm.tui.glyphs import fitted, lacking
from kpiterm.tui.wire import Wire

if TYPE_CHECKING:
    from io import TextIOWrapper

    from textual.app import App

HEAL = 0.2
"""Seconds after a resize by which the app has painted anew; else what it painted last is written again."""


class ThriftyDriver(LinuxDriver):
    """Paints into a `Wire`. The output thread writes the difference whenever the line is free, so that frames which a
    slow line cannot take are left out, and the event loop never waits for it."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse and not economy.low_bandwidth(), size=size)
        self._line = self._file.fileno() if self._file else 2
        self._file = cast("TextIOWrapper", _Outlet(self))
        self._wire, self._lock, self._asked = Wire(), Lock(), Event()
        self._lacking = lacking()

    def write(self, data: str) -> None:
        with self._lock:
            self._wire.feed(data)
        if not self._asked.is_set():
            self._asked.set()
            super().write("")

    def send(self) -> None:
        """Write what differs now. A line that was closed takes nothing any more."""
        self._asked.clear()
        with self._lock:
            data = fitted(self._wire.take(*self._get_terminal_size()), self._lacking).encode()
        with suppress(OSError):
            while data:
                select.select([], [self._line], [])
                data = data[os.write(self._line, data) :]

    def _get_terminal_size(self) -> tuple[int, int]:
        """The terminal's own word: COLUMNS and LINES, which some shells export, do not follow a resize."""
        with suppress(OSError):
            columns, rows = os.get_terminal_size(self._line)
            if columns and rows:
                return columns, rows
        return super()._get_terminal_size()

    def redraw(self) -> None:
        """Write everything anew: something else has written to the terminal."""
        self._forget()
        self.write("")

    def _forget(self) -> None:
        with self._lock:
            self._wire.forget()

    def _resized(self) -> None:
        self._forget()
        self._loop.call_later(HEAL, self.write, "")

    def _enable_mouse_support(self) -> None:
        """Clicks, wheel and dragging; not every move of a mouse, which a slow line would carry for nothing."""
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1015h\x1b[?1006h")

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        told = signal.getsignal(signal.SIGWINCH)

        def resized(number: int, frame: FrameType | None) -> None:
            if callable(told):
                told(number, frame)
            self._loop.call_soon_threadsafe(self._resized)

        signal.signal(signal.SIGWINCH, resized)


class _Outlet:
    """What the output thread takes for a file."""

    def __init__(self, driver: ThriftyDriver) -> None:
        self._driver = driver

    def write(self, _: str) -> None:
        """Nothing: it is in the wire already."""

    def flush(self) -> None:
        self._driver.send()
