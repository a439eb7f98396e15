"""What the program does when its terminal, or whoever started it, wants it to end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

from textual.app import App


def heed(app: App[None], end_sync: Callable[[], None]) -> None:
    """SIGTERM restores the terminal; SIGHUP means that there is none left to restore."""
    if app.is_headless or os.name != "posix":
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, app.exit)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        loop.add_signal_handler(signal.SIGHUP, _hang_up, end_sync)


def _hang_up(end_sync: Callable[[], None]) -> None:
    end_sync()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGHUP)
