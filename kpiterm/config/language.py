"""The language line of config.toml, written without touching what else stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kpiterm.config.accounts import write_private
from kpiterm.paths import private_dir

if TYPE_CHECKING:
    from pathlib import Path

    from kpiterm.paths import Paths

_SET = re.compile(r"^[ \t]*language[ \t]*=[ \t]*[^\s#]*", re.MULTILINE)
_SHOWN = re.compile(r"^#[ \t]*language[ \t]*=[ \t]*[^\s#]*", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def write_language(paths: Paths, language: str) -> Path:
    """Set `language` in config.toml, in the line that is there, commented or not, else in a new first one."""
    private_dir(paths.root)
    file = paths.config.resolve()  # it may be a link into a person's own collection
    text = file.read_text("utf-8") if file.exists() else ""
    table = _TABLE.search(text)
    head, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    line = f'language = "{language}"'
    found = _SET.search(head) or _SHOWN.search(head)
    head = f"{head[: found.start()]}{line}{head[found.end() :]}" if found else f"{line}\n{head}"
    write_private(file, (head + rest).encode())
    return file
