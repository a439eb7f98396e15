"""What a connector must not forget if the process dies: ids of reports that were requested and not yet read."""

from __future__ import annotations

import json
from pathlib import Path

from kpiterm.paths import private_dir
from kpiterm.store.snapshot import point_to


class Resume:
    """A small text store of one account, written through to disk at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._values: dict[str, str] = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            self._values = {}

    def recall(self, key: str) -> str | None:
        return self._values.get(key)

    def remember(self, key: str, value: str | None) -> None:
        """Keep `value` under `key`, or forget the key."""
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        private_dir(self._path.parent)
        point_to(self._path, json.dumps(self._values, ensure_ascii=False, indent=1))
