"""The search syntax of `query` arguments: terms, comparators, quotes, AND, OR, NOT and parentheses.

A field that the listing does not know is left out of the search and named in a warning, as the API does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kpiterm.sandbox.shopify.sales import TIMEZONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"\s+|(?P<bracket>[()])|(?P<not>-(?=[\w(]))"
    r"|(?:(?P<field>[A-Za-z_][\w.]*):)?(?P<op>>=|<=|>|<)?"
    r"""(?P<value>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()]+)"""
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda have, wanted: bool(have == wanted),
    ">": lambda have, wanted: bool(have > wanted),
    ">=": lambda have, wanted: bool(have >= wanted),
    "<": lambda have, wanted: bool(have < wanted),
    "<=": lambda have, wanted: bool(have <= wanted),
}


class Searchable(NamedTuple):
    """A field to search in: how to read it, and what it is."""

    kind: Literal["time", "id", "text", "flag"]
    read: Callable[[Any], Any]


@dataclass
class Search:
    """A search made ready: whether an item matches, what was not understood, and the earliest `since` of each time."""

    matches: Callable[[Any], bool]
    warnings: list[dict[str, str]] = field(default_factory=list)
    since: dict[str, float] = field(default_factory=dict)


def compile_search(text: str | None, fields: Mapping[str, Searchable]) -> Search:
    """The search that a `query` argument asks for; everything where it is empty."""
    parser = _Parser(text or "", fields)
    matches = parser.any_of() if parser.tokens else lambda _: True
    return Search(matches, parser.warnings, {} if parser.alternatives else parser.since)


class _Parser:
    def __init__(self, text: str, fields: Mapping[str, Searchable]) -> None:
        self._fields, self._at = fields, 0
        self.tokens = [m for m in _TOKEN.finditer(text) if m.group().strip()]
        self.warnings: list[dict[str, str]] = []
        self.since: dict[str, float] = {}
        self.alternatives = False

    def any_of(self) -> Callable[[Any], bool]:
        options = [self._all_of()]
        while self._word("OR"):
            self.alternatives = True
            options.append(self._all_of())
        return options[0] if len(options) == 1 else lambda item: any(option(item) for option in options)

    def _all_of(self) -> Callable[[Any], bool]:
        terms = []
        while self._at < len(self.tokens) and self.tokens[self._at].group() not in {")", "OR"}:
            if not self._word("AND"):
                terms.append(self._term())
        return lambda item: all(term(item) for term in terms)

    def _term(self) -> Callable[[Any], bool]:
        if self.tokens[self._at].group("not") or self._peek() == "NOT":
            self._at += 1
            self.alternatives = True
            inner = self._term()
            return lambda item: not inner(item)
        token = self.tokens[self._at]
        self._at += 1
        if token.group() == "(":
            inside = self.any_of()
            self._word(")")
            return inside
        return self._comparison(token.group("field") or "", token.group("op") or "", token.group("value") or "")

    def _comparison(self, name: str, op: str, value: str) -> Callable[[Any], bool]:
        known = self._fields.get(name or "default")
        quoted = value[:1] in {"'", '"'}
        value = re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value
        if known is None:
            self.warnings.append(
                {"field": name, "message": "Invalid search field for this query.", "code": "invalid_field"}
            )
            return lambda _: True
        choices = [value] if quoted else value.split(",")
        wanted = [_wanted(known.kind, choice) for choice in choices]
        if any(choice is None for choice in wanted):
            self.warnings.append({"field": name, "message": "Input is not valid for the field.", "code": "invalid"})
            return lambda _: True
        if known.kind == "time" and op in {">", ">="}:
            self.since[name] = max(self.since.get(name, 0.0), wanted[0])
        compare = _COMPARE[op]
        if known.kind == "text":
            return lambda item: any(_text_matches(known.read(item), choice) for choice in wanted)
        return lambda item: any((have := known.read(item)) is not None and compare(have, one) for one in wanted)

    def _peek(self) -> str:
        return self.tokens[self._at].group() if self._at < len(self.tokens) else ""

    def _word(self, text: str) -> bool:
        if self._peek() == text:
            self._at += 1
            return True
        return False


def _wanted(kind: str, text: str) -> Any:  # noqa: ANN401 - a number, a truth or a text, by kind
    if kind == "time":
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            return None
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=TIMEZONE)).timestamp()
    if kind == "id":
        tail = text.rpartition("/")[2]
        return int(tail) if tail.isdecimal() else None
    if kind == "flag":
        return {"true": True, "false": False}.get(text.lower())
    return text.lower()


def _text_matches(have: str | None, wanted: str) -> bool:
    if wanted == "*":
        return bool(have)
    have = (have or "").lower()
    return have.startswith(wanted[:-1]) if wanted.endswith("*") else have == wanted
