"""The one thread that looks at the store and tells the app what it sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from kpiterm.analysis.view import View
from kpiterm.errors import KpitermError
from kpiterm.tui.messages import FeedError, FeedUpdate

RETRY = 5.0
"""Seconds between two attempts after a failed one."""


class Feed(Protocol):
    """Where Views come from. `post` may be called from any thread until `stop` returns."""

    def start(self, post: Callable[[FeedUpdate], object]) -> None: ...

    def reread(self) -> None:
        """Read again soon, even if nothing seems to have changed."""

    def stop(self) -> None: ...


class SnapshotFeed:
    """Calls `build` whenever the pointer file `current` changes, and at the turn of each hour.

    A daemon thread of its own: a pooled one would be joined at exit, and quitting must not wait for a slow disk.
    """

    def __init__(self, build: Callable[[], View], current: Path, interval: float = 1.0) -> None:
        self._build = build
        self._current = current
        self._interval = interval
        self._wake = Event()
        self._asked = Event()
        self._stopped = Event()

    def start(self, post: Callable[[FeedUpdate], object]) -> None:
        Thread(target=self._run, args=(post,), name="kpiterm-feed", daemon=True).start()

    def reread(self) -> None:
        self._asked.set()
        self._wake.set()

    def stop(self) -> None:
        self._stopped.set()
        self._wake.set()

    def _run(self, post: Callable[[FeedUpdate], object]) -> None:
        seen: tuple[object, ...] | None = None
        while not self._stopped.is_set():
            key = self._key()
            failed = False
            if key != seen or self._asked.is_set():
                self._asked.clear()
                content = self._read()
                failed = isinstance(content, FeedError)
                seen = None if failed else key
                if not self._stopped.is_set():
                    post(FeedUpdate(content))
            self._wake.wait(RETRY if failed else self._interval)
            self._wake.clear()

    def _key(self) -> tuple[object, ...]:
        """What the View depends on. The hour is in it because business days end at different hours of the UTC day."""
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        try:
            stat = self._current.stat()
            return hour, stat.st_mtime_ns, stat.st_ino, self._current.read_bytes()
        except OSError as error:
            return hour, error.errno

    def _read(self) -> View | FeedError:
        try:
            return self._build()
        except KpitermError as error:
            return FeedError(error.message, error.hint, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 whatever a KPI file or the disk holds, the screen says it and the loop goes on
            text = f"{type(error).__name__}: {error}"
            return FeedError(text, "kpiterm doctor looks for the cause", datetime.now(UTC))
