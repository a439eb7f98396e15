"""What a connector must not forget if the process dies: ids of reports that were requested and not yet stored."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from kpiterm.paths import private_dir
from kpiterm.store.snapshot import point_to


class Resume:
    """A small text store of one account, written through to disk at once.

    A key that the connector forgets while it fetches a window is kept on disk until that window is in the store: a
    crash in between finds the report again instead of asking the vendor for another one. What a fetch forgets on its
    way out of a failure is gone at once: the next run would find the same report again, and fail as this one did.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._forgotten: dict[str, int] = {}
        self._just_forgotten: set[str] = set()
        self.window = 0
        try:
            found = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            found = None
        self._values: dict[str, str] = found if isinstance(found, dict) else {}

    def recall(self, key: str) -> str | None:
        return None if key in self._forgotten else self._values.get(key)

    def remember(self, key: str, value: str | None) -> None:
        """Keep `value` under `key`; None forgets the key once the current window is stored."""
        with self._lock:
            if value is None:
                self._forgotten[key] = self.window
                self._just_forgotten.add(key)
                return
            self._forgotten.pop(key, None)
            self._just_forgotten.discard(key)
            self._values[key] = value
            self._write()

    def handed_over(self) -> None:
        """The connector has yielded something: what it forgets from now on is not what that was read from."""
        self._just_forgotten.clear()

    def failed(self) -> None:
        """The fetch of the current window has raised, and the window will not be stored."""
        with self._lock:
            for key in [key for key, number in self._forgotten.items() if number == self.window]:
                del self._forgotten[key]
                if key in self._just_forgotten:
                    self._values.pop(key, None)
            self._just_forgotten.clear()
            self._write()

    def stored(self, window: int) -> None:
        """All windows up to this number are in the store."""
        with self._lock:
            done = [key for key, number in self._forgotten.items() if number <= window]
            for key in done:
                del self._forgotten[key]
                self._values.pop(key, None)
            if done:
                self._write()

    def _write(self) -> None:
        private_dir(self._path.parent)
        point_to(self._path, json.dumps(self._values, ensure_ascii=False, indent=1))
