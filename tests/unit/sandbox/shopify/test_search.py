from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from kpiterm.sandbox.shopify.search import Searchable, compile_search

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient


class Thing(NamedTuple):
    when: float
    name: str
    number: int
    flag: bool


FIELDS = {
    "created_at": Searchable("time", lambda t: t.when),
    "name": Searchable("text", lambda t: t.name),
    "id": Searchable("id", lambda t: t.number),
    "test": Searchable("flag", lambda t: t.flag),
}
THINGS = [Thing(1_000, "Alpha One", 1, False), Thing(2_000, "beta", 2, True), Thing(3_000, "gamma", 3, False)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("created_at:>='1970-01-01T00:33:20Z'", [2, 3]),
        ("created_at:>1970-01-01T00:33:20Z", [3]),
        ("created_at:<'1970-01-01T00:33:20Z' OR id:3", [1, 3]),
        ("created_at:>='1970-01-01T02:33:20+02:00' AND created_at:<'1970-01-01T00:50:00Z'", [2]),
        ("name:'Alpha One'", [1]),
        ('name:"alpha one"', [1]),
        ("name:al*", [1]),
        ("name:beta,gamma", [2, 3]),
        ("id:>=2 -test:true", [3]),
        ("NOT id:1", [2, 3]),
        ("(id:1 OR id:2) test:false", [1]),
        ("id:gid://shopify/Order/2", [2]),
        # A bare day is one in the shop's own zone.
        ("created_at:<'1970-01-01'", [1, 2, 3]),
    ],
)
def test_the_search_syntax_finds_what_it_says(query: str, found: list[int]) -> None:
    search = compile_search(query, FIELDS)
    assert [thing.number for thing in THINGS if search.matches(thing)] == found
    assert search.warnings == []


def test_what_is_not_understood_is_left_out_and_named(shop: ShopifyClient) -> None:
    query = "query Q($q: String!) { orders(first: 250, query: $q) { nodes { id } } }"
    answer = shop.ask(query, q="colour:red created_at:>='yesterday'")
    assert "errors" not in answer
    assert len(answer["data"]["orders"]["nodes"]) == 250
    assert answer["extensions"]["search"][0]["warnings"] == [
        {"field": "colour", "message": "Invalid search field for this query.", "code": "invalid_field"},
        {"field": "created_at", "message": "Input is not valid for the field.", "code": "invalid"},
    ]


@pytest.mark.parametrize(
    ("name", "field"), [("created_at", "createdAt"), ("processed_at", "processedAt"), ("updated_at", "updatedAt")]
)
def test_orders_are_found_by_each_of_their_moments(shop: ShopifyClient, name: str, field: str) -> None:
    query = f"""query Q($q: String, $after: String) {{
      orders(first: 250, query: $q, after: $after) {{ nodes {{ id {field} }} pageInfo {{ hasNextPage endCursor }} }}
    }}"""
    start, end = "2026-10-10T07:00:00Z", "2026-11-02T00:00:00Z"
    found = shop.all(query, "orders", q=f"{name}:>='{start}' AND {name}:<'{end}'")
    every = shop.all(query, "orders")
    assert found == [order for order in every if start <= order[field] < end]
    assert 0 < len(found) < len(every)


@pytest.mark.parametrize(
    ("query", "field", "values"),
    [
        ("test:true", "test", {True}),
        ("financial_status:refunded,partially_refunded", "displayFinancialStatus", {"REFUNDED", "PARTIALLY_REFUNDED"}),
        ("source_name:pos", "sourceName", {"pos"}),
        ("return_status:returned", "returnStatus", {"RETURNED"}),
    ],
)
def test_orders_are_found_by_state(shop: ShopifyClient, query: str, field: str, values: set[object]) -> None:
    found = shop.data(f'{{ orders(first: 250, query: "{query}") {{ nodes {{ {field} }} }} }}')["orders"]["nodes"]
    assert {order[field] for order in found} == values
