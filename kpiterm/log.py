"""The sync's own log: what connectors narrate, already redacted, a few files of one megabyte."""

from __future__ import annotations

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from kpiterm.paths import private_dir


def open_log(directory: Path) -> Callable[[str], None]:
    """A function that appends a line to `sync.log` in `directory`. The caller has taken all secrets out of the text."""
    handler = RotatingFileHandler(
        private_dir(directory) / "sync.log", maxBytes=1 << 20, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))

    def write(text: str) -> None:
        handler.handle(logging.makeLogRecord({"name": "kpiterm.sync", "levelno": logging.INFO, "msg": text}))
        handler.close()  # the next line opens it again: nobody has to end a log

    return write
