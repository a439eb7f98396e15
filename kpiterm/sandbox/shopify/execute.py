"""Runs a plan over the resolvers: values, errors with their paths, nulls where a scope is missing, the true cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kpiterm.sandbox.shopify.paging import BadCursorError, Listing, cursor, page_of
from kpiterm.sandbox.shopify.plan import FREE, connection_cost, node_steps
from kpiterm.sandbox.shopify.validate import Error, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpiterm.sandbox.shopify.context import Context
    from kpiterm.sandbox.shopify.language import TypeRef
    from kpiterm.sandbox.shopify.plan import Step
    from kpiterm.sandbox.shopify.schema import NamedType, Schema

    Resolver = Callable[[Context, Any, dict[str, Any]], Any]
    Resolvers = Mapping[str, Mapping[str, Resolver]]

_DOCUMENTATION = "https://shopify.dev/api/usage/access-scopes"


class Typed(NamedTuple):
    """The source of an interface field, with the type that it is of."""

    name: str
    source: Any


def _key(name: str) -> Resolver:
    return lambda _context, source, _arguments: source[name]


class NulledError(Exception):
    """A field that may not be null has no value, so its parent has none either."""


@dataclass
class Execution:
    """One operation's run; `errors` fill up on the way."""

    schema: Schema
    resolvers: Resolvers
    context: Context
    errors: list[Error] = field(default_factory=list)

    def run(self, steps: list[Step], root: str) -> dict[str, Any] | None:
        """The operation's data."""
        try:
            return self.object(steps, self.schema[root], None, [])
        except NulledError:
            return None

    def object(self, steps: list[Step], kind: NamedType, source: Any, path: list[Any]) -> dict[str, Any]:  # noqa: ANN401
        """One object of a type, as far as it was selected."""
        if isinstance(source, Typed):
            kind, source = self.schema[source.name], source.source
        elif kind.kind == "interface":
            kind = next(k for k in self.schema.values() if kind.name in k.interfaces and k.kind == "type")
        resolvers = self.resolvers.get(kind.name, {})
        out: dict[str, Any] = {}
        for step in steps:
            if step.on and step.on != kind.name and step.on not in kind.interfaces:
                continue
            name = step.field.name
            if name == "__typename":
                out[step.key] = kind.name
                continue
            self.put(out, step, resolvers.get(name) or _key(name), source, path)
        return out

    def put(self, out: dict[str, Any], step: Step, resolver: Resolver, source: Any, path: list[Any]) -> None:  # noqa: ANN401
        """Resolve one field into its place."""
        if step.kind.name in FREE or (step.kind.is_leaf and not step.field.access):
            out[step.key] = self.complete(step.field.type, resolver(self.context, source, step.arguments), step, path)
            return
        here = [*path, step.key]
        try:
            self.check_access(step, here)
            out[step.key] = self.complete(step.field.type, resolver(self.context, source, step.arguments), step, here)
        except NulledError:
            if step.field.type.required:
                raise
            out[step.key] = None

    def complete(self, kind: TypeRef, value: Any, step: Step, path: list[Any]) -> Any:  # noqa: ANN401 - JSON
        """A resolved value in the shape of its type."""
        if value is None:
            return None
        if kind.item:
            return [self.complete(kind.item, item, step, [*path, i]) for i, item in enumerate(value)]
        if step.kind.is_leaf:
            return value
        if isinstance(value, Listing):
            value = self.page(value, step, path)
        return self.object(step.steps, step.kind, value, path)

    def page(self, found: Listing, step: Step, path: list[Any]) -> dict[str, Any]:
        """The page of a connection that was asked for, or less of it."""
        world, asked = self.context.world, dict(step.arguments)
        asked |= {end: world.page(asked[end]) for end in ("first", "last") if asked.get(end)}
        try:
            page = page_of(found, asked, self.context.setup.longest_listing)
        except BadCursorError:
            self.errors.append(error("Invalid cursor for current pagination sort.", step.place, path, "BAD_REQUEST"))
            raise NulledError from None
        edges = page["edges"]
        if page["pageInfo"]["hasNextPage"] and (again := world.faults.overlap(len(edges), f"shopify {step.key}")):
            page["pageInfo"]["endCursor"] = cursor(edges[-1 - again]["cursor"])
        return page

    def check_access(self, step: Step, path: list[Any]) -> None:
        """NulledError, with the API's words for it, where the token lacks every scope that would do."""
        for scopes in (step.field.access, self._node_access(step)):
            if scopes and not self.context.scopes.intersection(scopes):
                self.errors.append(_denied(step, scopes, path))
                raise NulledError

    def _node_access(self, step: Step) -> tuple[str, ...]:
        kind = self.schema[step.kind.fields["nodes"].type.base] if step.field.is_connection else step.kind
        return kind.access


EDGES: Mapping[str, Resolver] = {"cursor": lambda _c, edge, _a: cursor(edge["cursor"])}


def actual_cost(steps: list[Step], data: dict[str, Any] | None) -> int:
    """Points that an answer did cost, by what came back."""
    return sum(_actual(step, (data or {}).get(step.key)) for step in steps)


def _actual(step: Step, value: Any) -> int:  # noqa: ANN401 - JSON
    if value is None or step.kind.is_leaf or step.kind.name in FREE:
        return 0
    if step.field.is_connection:
        nodes = _nodes(step, value)
        inner = node_steps(step)
        return connection_cost(len(nodes), max((1 + actual_cost(inner, node) for node in nodes), default=0))
    items = value if isinstance(value, list) else [value]
    return max((1 + actual_cost(step.steps, item) for item in items if item), default=0)


def _nodes(step: Step, value: dict[str, Any]) -> list[dict[str, Any]]:
    for inner in step.steps:
        if inner.field.name == "nodes":
            return list(value[inner.key])
        if inner.field.name == "edges":
            key = next((s.key for s in inner.steps if s.field.name == "node"), "")
            return [edge.get(key) or {} for edge in value[inner.key]]
    return []


def _denied(step: Step, scopes: tuple[str, ...], path: list[Any]) -> Error:
    named = [f"`{scope}` access scope" for scope in scopes]
    required = f"{', '.join(named[:-1])} or {named[-1]}." if len(named) > 1 else f"{named[0]}."
    message = f"Access denied for {step.field.name} field. Required access: {required}"
    more = {"documentation": _DOCUMENTATION, "requiredAccess": required}
    return error(message, step.place, path, "ACCESS_DENIED", **more)
