"""Every query against Shopify's own schema, its price in points, and what it asks to see."""

from __future__ import annotations

import gzip
import json
import math
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_ast_schema,
    build_client_schema,
    get_named_type,
    is_list_type,
    is_object_type,
    parse,
    validate,
    visit,
)
from graphql.type import GraphQLNonNull, GraphQLOutputType

from kpiterm_shopify.pages import LARGEST
from kpiterm_shopify.probes import NEEDS
from kpiterm_shopify.queries import load, searching
from kpiterm_shopify.refunds import AT_ONCE

HERE = Path(__file__).resolve().parent
SPECS = HERE.parents[2].parent / "shared" / "specs" / "shopify"
NAMES = sorted(path.name.removesuffix(".graphql") for path in files("kpiterm_shopify").joinpath("queries").iterdir())
BULK = [name for name in NAMES if name in ("bulk_orders", "bulk_refunds", "bulk_returns")]
ASKED = [name for name in NAMES if name not in BULK]
FREE = {"MoneyBag", "MoneyV2", "PageInfo"}


@cache
def subset() -> GraphQLSchema:
    texts = [(HERE / name).read_text() for name in ("admin_2026-10.kpi-subset.graphql", "further_fields.graphql")]
    return build_ast_schema(parse("\n".join(texts)), assume_valid=True)


@cache
def full(version: str) -> dict[str, Any]:
    path = SPECS / f"admin_{version}.json.gz"
    if not path.exists():
        pytest.skip("the published schemas are not beside this repository")
    loaded: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return loaded


@cache
def published(version: str) -> GraphQLSchema:
    return build_client_schema(full(version)["data"], assume_valid=True)


@pytest.mark.parametrize("name", NAMES)
def test_is_valid_against_the_subset(name: str) -> None:
    assert [error.message for error in validate(subset(), parse(load(name)))] == []


@pytest.mark.parametrize("version", ["2026-10", "2026-07"])
def test_all_are_valid_against_the_published_schema(version: str) -> None:
    faults = {name: [e.message for e in validate(published(version), parse(load(name)))] for name in NAMES}
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_further_fields_are_as_shopify_publishes_them() -> None:
    theirs = published("2026-10").type_map
    for name, ours in subset().type_map.items():
        if name.startswith("__") or not is_object_type(ours):
            continue
        for field, kind in ours.fields.items():
            assert str(kind.type) == str(theirs[name].fields[field].type), f"{name}.{field}"


@pytest.mark.parametrize("name", ASKED)
def test_costs_less_than_five_hundred_points(name: str) -> None:
    """By the formula that reproduces measured costs: an object is a point, a connection two and more by its size,
    money nothing, a mutation ten. A list of ids is counted in full, on the safe side. What is run in bulk costs only
    its starting and its polls."""
    operation: Any = parse(load(name)).definitions[0]
    mutates = operation.operation.value == "mutation"
    root = subset().mutation_type if mutates else subset().query_type
    assert root
    assert 0 < (10 if mutates else 0) + cost(operation.selection_set, root) < 500


def cost(selections: Any, parent: Any) -> int:
    total = 0
    for node in selections.selections if selections else ():
        if not isinstance(node, FieldNode):
            total += cost(node.selection_set, subset().type_map[node.type_condition.name.value])
        elif not node.name.value.startswith("__"):
            total += field_cost(node, parent.fields[node.name.value].type)
    return total


def field_cost(node: FieldNode, kind: GraphQLOutputType) -> int:
    named = get_named_type(kind)
    if node.selection_set is None or named.name in FREE:
        return 0
    arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
    if node.name.value in ("nodes", "edges") and not arguments:
        return 1 + cost(node.selection_set, named)
    inner = cost(node.selection_set, named)
    if "first" in arguments:
        value = getattr(arguments["first"], "value", None)
        size = int(value) if isinstance(value, str) else LARGEST
        each = inner if named.name.endswith("Connection") else inner + 1
        return (2 + math.floor(2 * math.log(size))) * each
    return (inner + 1) * (AT_ONCE if "ids" in arguments else 1)


def test_the_formula_gives_what_shopify_has_been_seen_to_charge() -> None:
    """Anchors for the formula itself: 250 bare orders, and 50 of them with ten lines each."""
    root = subset().query_type
    assert root

    def points(text: str) -> int:
        operation: Any = parse(text).definitions[0]
        return cost(operation.selection_set, root)

    assert points("{ orders(first: 250) { nodes { id name } } }") == 13
    assert points("{ orders(first: 50) { nodes { id lineItems(first: 10) { nodes { id sku } } } } }") == 63


PERSONAL = re.compile(
    r"(?i)customer|address|email|phone|\bnote|firstname|lastname|clientip|displayaddress|company|attributes|tags\b"
)


@pytest.mark.parametrize("name", NAMES)
def test_no_query_asks_for_a_person(name: str) -> None:
    assert PERSONAL.findall(load(name)) == []


@pytest.mark.parametrize("name", BULK)
def test_bulk_queries_keep_to_what_bulk_operations_take(name: str) -> None:
    """One root field, one to five connections, at most two levels below the first, none of them inside a list; what has
    a connection in it has its id."""
    document = parse(searching(load(name), "updated_at:>='2026-01-01T00:00:00Z'"))
    depth, deepest, count, inside_list = 0, 0, 0, 0
    info = TypeInfo(subset())

    class Look(Visitor):
        def enter_field(self, *_: Any) -> None:
            nonlocal depth, deepest, count, inside_list
            kind = info.get_type()
            if str(get_named_type(kind)).endswith("Connection"):
                assert not inside_list
                depth, count = depth + 1, count + 1
                deepest = max(deepest, depth)
            elif is_plain_list(kind) and "Edge" not in str(kind):
                inside_list += 1

        def leave_field(self, *_: Any) -> None:
            nonlocal depth, inside_list
            kind = info.get_type()
            if str(get_named_type(kind)).endswith("Connection"):
                depth -= 1
            elif is_plain_list(kind) and "Edge" not in str(kind):
                inside_list -= 1

    visit(document, TypeInfoVisitor(info, Look()))
    operation: Any = document.definitions[0]
    assert len(operation.selection_set.selections) == 1
    assert 1 <= count <= 5
    assert deepest <= 1 + 2
    assert "pageInfo" not in load(name)


def is_plain_list(kind: Any) -> bool:
    return is_list_type(kind.of_type if isinstance(kind, GraphQLNonNull) else kind)


USED = {
    "orders": ("orders", "order_lines", "bulk_orders"),
    "refunds": ("changed", "bulk_refunds", "refunds", "refund_lines"),
    "returns": ("changed", "bulk_returns", "returns", "return_lines"),
    "inventory": ("inventory", "inventory_levels"),
    "products": ("products",),
    "payments": ("payments",),
    "disputes": ("disputes",),
    "traffic": ("shopifyql",),
}


@pytest.mark.parametrize("stream", sorted(USED))
def test_the_scopes_that_are_named_are_those_that_shopify_wants(stream: str) -> None:
    """By the map of offline scopes that Shopify publishes with its schema."""
    entries = full("2026-10")["offline_scopes"]["items"]
    wanted = {(e["typeName"], e.get("fieldName")): set(e["offlineScopes"]) for e in entries if e["offlineScopes"]}
    named = {scope for any_of in NEEDS[stream] for scope in any_of}
    needed: set[str] = set()
    for name in USED[stream]:
        for touched in touched_by(load(name)):
            if scopes := wanted.get(touched):
                assert scopes & named, f"{name} touches {touched}, which takes one of {scopes}"
                needed |= scopes
    assert all(needed & set(any_of) for any_of in NEEDS[stream]), "a scope is asked for that nothing needs"


def touched_by(text: str) -> set[tuple[str, str | None]]:
    info, found = TypeInfo(published("2026-10")), set[tuple[str, str | None]]()

    class Look(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            found.add((str(info.get_parent_type()), node.name.value))
            found.add((str(get_named_type(info.get_type())), None))

    visit(parse(text), TypeInfoVisitor(info, Look()))
    return found
