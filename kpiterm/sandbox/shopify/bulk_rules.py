"""What a query must be to run in bulk, in the API's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpiterm.sandbox.shopify.language import QuerySyntaxError, parse
from kpiterm.sandbox.shopify.plan import Planner, RefusedError, node_steps
from kpiterm.sandbox.shopify.validate import validate

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.plan import Step
    from kpiterm.sandbox.shopify.schema import Schema

_MOST, _DEEPEST = 5, 2
_EDGES = (
    "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
    "'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: "
)
_PARENT = (
    "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' "
    "return type. Connection fields without 'id': "
)
_IN_LIST = "Queries that contain a connection field within a list field are not currently supported."


class BulkQueryError(Exception):
    """Reasons why a query cannot run in bulk."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(reasons[0])
        self.reasons = reasons


@dataclass
class _Findings:
    connections: int = 0
    depth: int = 0
    by_nodes: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    in_list: bool = False


def plan_bulk(text: str, schema: Schema, version: str) -> Step:
    """The one top-level step of a bulk query; BulkQueryError when the API would not take it."""
    try:
        document = parse(text)
    except QuerySyntaxError as error:
        raise BulkQueryError(f"Invalid bulk query: {error}") from None
    if len(document.operations) != 1 or document.operations[0].kind != "query":
        raise BulkQueryError("Invalid operation type. Only `query` operations are supported.")
    if errors := validate(document, schema, version):
        raise BulkQueryError(*(f"Invalid bulk query: {error['message']}" for error in errors))
    try:
        steps = Planner(document, schema, version, {}, paging=False).plan(document.operations[0])
    except RefusedError as error:
        raise BulkQueryError(f"Invalid bulk query: {error}") from None
    if reasons := _reasons(steps):
        raise BulkQueryError(*reasons)
    return steps[0]


def _reasons(steps: list[Step]) -> list[str]:
    found = _Findings()
    _look(steps, found, depth=0, within="", has_id=True, in_list=False)
    names = {step.field.name for step in steps}
    reasons = [f"Bulk queries cannot contain a top level `{name}` field." for name in sorted(names & {"node", "nodes"})]
    if len(steps) != 1:
        reasons.append("Bulk queries must contain a single top level field.")
    if not found.connections:
        reasons.append("Bulk queries must contain at least one connection.")
    if found.by_nodes:
        reasons.append(f"{_EDGES}'{', '.join(found.by_nodes)}'.")
    if found.depth > _DEEPEST:
        reasons.append(f"Bulk queries cannot contain connections with a nesting depth greater than {_DEEPEST}.")
    if found.connections > _MOST:
        reasons.append(f"Bulk queries cannot contain more than {_MOST} connections.")
    if found.without_id:
        reasons.append(f"{_PARENT}{', '.join(found.without_id)}.")
    if found.in_list:
        reasons.append(_IN_LIST)
    return reasons


def _look(steps: list[Step], found: _Findings, *, depth: int, within: str, has_id: bool, in_list: bool) -> None:
    for step in steps:
        if step.field.is_connection:
            found.connections += 1
            # The top-level connection is level 0: one in it and one in that are the two levels allowed.
            found.depth = max(found.depth, depth)
            found.in_list = found.in_list or in_list
            if not has_id and within not in found.without_id:
                found.without_id.append(within)
            if any(inner.field.name == "nodes" for inner in step.steps):
                found.by_nodes.append(step.field.name)
            inner = node_steps(step)
            own_id = any(s.field.name == "id" and s.key == "id" for s in inner)
            _look(inner, found, depth=depth + 1, within=step.field.name, has_id=own_id, in_list=False)
        else:
            listed = in_list or step.field.type.item is not None
            _look(step.steps, found, depth=depth, within=within, has_id=has_id, in_list=listed)
