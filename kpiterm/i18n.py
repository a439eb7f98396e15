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


class Said(str):
    """A sentence in English that can be told in another language: its template, and the values in it.

    It is a text like any other wherever no language is asked for.
    """

    __slots__ = ("template", "values")
    template: str
    values: tuple[object, ...]


def said(template: str, *values: object) -> Said:
    """`template.format(*values)`; values may be such sentences themselves."""
    text = Said(template.format(*values))
    text.template, text.values = template, values
    return text


def told(text: str, language: str) -> str:
    """The sentence in a language; a plain text as the catalogue has it, else as it is."""
    if isinstance(text, Said):
        values = (told(value, language) if isinstance(value, Said) else value for value in text.values)
        return translator(language)(text.template).format(*values)
    return translator(language)(text) if text else text
