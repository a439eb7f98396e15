"""The part of the Admin API's schema that the sandbox serves, read from the folder `sdl` beside this file."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from kpiterm.sandbox.shopify.language import Reader, TypeRef, Value

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.language import Directive


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument; `default` is None also where there is none, which the API treats alike."""

    type: TypeRef
    default: Value


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field, the scopes of which a token needs one, and the first version that has it."""

    name: str
    type: TypeRef
    arguments: dict[str, Argument]
    access: tuple[str, ...] = ()
    since: str = ""

    @property
    def is_connection(self) -> bool:
        return self.type.base.endswith("Connection")


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type: `kind` is type, interface, enum or scalar; enums have `values`, objects `fields`."""

    name: str
    kind: str
    fields: dict[str, FieldType] = field(default_factory=dict)
    values: frozenset[str] = frozenset()
    interfaces: tuple[str, ...] = ()
    access: tuple[str, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return self.kind in {"enum", "scalar"}


Schema = dict[str, NamedType]


@cache
def schema() -> Schema:
    """Every type by its name."""
    folder = resources.files("kpiterm.sandbox.shopify").joinpath("sdl")
    return read_schema("\n".join(part.read_text("utf-8") for part in folder.iterdir()))


def read_schema(text: str) -> Schema:
    """The types of a text in the schema definition language."""
    reader, found = Reader(text), {}
    while reader.token.kind != "end":
        defined = _type(reader)
        found[defined.name] = defined
    return found


def _type(reader: Reader) -> NamedType:
    kind, name, interfaces = reader.name(), reader.name(), []
    if reader.skip("implements"):
        interfaces.append(reader.name())
        while reader.skip("&"):
            interfaces.append(reader.name())
    access = _strings(reader.directives(), "access", "any")
    fields, values = {}, []
    if kind != "scalar":
        reader.take("mark", "{")
        while not reader.skip("}"):
            if kind == "enum":
                values.append(reader.name())
            else:
                defined = _field(reader)
                fields[defined.name] = defined
    return NamedType(name, kind, fields, frozenset(values), tuple(interfaces), access)


def _field(reader: Reader) -> FieldType:
    name, arguments = reader.name(), {}
    if reader.skip("("):
        while not reader.skip(")"):
            argument = reader.name()
            reader.take("mark", ":")
            kind = reader.type()
            arguments[argument] = Argument(kind, reader.value() if reader.skip("=") else None)
    reader.take("mark", ":")
    kind, directives = reader.type(), reader.directives()
    since = "".join(_strings(directives, "since", "version"))
    return FieldType(name, kind, arguments, _strings(directives, "access", "any"), since)


def _strings(directives: tuple[Directive, ...], name: str, argument: str) -> tuple[str, ...]:
    values = [d.arguments[argument] for d in directives if d.name == name]
    return tuple(str(v) for value in values for v in (value if isinstance(value, list) else [value]))
