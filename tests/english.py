"""Finds what was left in English where a reader asked for Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"`[^`]*`|kpiterm [\w -]+|sha256:?[ =\w\"]*|\[\[?[\w.]+\]\]?")
_SENTENCE = re.compile(r"[a-z]{2,}(?: [a-z]{2,})+", re.IGNORECASE)


def english(texts: Iterable[str], *names: str) -> list[str]:
    """Texts with two English words in a row; commands, keys and `names` are what they are in every language."""
    found = []
    for text in texts:
        bare = text
        for name in names:
            bare = bare.replace(name, "")
        if _SENTENCE.search(_CODE.sub("", bare)):
            found.append(text)
    return found
