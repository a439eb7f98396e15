"""Texts in the reader's language by gettext: English in the code, other languages under `locale/` (`make locale`)."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial, reduce
from pathlib import Path

DOMAIN = "kpiterm"
LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent / "locale"
Translate = Callable[[str], str]
_PLACE = re.compile(r"\{(\d)\}")


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
    """`template.format(*values)`; values may be such sentences themselves. Without values it stays as it is."""
    text = Said(template.format(*values) if values else template)
    text.template, text.values = template, values
    return text


def word(text: str) -> Said:
    """A word from elsewhere, such as a state or a side, that the catalogue may have by itself; a sentence as it is."""
    return text if isinstance(text, Said) else said(text)


class Named(Said):
    """A name that has its other languages with it, such as a KPI's."""

    __slots__ = ("names",)
    names: Mapping[str, str]


def named(names: Mapping[str, str], language: str = "en") -> Named:
    """A name by language; as a text it is that of `language`."""
    text = Named(names[language])
    text.names = names
    return text


def sentences(parts: Iterable[str]) -> str:
    """Sentences on one line with semicolons; a single one stays as it is."""
    return reduce(lambda left, right: said("{0}; {1}", left, right), [part for part in parts if part] or [""])


def listing(parts: Iterable[str]) -> str:
    """Words or names with commas between them."""
    return reduce(lambda left, right: said("{0}, {1}", left, right), [part for part in parts if part] or [""])


def recalled(text: str) -> str:
    """A sentence that was kept as English text, as in a closed statement, with its template again where one fits: that
    with the longest wording. Any other text stays as it is."""
    if isinstance(text, Said) or not text:
        return text
    known = vars(translations("zh")).get("_catalog", {})
    if text in known:
        return said(text)
    for template, pattern in _patterns():
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            count = 1 + max(int(place) for place in _PLACE.findall(template))
            return said(template, *(recalled(values.get(f"v{number}", "")) for number in range(count)))
    parts = text.split("; ")
    return sentences(map(recalled, parts)) if len(parts) > 1 else text


@cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Templates with words of their own and places for values, those with most words first."""
    known = [text for text in vars(translations("zh")).get("_catalog", {}) if isinstance(text, str)]
    worded = [text for text in known if _PLACE.search(text) and re.search(r"[^\s\d.,;:()·]", _PLACE.sub("", text))]
    plain = [text for text in worded if not re.search(r"\{\d?[:!]", text)]
    ordered = sorted(plain, key=lambda text: (-len(_PLACE.sub("", text)), text))
    return [(text, re.compile(_pattern(text), re.DOTALL)) for text in ordered]


def _pattern(template: str) -> str:
    seen: set[str] = set()
    pattern = ""
    for number, part in enumerate(_PLACE.split(template)):
        if number % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P=v{part})" if part in seen else f"(?P<v{part}>(?:(?!; ).)+?)"
            seen.add(part)
    return pattern


def in_all(text: str) -> dict[str, str]:
    """A sentence in every language, as frozen documents hold it."""
    return {language: told(text, language) for language in LANGUAGES}


def teller(language: str) -> Translate:
    """What tells texts and sentences in a language."""
    return partial(told, language=language)


def told(text: str, language: str) -> str:
    """The sentence in a language; a plain text as the catalogue has it, else as it is."""
    if isinstance(text, Named):
        return text.names.get(language, str(text))
    if isinstance(text, Said):
        values = [told(value, language) if isinstance(value, Said) else value for value in text.values]
        template = translator(language)(text.template)
        return template.format(*values) if values else template
    return translator(language)(text) if text else text
