"""As much GraphQL as Data Kiosk takes: one query with nested fields and literal arguments."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_TOKEN = re.compile(r'[\s,]*(?:(?P<mark>[{}()\[\]:])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[\w.-]+)|(?P<end>$))')
_DEEPEST = 20


class QueryError(Exception):
    """The text is no query that Data Kiosk takes; the message says why."""


class Field(NamedTuple):
    """A field with its arguments and the fields asked for below it; enums and numbers are text."""

    name: str
    arguments: dict[str, Any]
    fields: tuple[Field, ...]


def parse(text: str) -> Field:
    """The one root field of `query Name { root { … } }`."""
    reader = _Reader(text)
    if reader.peek() == "query":
        reader.take()
        if reader.peek() not in ("{", ""):
            reader.take()
    fields = reader.fields(0)
    if reader.peek():
        raise QueryError(f"unexpected '{reader.peek()}' after the query")
    if len(fields) != 1:
        raise QueryError("a query must have exactly one root field")
    return fields[0]


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        position = 0
        while True:
            found = _TOKEN.match(text, position)
            if found is None:
                raise QueryError(f"unexpected character at position {position}")
            position = found.end()
            if found["end"] is not None:
                break
            self._tokens.append(found["mark"] or found["text"] or found["word"])
        self._next = 0

    def peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise QueryError(f"expected '{expected or 'more'}' instead of '{token}'")
        self._next += 1
        return token

    def _name(self) -> str:
        name = self.take()
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise QueryError(f"'{name}' is no name")
        return name

    def fields(self, depth: int) -> tuple[Field, ...]:
        if depth > _DEEPEST:
            raise QueryError("the query is nested too deeply")
        self.take("{")
        found = []
        while self.peek() != "}":
            name = self._name()
            arguments = self._arguments() if self.peek() == "(" else {}
            found.append(Field(name, arguments, self.fields(depth + 1) if self.peek() == "{" else ()))
        self.take("}")
        if not found:
            raise QueryError("a selection must not be empty")
        return tuple(found)

    def _arguments(self) -> dict[str, Any]:
        self.take("(")
        return self._pairs(")", 0)

    def _pairs(self, end: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.peek() != end:
            name = self._name()
            self.take(":")
            found[name] = self._value(depth)
        self.take(end)
        return found

    def _value(self, depth: int) -> Any:  # noqa: ANN401 - any literal
        if depth > _DEEPEST:
            raise QueryError("a value is nested too deeply")
        literal = self.take()
        if literal == "[":
            items = []
            while self.peek() != "]":
                items.append(self._value(depth + 1))
            self.take("]")
            return items
        if literal == "{":
            return self._pairs("}", depth + 1)
        if literal in ")}]:":
            raise QueryError(f"unexpected '{literal}'")
        return literal[1:-1] if literal.startswith('"') else literal


def check(fields: tuple[Field, ...], sample: dict[str, Any], where: str) -> None:
    """QueryError unless every field asked for is one of `sample`, down to its leaves."""
    for field in fields:
        if field.name not in sample:
            raise QueryError(f"Field '{field.name}' in type '{where}' is undefined")
        value = sample[field.name]
        inner = value[0] if isinstance(value, list) else value
        if isinstance(inner, dict) != bool(field.fields):
            raise QueryError(f"Field '{field.name}' of '{where}' needs {'sub' if not field.fields else 'no sub'}fields")
        if field.fields:
            check(field.fields, inner, field.name)


def project(fields: tuple[Field, ...], record: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The record with the fields asked for, in their order."""
    if isinstance(record, list):
        return [project(fields, item) for item in record]
    if not isinstance(record, dict) or not fields:
        return record
    return {field.name: project(field.fields, record[field.name]) for field in fields}
