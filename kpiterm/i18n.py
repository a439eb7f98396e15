"""Texts in the reader's language by gettext: English in the code, other languages under `locale/` (`make locale`)."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

DOMAIN = "kpiterm"
FOLDER = Path(__file__).parent / "locale"
Translate = Callable[[str], str]


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English, and a language without one, leave texts as they are."""
    return gettext.translation(DOMAIN, FOLDER, languages=[language], fallback=True)


def translator(language: str) -> Translate:
    """What turns a text of the code into that of `language`."""
    return translations(language).gettext


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Marks a text that is translated where it is shown."""
    return text
