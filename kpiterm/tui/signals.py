"""What the program does when its terminal, or whoever started it, wants it to end."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread, Timer

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

PATIENCE = 3.0
"""Seconds that a line has to take the last of what is written to it; a window that takes nothing keeps nobody."""
LEAVE = b"\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
"""What undoes the screen: paste and mouse reports, keyboard protocol, wrapping, alternate screen, cursor."""


def heed(app: App[None], end_sync: Callable[[], None]) -> None:
    """SIGTERM ends the program as a person would. SIGHUP, or a terminal that is gone, ends it at once. SIGTSTP puts it
    aside until SIGCONT."""
    if app.is_headless or os.name != "posix":
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, _leave, app, end_sync)
    hang_up = partial(_hang_up, app, end_sync)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        loop.add_signal_handler(signal.SIGHUP, hang_up)
    if isinstance(app._driver, LinuxDriver):  # in the loop, not in the middle of a write whose lock they would wait for
        loop.add_signal_handler(signal.SIGTSTP, app._driver._sigtstp_application)
        loop.add_signal_handler(signal.SIGCONT, app._driver._sigcont_application)
    if os.isatty(0):
        Thread(target=_watch, args=(loop, hang_up), name="kpiterm-line", daemon=True).start()


def _watch(loop: asyncio.AbstractEventLoop, hang_up: Callable[[], None]) -> None:
    """Wait for the end of the terminal: SIGHUP may be ignored (nohup), and Textual would read from nothing for ever."""
    line = select.poll()
    line.register(0, 0)  # hang-ups and errors are told unasked
    [(_, event)] = line.poll()
    if event & select.POLLHUP:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(hang_up)


def _leave(app: App[None], end_sync: Callable[[], None]) -> None:
    timer = Timer(PATIENCE, _break_off, (app, end_sync))
    timer.daemon = True
    timer.start()
    app.exit()


def _break_off(app: App[None], end_sync: Callable[[], None]) -> None:
    end_sync()
    _restore(app)
    os._exit(128 + signal.SIGTERM)


def _hang_up(app: App[None], end_sync: Callable[[], None]) -> None:
    end_sync()
    _restore(app)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGHUP)


def _restore(app: App[None]) -> None:
    """Leave the terminal as it was found, if it is still there and takes anything."""
    import termios

    before = getattr(app._driver, "attrs_before", None)
    if before is None or sys.__stdout__ is None:
        return
    with suppress(OSError, termios.error):
        termios.tcsetattr(0, termios.TCSANOW, before)
        out = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2  # where Textual writes
        if select.select([], [out], [], 0)[1]:
            os.write(out, LEAVE)
