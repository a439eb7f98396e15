"""Missing scopes: the vendor's words, and null as far up as the schema makes it go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kpiterm.sandbox.shopify import SCOPES

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient


def without(*scopes: str) -> tuple[str, ...]:
    return tuple(scope for scope in SCOPES if scope not in scopes)


def test_the_app_can_see_its_scopes(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(scopes=("read_orders", "read_products"))
    found = client.data("{ currentAppInstallation { accessScopes { handle } } }")["currentAppInstallation"]
    assert found == {"accessScopes": [{"handle": "read_orders"}, {"handle": "read_products"}]}


def test_a_field_without_its_scope_is_null_beside_the_rest(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(scopes=without("read_customers"))
    answer = client.ask("{ orders(first: 2) { nodes { name customer { email } } } }")
    assert [order["customer"] for order in answer["data"]["orders"]["nodes"]] == [None, None]
    assert len(answer["errors"]) == 2
    assert answer["errors"][1] == {
        "message": "Access denied for customer field. Required access: `read_customers` access scope.",
        "locations": [{"line": 1, "column": 35}],
        "path": ["orders", "nodes", 1, "customer"],
        "extensions": {
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": "`read_customers` access scope.",
        },
    }


@pytest.mark.parametrize(
    ("scope", "query", "field", "data"),
    [
        ("read_orders", "{ orders(first: 1) { nodes { id } } }", "orders", None),
        ("read_returns", "{ orders(first: 1) { nodes { returns(first: 1) { nodes { id } } } } }", "returns", None),
        (
            "read_locations",
            "{ inventoryItems(first: 2) { nodes { inventoryLevels(first: 1) { nodes { location { name } } } } } }",
            "name",
            None,
        ),
        (
            "read_reports",
            '{ shopifyqlQuery(query: "FROM sales SHOW orders") { parseErrors } }',
            "shopifyqlQuery",
            {"shopifyqlQuery": None},
        ),
        (
            "read_shopify_payments_accounts",
            "{ shopifyPaymentsAccount { country } }",
            "shopifyPaymentsAccount",
            {"shopifyPaymentsAccount": None},
        ),
        (
            "read_shopify_payments_disputes",
            "{ shopifyPaymentsAccount { country disputes(first: 1) { nodes { id } } } }",
            "disputes",
            {"shopifyPaymentsAccount": None},
        ),
    ],
)
def test_null_goes_up_to_what_may_be_null(
    open_shop: Callable[..., ShopifyClient], scope: str, query: str, field: str, data: object
) -> None:
    client = open_shop(scopes=without(scope))
    answer = client.ask(query)
    assert answer["data"] == data
    assert f"Access denied for {field} field." in answer["errors"][0]["message"]
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


@pytest.mark.parametrize("field", ["returns { edges { node { id } } }", "customer { id }"])
def test_a_bulk_query_without_its_scope_fails(open_shop: Callable[..., ShopifyClient], field: str) -> None:
    client = open_shop(scopes=without("read_returns", "read_customers"))
    started = client.run(f"{{ orders {{ edges {{ node {{ id {field} }} }} }} }}")
    operation = client.operation(started["bulkOperation"]["id"])
    assert (operation["status"], operation["errorCode"], operation["url"]) == ("FAILED", "ACCESS_DENIED", None)
