"""An operation made ready to run: variables filled in, fragments opened, and what it may cost worked out beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.shopify.language import Field, Place, Spread, Variable
from kpiterm.sandbox.shopify.validate import ROOTS, Error, error, field_of, problem

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.language import Document, Operation, Selection, TypeRef, Value
    from kpiterm.sandbox.shopify.schema import FieldType, NamedType, Schema

MAX_FIRST = 250
FREE = frozenset({"MoneyBag", "MoneyV2", "PageInfo"})
_MUTATION_COST = 10


@dataclass(slots=True, eq=False)
class Step:
    """One field to resolve; `on` is the type that it is for, empty where it is for every one."""

    key: str
    field: FieldType
    kind: NamedType
    arguments: dict[str, Any]
    on: str
    place: Place
    steps: list[Step]


class RefusedError(Exception):
    """The request cannot run; `errors` are in the API's shape."""

    def __init__(self, *errors: Error) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)


class Planner:
    """Plans the operations of one document; `paging` is off in bulk, where connections take no page size."""

    def __init__(
        self, document: Document, schema: Schema, version: str, values: dict[str, Any], *, paging: bool = True
    ) -> None:
        self._document, self._schema, self._version, self._paging = document, schema, version, paging
        self._given, self._values = values, dict[str, Any]()

    def plan(self, operation: Operation) -> list[Step]:
        """The steps of an operation; RefusedError for variables and page sizes that do not fit."""
        self._values = self._variables(operation)
        return self._steps(operation.selections, self._schema[ROOTS[operation.kind]], [])

    def _variables(self, operation: Operation) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, kind, default, has_default in operation.variables:
            if name not in self._given and has_default:
                values[name] = self._filled(default)
                continue
            value = self._given.get(name)
            if why := problem(value, kind, self._schema, literal=False):
                raise RefusedError(_bad_variable(name, kind, value, why))
            if name in self._given:
                values[name] = _listed(value, kind)
        return values

    def _steps(self, selections: tuple[Selection, ...], parent: NamedType, path: list[Any], on: str = "") -> list[Step]:
        found: dict[tuple[str, str], Step] = {}
        for selection in selections:
            if not self._wanted(selection):
                continue
            if isinstance(selection, Spread):
                more = self._opened(selection, parent, path, on)
            else:
                more = [self._step(selection, parent, path, on)]
            for step in more:
                same = found.setdefault((step.key, step.on), step)
                if same is not step:
                    same.steps = [*same.steps, *step.steps]
        return list(found.values())

    def _opened(self, spread: Spread, parent: NamedType, path: list[Any], on: str) -> list[Step]:
        target = self._document.fragments[spread.fragment] if spread.fragment else spread
        if not target.on or target.on == parent.name:
            return self._steps(target.selections, parent, path, on)
        return self._steps(target.selections, self._schema[target.on], path, target.on)

    def _step(self, selected: Field, parent: NamedType, path: list[Any], on: str) -> Step:
        known = field_of(parent, selected.name, self._version)
        if known is None:
            raise KeyError(f"{parent.name}.{selected.name} was not validated")
        path = [*path, selected.alias]
        arguments = {name: argument.default for name, argument in known.arguments.items()}
        for name, value in selected.arguments.items():
            if not (isinstance(value, Variable) and value.name not in self._values):
                arguments[name] = _listed(self._filled(value), known.arguments[name].type)
        if known.is_connection and self._paging:
            _check_page(arguments, selected.place, path)
        kind = self._schema[known.type.base]
        steps = self._steps(selected.selections, kind, path) if selected.selections else []
        return Step(selected.alias, known, kind, arguments, on, selected.place, steps)

    def _wanted(self, selection: Selection) -> bool:
        conditions = [(d.name, self._filled(d.arguments["if"])) for d in selection.directives]
        return all(bool(value) == (name == "include") for name, value in conditions)

    def _filled(self, value: Value) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, Variable):
            return self._values.get(value.name)
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, dict):
            return {name: self._filled(item) for name, item in value.items()}
        return value


def requested_cost(steps: list[Step], *, mutation: bool = False) -> int:
    """Points that a plan may cost at most: objects 1, leaves and money 0, connections grow with log(page size)."""
    return _MUTATION_COST * len(steps) if mutation else sum(_cost(step) for step in steps)


def connection_cost(size: int, node: int) -> int:
    """Points of a connection of that many nodes."""
    return 2 + (floor(2 * log(size)) if size > 1 else 0) * node


def node_steps(step: Step) -> list[Step]:
    """What is selected of a connection's nodes, through `nodes` or `edges { node }`."""
    edges = [inner for outer in step.steps if outer.field.name == "edges" for inner in outer.steps]
    nodes = [outer for outer in step.steps if outer.field.name == "nodes"]
    return [inner for outer in (*nodes, *(e for e in edges if e.field.name == "node")) for inner in outer.steps]


def _cost(step: Step) -> int:
    if step.kind.is_leaf or step.kind.name in FREE:
        return 0
    if step.field.is_connection:
        size = step.arguments.get("first") or step.arguments.get("last") or 1
        return connection_cost(size, 1 + sum(_cost(inner) for inner in node_steps(step)))
    return 1 + sum(_cost(inner) for inner in step.steps)


def _listed(value: Any, kind: TypeRef) -> Any:  # noqa: ANN401 - any JSON value
    return [value] if kind.item and value is not None and not isinstance(value, list) else value


def _check_page(arguments: dict[str, Any], place: Place, path: list[Any]) -> None:
    size = arguments.get("first") if arguments.get("first") is not None else arguments.get("last")
    if size is None:
        raise RefusedError(error("you must provide one of first or last", place, path, "BAD_REQUEST"))
    if size < 0:
        raise RefusedError(error("first and last cannot be negative", place, path, "BAD_REQUEST"))
    if size > MAX_FIRST:
        message = f"The requested page size of {size} exceeds the maximum of {MAX_FIRST}"
        raise RefusedError(error(message, place, path, "BAD_REQUEST"))


def _bad_variable(name: str, kind: TypeRef, value: Any, why: str) -> Error:  # noqa: ANN401 - any JSON value
    return {
        "message": f"Variable ${name} of type {kind} was provided invalid value",
        "locations": [{"line": 1, "column": 1}],
        "extensions": {
            "code": "INVALID_VARIABLE",
            "value": value,
            "problems": [{"path": [], "explanation": why}],
        },
    }
