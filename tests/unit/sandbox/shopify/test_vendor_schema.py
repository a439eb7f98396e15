"""Everything that the simulator says is held against the vendor's own schema, where that is at hand."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.shopify.schema import NamedType, schema

graphql = pytest.importorskip("graphql", reason="graphql-core is not installed")

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

SPECS = Path(__file__).resolve().parents[4].parent / "shared" / "specs" / "shopify"
pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the vendor's schema is not beside the repository")
QUERIES = sorted(path.name for path in (SPECS / "queries").glob("*.graphql")) if SPECS.is_dir() else []
VARIABLES: dict[str, dict[str, Any]] = {
    "bulk_run.graphql": {"q": "{ orders { edges { node { id } } } }"},
    "inventory.graphql": {"n": 10},
    "orders.graphql": {"n": 50, "q": "updated_at:>='2026-09-01T00:00:00Z'"},
    "shopifyql.graphql": {"q": "FROM sessions SHOW sessions, conversion_rate TIMESERIES day SINCE -30d UNTIL today"},
    "shopifyql_2026_07.graphql": {"q": "FROM sales SHOW nonsense"},
}
SCALARS = {
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "Decimal": r"-?\d+\.\d+",
    "Money": r"-?\d+\.\d\d",
    "UnsignedInt64": r"\d+",
    "BigInt": r"-?\d+",
    "URL": r"https://.+",
    "ID": r"gid://shopify/\w+/.+",
}
GIVEN = {"names": '["available", "incoming", "on_hand"]', "locationId": '"gid://shopify/Location/72000001"'}


def load(version: str) -> dict[str, Any]:
    with gzip.open(SPECS / f"admin_{version}.json.gz") as file:
        found: dict[str, Any] = json.load(file)
    return found


@pytest.fixture(scope="module")
def vendor() -> Any:
    """The full 2026-10 schema; its scalars refuse what the API would not write."""
    full = graphql.build_client_schema(load("2026-10")["data"], assume_valid=True)
    for name, pattern in SCALARS.items():
        full.type_map[name].serialize = written(name, pattern)
    return full


def written(name: str, pattern: str) -> Callable[[Any], Any]:
    def serialize(value: Any) -> Any:
        assert isinstance(value, str), f"{name} {value!r}"
        assert re.fullmatch(pattern, value), f"{name} {value!r}"
        return value

    return serialize


def assert_fits(vendor: Any, query: str, answer: dict[str, Any], variables: dict[str, Any]) -> None:
    """The data pass through the vendor's schema unchanged: names, nulls, lists, enums and scalars are right."""
    document = graphql.parse(query)
    assert graphql.validate(vendor, document) == []
    again = graphql.execute_sync(
        vendor,
        document,
        root_value=answer["data"],
        variable_values=variables,
        field_resolver=lambda source, info, **_: source[info.path.key],
        type_resolver=lambda source, _info, _type: source["__typename"],
    )
    assert again.errors is None
    assert again.data == answer["data"]


@pytest.mark.parametrize("name", [name for name in QUERIES if name != "bulk_orders_inner.graphql"])
def test_answers_to_the_published_queries_fit_the_vendors_types(shop: ShopifyClient, vendor: Any, name: str) -> None:
    query = (SPECS / "queries" / name).read_text()
    variables = dict(VARIABLES.get(name, {}))
    if name == "returns.graphql":
        found = shop.data('{ orders(first: 1, query: "return_status:returned") { nodes { id } } }')
        variables = {"id": found["orders"]["nodes"][0]["id"]}
    if name == "bulk_poll.graphql":
        variables = {"id": shop.run("{ orders { edges { node { id } } } }")["bulkOperation"]["id"]}
    answer = shop.ask(query, **variables)
    assert "errors" not in answer
    assert_fits(vendor, query, answer, variables)


ROOTS = {
    "orders(first: 40, reverse: true)": 2,
    "inventoryItems(first: 12)": 3,
    "products(first: 5)": 2,
    "productVariants(first: 12)": 2,
    "locations(first: 5)": 3,
    "disputes(first: 5)": 2,
    "shopifyPaymentsAccount": 3,
    "shop": 1,
    "currentAppInstallation": 2,
    "publicApiVersions": 1,
    "inventoryProperties": 2,
    "bulkOperations(first: 5)": 2,
    "ordersCount": 1,
}


def selection(kind: NamedType, depth: int) -> str:
    """Every field of a type, and of what is below it as deep as asked."""
    parts = ["__typename"]
    for name, found in kind.fields.items():
        needed = [a for a, argument in found.arguments.items() if argument.type.required]
        arguments = [f"{a}: {GIVEN[a]}" for a in needed] + (["first: 3"] if found.is_connection else [])
        below = schema()[found.type.base]
        called = f"{name}({', '.join(arguments)})" if arguments else name
        if below.is_leaf:
            parts.append(called)
        elif found.is_connection and depth > 0:
            parts.append(f"{called} {connection(below, depth - 1)}")
        elif depth > 0:
            parts.append(f"{called} {{ {selection(below, depth - 1)} }}")
    return " ".join(parts)


def connection(kind: NamedType, depth: int) -> str:
    node = selection(schema()[kind.fields["nodes"].type.base], depth)
    return f"{{ nodes {{ {node} }} pageInfo {{ hasNextPage endCursor }} edges {{ cursor }} }}"


@pytest.mark.parametrize("root", ROOTS)
def test_every_field_that_is_served_fits_the_vendors_types(shop: ShopifyClient, vendor: Any, root: str) -> None:
    found = schema()["QueryRoot"].fields[root.partition("(")[0]]
    below, depth = schema()[found.type.base], ROOTS[root]
    body = connection(below, depth - 1) if found.is_connection else f"{{ {selection(below, depth)} }}"
    query = f"{{ {root} {body} }}"
    answer = shop.ask(query)
    assert "errors" not in answer
    assert_fits(vendor, query, answer, {})


@pytest.mark.parametrize("kind", ["Refund", "Return"])
def test_what_comes_after_a_sale_fits_the_vendors_types(shop: ShopifyClient, vendor: Any, kind: str) -> None:
    wanted = "refunds { id } returns(first: 1) { nodes { id } }"
    listed = shop.data(f'{{ orders(first: 1, query: "return_status:returned") {{ nodes {{ {wanted} }} }} }}')
    found = listed["orders"]["nodes"][0]
    global_id = found["refunds"][0]["id"] if kind == "Refund" else found["returns"]["nodes"][0]["id"]
    query = f'{{ node(id: "{global_id}") {{ __typename ... on {kind} {{ {selection(schema()[kind], 2)} }} }} }}'
    answer = shop.ask(query)
    assert "errors" not in answer
    assert answer["data"]["node"]["__typename"] == kind
    assert_fits(vendor, query, answer, {})


def test_the_schema_is_a_true_part_of_the_vendors(vendor: Any) -> None:
    wrong = []
    for name, kind in schema().items():
        theirs = vendor.type_map[name]
        if kind.kind == "enum":
            wrong += [f"{name}.{value}" for value in kind.values if value not in theirs.values]
        for field, found in kind.fields.items():
            other = theirs.fields.get(field)
            if other is None or str(other.type) != str(found.type):
                wrong.append(f"{name}.{field}: {found.type}")
                continue
            wrong += [
                f"{name}.{field}({argument})"
                for argument, given in found.arguments.items()
                if argument not in other.args or str(other.args[argument].type) != str(given.type)
            ]
    assert wrong == []


def test_scopes_are_those_that_the_vendor_asks_for() -> None:
    items = load("2026-10")["offline_scopes"]["items"]
    asked = {(item["typeName"], item.get("fieldName", "")): tuple(item["offlineScopes"]) for item in items}
    ours = {(name, ""): kind.access for name, kind in schema().items() if kind.kind in {"type", "interface"}}
    ours |= {(name, field): f.access for name, kind in schema().items() for field, f in kind.fields.items()}
    assert {key: scopes for key, scopes in ours.items() if scopes != asked.get(key, ())} == {}


def test_what_is_new_in_the_latest_version_is_marked_so() -> None:
    old = graphql.build_client_schema(load("2026-07")["data"], assume_valid=True)
    unmarked = [
        f"{name}.{field}"
        for name, kind in schema().items()
        for field, found in kind.fields.items()
        if not found.since and field not in old.type_map[name].fields
    ]
    assert unmarked == []
