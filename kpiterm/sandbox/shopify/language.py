"""The GraphQL language, as far as clients of the Admin API use it: text to tokens, tokens to a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<skip>[\s,﻿]+|\#[^\n]*)"
    r'|(?P<block>"""(?:[^"\\]|\\"""|\\|"(?!""))*""")'
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<float>-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))"
    r"|(?P<int>-?\d+)"
    r"|(?P<name>[_A-Za-z]\w*)"
    r"|(?P<mark>\.\.\.|[{}()\[\]:=!|@$&])"
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_MARKS = {
    "{": "LCURLY",
    "}": "RCURLY",
    "(": "LPAREN",
    ")": "RPAREN",
    "[": "LBRACKET",
    "]": "RBRACKET",
    ":": "COLON",
    "$": "VAR_SIGN",
    "@": "DIR_SIGN",
    "!": "BANG",
    "=": "EQUALS",
    "|": "PIPE",
    "&": "AMP",
    "...": "ELLIPSIS",
}


class Place(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


class QuerySyntaxError(Exception):
    """The text is no GraphQL document."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"{message} at [{place.line}, {place.column}]" if place else message)
        self.place = place


class EnumValue(str):
    """A bare word where a value stands."""

    __slots__ = ()


class Variable(NamedTuple):
    """`$name` where a value stands."""

    name: str


Value = None | bool | int | float | str | Variable | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A type as written: a name, or a list of an item; `required` is the exclamation mark."""

    name: str
    item: TypeRef | None = None
    required: bool = False

    @property
    def base(self) -> str:
        """The name under all lists."""
        return self.item.base if self.item else self.name

    def __str__(self) -> str:
        return (f"[{self.item}]" if self.item else self.name) + ("!" if self.required else "")


class Directive(NamedTuple):
    name: str
    arguments: dict[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A selected field; `selections` is None where no braces follow."""

    name: str
    alias: str
    arguments: dict[str, Value]
    directives: tuple[Directive, ...]
    selections: tuple[Selection, ...] | None
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """`...Name`, or with `fragment` empty an inline fragment `... on Type {…}` that carries its own selections."""

    fragment: str
    on: str
    directives: tuple[Directive, ...]
    selections: tuple[Selection, ...]
    place: Place


Selection = Field | Spread


class VariableDefinition(NamedTuple):
    name: str
    type: TypeRef
    default: Value
    has_default: bool


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    kind: str
    name: str
    variables: tuple[VariableDefinition, ...]
    selections: tuple[Selection, ...]

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}".strip()


class Document(NamedTuple):
    operations: tuple[Operation, ...]
    fragments: dict[str, Spread]


class Token(NamedTuple):
    kind: str
    text: str
    place: Place


class Reader:
    """The tokens of a text, read one after another; shared with the reader of the schema."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def take(self, kind: str = "", text: str = "") -> Token:
        """The next token, which must be of that kind and text where given."""
        token = self.token
        if (kind and token.kind != kind) or (text and token.text != text):
            raise self.unexpected()
        self._at += 1
        return token

    def skip(self, text: str) -> bool:
        """True, and past it, where the next token is this mark or word."""
        if self.token.kind in {"mark", "name"} and self.token.text == text:
            self._at += 1
            return True
        return False

    def unexpected(self) -> QuerySyntaxError:
        kind, text, place = self.token
        if kind == "end":
            return QuerySyntaxError("syntax error, unexpected end of file")
        label = _MARKS.get(text, "IDENTIFIER" if kind == "name" else kind.upper())
        return QuerySyntaxError(f'syntax error, unexpected {label} ("{text}")', place)

    def name(self) -> str:
        return self.take("name").text

    def type(self) -> TypeRef:
        if self.skip("["):
            item = self.type()
            self.take("mark", "]")
            return TypeRef("", item, self.skip("!"))
        return TypeRef(self.name(), None, self.skip("!"))

    def arguments(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        if self.skip("("):
            while not self.skip(")"):
                name = self.name()
                self.take("mark", ":")
                found[name] = self.value()
        return found

    def directives(self) -> tuple[Directive, ...]:
        found = []
        while self.skip("@"):
            found.append(Directive(self.name(), self.arguments()))
        return tuple(found)

    def value(self) -> Value:
        if self.skip("$"):
            return Variable(self.name())
        if self.skip("["):
            items: list[Value] = []
            while not self.skip("]"):
                items.append(self.value())
            return items
        if self.skip("{"):
            fields: dict[str, Value] = {}
            while not self.skip("}"):
                name = self.name()
                self.take("mark", ":")
                fields[name] = self.value()
            return fields
        return self._scalar()

    def _scalar(self) -> Value:
        kind, text, _ = self.token
        if kind not in {"int", "float", "string", "block", "name"}:
            raise self.unexpected()
        self._at += 1
        if kind == "name":
            return {"true": True, "false": False, "null": None}.get(text, EnumValue(text))
        if kind == "string":
            return _ESCAPE.sub(_unescape, text[1:-1])
        if kind == "block":
            return text[3:-3].replace('\\"""', '"""').strip()
        return int(text) if kind == "int" else float(text)


def parse(text: str) -> Document:
    """The operations and fragments of a request's query; QuerySyntaxError where it is none."""
    reader = Reader(text)
    operations, fragments = [], {}
    while True:
        if reader.skip("fragment"):
            place, name = reader.token.place, reader.name()
            reader.take("name", "on")
            on, directives = reader.name(), reader.directives()
            fragments[name] = Spread(name, on, directives, _selections(reader), place)
        else:
            operations.append(_operation(reader))
        if reader.token.kind == "end":
            return Document(tuple(operations), fragments)


def _operation(reader: Reader) -> Operation:
    kind = name = ""
    variables = []
    if reader.token.text != "{":
        if reader.token.text not in {"query", "mutation", "subscription"}:
            raise reader.unexpected()
        kind = reader.name()
        name = reader.name() if reader.token.kind == "name" else ""
        if reader.skip("("):
            while not reader.skip(")"):
                variables.append(_variable(reader))
        reader.directives()
    return Operation(kind or "query", name, tuple(variables), _selections(reader))


def _variable(reader: Reader) -> VariableDefinition:
    reader.take("mark", "$")
    name = reader.name()
    reader.take("mark", ":")
    kind, has_default = reader.type(), reader.skip("=")
    return VariableDefinition(name, kind, reader.value() if has_default else None, has_default)


def _selections(reader: Reader) -> tuple[Selection, ...]:
    reader.take("mark", "{")
    found: list[Selection] = []
    while not found or not reader.skip("}"):
        found.append(_spread(reader) if reader.token.text == "..." else _field(reader))
    return tuple(found)


def _field(reader: Reader) -> Field:
    place, name = reader.token.place, reader.name()
    alias = name
    if reader.skip(":"):
        name = reader.name()
    arguments, directives = reader.arguments(), reader.directives()
    selections = _selections(reader) if reader.token.text == "{" else None
    return Field(name, alias, arguments, directives, selections, place)


def _spread(reader: Reader) -> Spread:
    place = reader.take("mark", "...").place
    if reader.token.kind == "name" and reader.token.text != "on":
        return Spread(reader.name(), "", reader.directives(), (), place)
    on = reader.name() if reader.skip("on") else ""
    return Spread("", on, reader.directives(), _selections(reader), place)


def _tokens(text: str) -> list[Token]:
    found, at, line, start = [], 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        place = Place(line, at - start + 1)
        if match is None:
            raise QuerySyntaxError(f"syntax error, unexpected character {text[at]!r}", place)
        body = match.group()
        if match.lastgroup != "skip":
            found.append(Token(str(match.lastgroup), body, place))
        at = match.end()
        if breaks := body.count("\n"):
            line, start = line + breaks, match.start() + body.rindex("\n") + 1
    found.append(Token("end", "", Place(line, at - start + 1)))
    return found


def _unescape(match: re.Match[str]) -> str:
    code, plain = match.groups()
    return chr(int(code, 16)) if code else _ESCAPES.get(plain, plain)
