"""Which encoding a flat file is in: what its header says, else what its bytes allow."""

from __future__ import annotations

import codecs
from pathlib import Path

from kpiterm.plugins import Download

_BLOCK = 1 << 20


def encoding(document: Download, marketplace: str) -> str:
    """A Python codec's name. Old exports are Cp1252, Japanese ones cp932 (which Amazon calls windows-31j)."""
    if document.charset:
        try:
            name = codecs.lookup(document.charset).name
        except LookupError:
            name = "utf-8"
        if name != "utf-8":
            return name
    if _is_utf8(document.path):
        return "utf-8-sig"
    return "cp932" if marketplace == "JP" else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
