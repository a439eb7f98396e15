"""The threads that look at the store and tell the app what they see: one for the board, one for the other pages."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as threads
from typing import Protocol

from kpiterm.analysis.view import View
from kpiterm.tui.messages import FeedError, FeedUpdate, PageKey, PageUpdate
from kpiterm.tui.page_reader import PageReader, Pages, Watches, attempt, stamp

Post = Callable[[FeedUpdate | PageUpdate], object]
READERS = ("kpiterm-feed", "kpiterm-pages")
RETRY = 5.0
"""Seconds between two attempts after a failed one."""


class Feed(Protocol):
    """Where Views and pages come from. `post` may be called from any thread until `stop` returns."""

    def start(self, post: Post) -> None: ...

    def reread(self) -> None:
        """Read again soon, even if nothing seems to have changed."""

    def show(self, page: PageKey | None) -> None:
        """This page is on the screen now: read it if need be, and keep it fresh."""

    def stop(self) -> None: ...


class SnapshotFeed:
    """Calls `build` whenever the pointer file `current` changes, and at the turn of each hour; the page that is shown
    is read again when `current` or one of the files `beside` it changes.

    A daemon thread of its own: a pooled one would be joined at exit, and quitting must not wait for a slow disk.
    """

    def __init__(
        self,
        build: Callable[[], View],
        current: Path,
        interval: float = 1.0,
        *,
        pages: Pages | None = None,
        beside: Sequence[Path] = (),
        watches: Watches | None = None,
    ) -> None:
        self._pages = PageReader(pages or {}, (current, *beside), interval, watches=watches)
        self._build = build
        self._current = current
        self._interval = interval
        self._wake = Event()
        self._asked = Event()
        self._stopped = Event()

    def start(self, post: Post) -> None:
        Thread(target=self._run, args=(post,), name="kpiterm-feed", daemon=True).start()
        self._pages.start(post)

    def reread(self) -> None:
        self._asked.set()
        self._wake.set()
        self._pages.reread()

    def show(self, page: PageKey | None) -> None:
        self._pages.show(page)

    def stop(self) -> None:
        self._pages.stop()
        self._stopped.set()
        self._wake.set()

    def _run(self, post: Post) -> None:
        seen: tuple[object, ...] | None = None
        while not self._stopped.is_set():
            key = stamp([self._current])
            failed = False
            if key != seen or self._asked.is_set():
                self._asked.clear()
                content = attempt(self._build)
                failed = isinstance(content, FeedError)
                seen = None if failed else key
                if not self._stopped.is_set():
                    post(FeedUpdate(content))
            self._wake.wait(RETRY if failed else self._interval)
            self._wake.clear()


class PageFeed:
    """Pages that belong to no workspace, before one is opened: there is no board."""

    def __init__(self, pages: Pages, watches: Watches) -> None:
        self._pages = PageReader(pages, (), watches=watches)

    def start(self, post: Post) -> None:
        self._pages.start(post)

    def reread(self) -> None:
        self._pages.reread()

    def show(self, page: PageKey | None) -> None:
        self._pages.show(page)

    def stop(self) -> None:
        self._pages.stop()


def end_with(code: int) -> None:
    """End the process now if a page is still being read: Python would tear the thread out of DuckDB, which aborts."""
    if any(thread.name in READERS for thread in threads()):
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
