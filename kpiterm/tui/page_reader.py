"""The thread that reads the pages beside the board: the one on the screen, when it is opened or outdated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

from kpiterm.errors import KpitermError
from kpiterm.tui import pauses
from kpiterm.tui.messages import FeedError, PageKey, PageUpdate

_SMALL = 256  # bytes: such a file is read, for two writings may share a clock tick
T = TypeVar("T")
Pages = Mapping[str, Callable[..., object]]
"""Page by name: a function of the rest of the page's key that reads the store and returns frozen values."""

Watches = Mapping[str, Callable[[], object]]
"""By the name of a page, what changes when something other than the watched files makes it outdated."""


def attempt(read: Callable[[], T]) -> T | FeedError:
    """What `read` returns, or why it could not."""
    try:
        return read()
    except KpitermError as error:
        return FeedError(error.message, error.hint, datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 whatever a file or the disk holds, the screen says it and the loop goes on
        text = f"{type(error).__name__}: {error}"
        return FeedError(text, "kpiterm doctor looks for the cause", datetime.now(UTC))


def stamp(files: Sequence[Path]) -> tuple[object, ...]:
    """What tells that one of `files` was written. The hour is in it: days end at different hours of the UTC day."""
    found: list[object] = [datetime.now(UTC).replace(minute=0, second=0, microsecond=0)]
    for file in files:
        try:
            stat = file.stat()
            small = file.read_bytes() if stat.st_size <= _SMALL else stat.st_size
            found.append((stat.st_mtime_ns, stat.st_ino, small))
        except OSError as error:
            found.append(error.errno)
    return tuple(found)


class PageReader:
    """Reads the shown page of `pages` when one of the `watched` files, or its own watch, has changed since it was read
    last.

    A daemon thread of its own: a page that takes a minute must keep neither the board waiting nor the program from
    ending.
    """

    def __init__(
        self, pages: Pages, watched: Sequence[Path], interval: float = 1.0, *, watches: Watches | None = None
    ) -> None:
        self._pages = pages
        self._watches = watches or {}
        self._watched = watched
        self._interval = interval
        self._shown: PageKey | None = None
        self._stamps: dict[PageKey, object] = {}
        self._failed: set[PageKey] = set()
        self._wake = Event()
        self._stopped = Event()

    def start(self, post: Callable[[PageUpdate], object]) -> None:
        Thread(target=self._run, args=(post,), name="kpiterm-pages", daemon=True).start()

    def show(self, key: PageKey | None) -> None:
        """From now on keep this page fresh, and no other; one that failed is tried again."""
        if key in self._failed:
            self._stamps.pop(key, None)
        self._shown = key
        self._wake.set()

    def reread(self) -> None:
        """Read every page again when it is shown next."""
        self._stamps.clear()
        self._wake.set()

    def stop(self) -> None:
        self._stopped.set()
        self._wake.set()

    def _run(self, post: Callable[[PageUpdate], object]) -> None:
        while not self._stopped.is_set():
            key, now = self._shown, self._stamp()
            if key is not None and self._stamps.get(key) != now:
                self._stamps[key] = now
                self._read(key, post)
            self._wake.wait(self._interval)
            self._wake.clear()

    def _stamp(self) -> object:
        own = self._watches.get(self._shown[0]) if self._shown else None
        return stamp(self._watched), own() if own else None

    def _read(self, key: PageKey, post: Callable[[PageUpdate], object]) -> None:
        post(PageUpdate(key, None))
        name, *about = key
        content = attempt(lambda: self._pages[name](*about))
        pauses.keep()
        (self._failed.add if isinstance(content, FeedError) else self._failed.discard)(key)
        if not self._stopped.is_set():
            post(PageUpdate(key, content))
