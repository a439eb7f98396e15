"""Holds a document against the schema and answers with the error objects that the Admin API gives."""

from __future__ import annotations

import json
from typing import Any

from kpiterm.sandbox.shopify.language import (
    Directive,
    Document,
    EnumValue,
    Field,
    Operation,
    Place,
    Selection,
    Spread,
    TypeRef,
    Value,
    Variable,
)
from kpiterm.sandbox.shopify.schema import Argument, FieldType, NamedType, Schema

ROOTS = {"query": "QueryRoot", "mutation": "Mutation"}
TYPENAME = FieldType("__typename", TypeRef("String", None, True), {})
_CONDITION = {"if": Argument(TypeRef("Boolean", None, True), None)}
_INT_MAX = 2**31

Error = dict[str, Any]


def validate(document: Document, schema: Schema, version: str) -> list[Error]:
    """Errors of every operation; an empty list when the document can be executed."""
    errors: list[Error] = []
    for operation in document.operations:
        errors += _Validation(document, schema, version, operation).run()
    return errors


def field_of(parent: NamedType, name: str, version: str) -> FieldType | None:
    """The field of a type as that version of the API has it; `__typename` is on every type."""
    if name == "__typename":
        return TYPENAME
    found = parent.fields.get(name)
    return found if found and found.since <= version else None


def error(message: str, place: Place, path: list[Any], code: str, **more: Any) -> Error:  # noqa: ANN401 - JSON
    return {
        "message": message,
        "locations": [{"line": place.line, "column": place.column}],
        "path": path,
        "extensions": {"code": code, **more},
    }


class _Validation:
    """One operation's walk through its selections."""

    def __init__(self, document: Document, schema: Schema, version: str, operation: Operation) -> None:
        self._document, self._schema, self._version, self._operation = document, schema, version, operation
        self._variables = {v.name: v for v in operation.variables}
        self._used: set[str] = set()
        self._seen: set[str] = set()
        self._open: list[str] = []
        self._errors: list[Error] = []

    def run(self) -> list[Error]:
        operation = self._operation
        root = self._schema.get(ROOTS.get(operation.kind, ""))
        if root is None:
            self._add("Schema is not configured for subscriptions", Place(1, 1), [operation.label], "missingSchema")
            return self._errors
        self._walk(operation.selections, root, [operation.label])
        for name in self._variables.keys() - self._used:
            message = f"Variable ${name} is declared by {operation.name or 'anonymous query'} but not used"
            self._add(message, Place(1, 1), [operation.label], "variableNotUsed", variableName=name)
        return self._errors

    def _add(self, message: str, place: Place, path: list[Any], code: str, **more: Any) -> None:  # noqa: ANN401
        self._errors.append(error(message, place, path, code, **more))

    def _walk(self, selections: tuple[Selection, ...], parent: NamedType, path: list[Any]) -> None:
        for selection in selections:
            self._directives(selection.directives, selection.place, path)
            if isinstance(selection, Field):
                self._field(selection, parent, path)
            else:
                self._spread(selection, parent, path)

    def _field(self, selected: Field, parent: NamedType, path: list[Any]) -> None:
        path = [*path, selected.alias]
        found = field_of(parent, selected.name, self._version)
        if found is None:
            message = f"Field '{selected.name}' doesn't exist on type '{parent.name}'"
            names = {"typeName": parent.name, "fieldName": selected.name}
            self._add(message, selected.place, path, "undefinedField", **names)
            return
        where = f"Field '{selected.name}'"
        self._arguments(selected.arguments, found.arguments, selected.place, path, where)
        kind = self._schema[found.type.base]
        if kind.is_leaf and selected.selections is not None:
            message = f"Selections can't be made on {kind.kind}s (field '{selected.name}' returns {kind.name})"
            self._mismatch(message, selected, kind, path)
        elif not kind.is_leaf and selected.selections is None:
            message = (
                f"Field must have selections (field '{selected.name}' returns {kind.name} but has no selections. "
                f"Did you mean '{selected.name} {{ ... }}'?)"
            )
            self._mismatch(message, selected, kind, path)
        elif selected.selections is not None:
            self._walk(selected.selections, kind, path)

    def _mismatch(self, message: str, selected: Field, kind: NamedType, path: list[Any]) -> None:
        node = f"field '{selected.name}'"
        self._add(message, selected.place, path, "selectionMismatch", nodeName=node, typeName=kind.name)

    def _spread(self, spread: Spread, parent: NamedType, path: list[Any]) -> None:
        target = spread
        if spread.fragment:
            found = self._document.fragments.get(spread.fragment)
            if found is None:
                message = f"Fragment {spread.fragment} was used, but not defined"
                names = {"fragmentName": spread.fragment}
                self._add(message, spread.place, path, "useAndDefineFragment", **names)
                return
            if spread.fragment in self._open:
                message = f"Fragment {spread.fragment} contains an infinite loop"
                self._add(message, spread.place, path, "infiniteLoop", fragmentName=spread.fragment)
                return
            if spread.fragment in self._seen:
                return
            self._seen.add(spread.fragment)
            target, path = found, [f"fragment {found.fragment}"]
        elif spread.on:
            path = [*path, f"... on {spread.on}"]
        kind = self._schema.get(target.on) if target.on else parent
        if kind is None:
            message = f"No such type {target.on}, so it can't be a fragment condition"
            self._add(message, target.place, path, "undefinedType", typeName=target.on)
        else:
            self._open.append(spread.fragment)
            self._walk(target.selections, kind, path)
            self._open.pop()

    def _directives(self, directives: tuple[Directive, ...], place: Place, path: list[Any]) -> None:
        for directive in directives:
            if directive.name not in {"include", "skip"}:
                message = f"Directive @{directive.name} is not defined"
                self._add(message, place, path, "undefinedDirective", directiveName=directive.name)
            else:
                self._arguments(directive.arguments, _CONDITION, place, path, f"Directive '{directive.name}'")

    def _arguments(
        self, given: dict[str, Value], known: dict[str, Argument], place: Place, path: list[Any], where: str
    ) -> None:
        owner, _, name = where.partition(" ")
        name = name.strip("'")
        for argument, value in given.items():
            if argument not in known:
                message = f"{where} doesn't accept argument '{argument}'"
                names = {"name": name, "typeName": owner, "argumentName": argument}
                self._add(message, place, [*path, argument], "argumentNotAccepted", **names)
            elif isinstance(value, Variable):
                self._variable(value.name, argument, known[argument], place, [*path, argument])
            elif not self._fits(value, known[argument].type):
                message = (
                    f"Argument '{argument}' on {where} has an invalid value ({shown(value)}). "
                    f"Expected type '{known[argument].type}'."
                )
                names = {"typeName": owner, "argumentName": argument}
                self._add(message, place, [*path, argument], "argumentLiteralsIncompatible", **names)
        missing = [n for n, a in known.items() if a.type.required and a.default is None and n not in given]
        if missing:
            message = f"{where} is missing required arguments: {', '.join(missing)}"
            names = {"className": owner, "name": name, "arguments": ", ".join(missing)}
            self._add(message, place, path, "missingRequiredArguments", **names)

    def _variable(self, name: str, argument: str, known: Argument, place: Place, path: list[Any]) -> None:
        self._used.add(name)
        defined = self._variables.get(name)
        if defined is None:
            message = f"Variable ${name} is used by {self._operation.name or 'anonymous query'} but not declared"
            self._add(message, place, path, "variableNotDefined", variableName=name)
        elif not _usable(defined.type, known, has_default=defined.has_default and defined.default is not None):
            message = f"Type mismatch on variable ${name} and argument {argument} ({defined.type} / {known.type})"
            names = {"variableName": name, "typeName": str(defined.type), "argumentName": argument}
            self._add(message, place, path, "variableMismatch", **names, errorMessage="Type mismatch")

    def _fits(self, value: Value, kind: TypeRef) -> bool:
        if isinstance(value, Variable):
            self._used.add(value.name)
            return value.name in self._variables
        if isinstance(value, list) and kind.item:
            return all(self._fits(item, kind.item) for item in value)
        return not problem(value, kind, self._schema, literal=True)


def problem(value: Any, kind: TypeRef, schema: Schema, *, literal: bool) -> str:  # noqa: ANN401 - any JSON value
    """Why a value does not fit a type, or an empty string; literals and JSON differ in how enums are written."""
    if value is None:
        return "Expected value to not be null" if kind.required else ""
    if kind.item:
        items = value if isinstance(value, list) else [value]
        return next((p for item in items if (p := problem(item, kind.item, schema, literal=literal))), "")
    named = schema.get(kind.name)
    if named is None:
        return f"{kind.name} is not a defined input type"
    if named.kind == "enum":
        fits = value in named.values if isinstance(value, str) and isinstance(value, EnumValue) == literal else False
        return "" if fits else f"Expected {json.dumps(shown(value))} to be one of: {', '.join(sorted(named.values))}"
    if isinstance(value, EnumValue) or not _scalar_fits(value, kind.name):
        return f"Could not coerce value {shown(value)} to {kind.name}"
    return ""


def shown(value: Any) -> str:  # noqa: ANN401 - any GraphQL or JSON value
    """A value as the API quotes it in messages."""
    return str(value) if isinstance(value, EnumValue) else json.dumps(value, default=str)


def _scalar_fits(value: Any, name: str) -> bool:  # noqa: ANN401 - any JSON value
    if name == "Int":
        return type(value) is int and -_INT_MAX <= value < _INT_MAX
    if name == "Boolean":
        return isinstance(value, bool)
    if name == "Float":
        return type(value) in {int, float}
    if name == "ID":
        return isinstance(value, str) or type(value) is int
    return isinstance(value, str)


def _usable(given: TypeRef, known: Argument, *, has_default: bool) -> bool:
    wanted = known.type
    if wanted.required and not given.required and not has_default and known.default is None:
        return False
    return _within(given, wanted)


def _within(given: TypeRef, wanted: TypeRef) -> bool:
    if wanted.item is None or given.item is None:
        # A single value where a list is wanted is taken as a list of one.
        return given.base == wanted.base and (given.item is None)
    if wanted.item.required and not given.item.required:
        return False
    return _within(given.item, wanted.item)
