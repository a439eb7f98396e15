"""What a request meets before its query runs: token, version, the checks of the document and of its variables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.sandbox.shopify import SHOP
from kpiterm.sandbox.shopify.versions import candidate, served, supported

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

PATH = "/admin/api/2026-10/graphql.json"
BAD_TOKEN = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


@pytest.mark.parametrize("token", ["", "shpat_unknown"])
def test_a_missing_or_unknown_token_is_refused_with_a_text(shop: ShopifyClient, token: str) -> None:
    answer = shop.post("{ shop { name } }", token=token)
    assert (answer.status_code, answer.json()) == (401, BAD_TOKEN)


@pytest.mark.parametrize(
    ("requested", "answered"), [("2026-07", "2026-07"), ("2024-04", "2026-01"), ("unstable", "unstable")]
)
def test_versions_that_have_ended_are_answered_by_the_oldest(
    shop: ShopifyClient, requested: str, answered: str
) -> None:
    assert shop.post("{ shop { name } }", version=requested).headers["X-Shopify-API-Version"] == answered


@pytest.mark.parametrize("version", ["2031-01", "nonsense"])
def test_a_version_that_there_never_was_is_not_found(shop: ShopifyClient, version: str) -> None:
    answer = shop.post("{ shop { name } }", version=version)
    assert (answer.status_code, answer.json()) == (404, {"errors": "Not Found"})


def test_versions_follow_the_calendar() -> None:
    october = 1_794_000_000  # 2026-11-06
    assert supported(october) == ["2026-01", "2026-04", "2026-07", "2026-10"]
    assert candidate(october) == "2027-01"
    assert served("2026-10", october + 400 * 86400) == "2027-01"


def test_what_is_newer_than_the_version_does_not_exist_there(shop: ShopifyClient) -> None:
    query = '{ shopifyqlQuery(query: "FROM sales SHOW orders") { parseWarnings } }'
    assert shop.ask(query)["data"]["shopifyqlQuery"] == {"parseWarnings": []}
    assert shop.ask(query, "2026-07")["errors"][0]["extensions"]["code"] == "undefinedField"


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"query": 5}', b"\xff", b'{"query": "{ a }", "variables": [1]}'])
def test_a_body_that_is_no_graphql_request_is_a_bad_one(shop: ShopifyClient, body: bytes) -> None:
    headers = {"X-Shopify-Access-Token": shop.token, "Content-Type": "application/json"}
    answer = shop.send("POST", PATH, headers, content=body)
    assert (answer.status_code, answer.json()) == (400, {"errors": "Bad Request"})


def test_the_bare_query_is_still_taken_as_a_body(shop: ShopifyClient) -> None:
    headers = {"X-Shopify-Access-Token": shop.token, "Content-Type": "application/graphql"}
    answer = shop.send("POST", PATH, headers, content=b"{ shop { myshopifyDomain } }")
    assert answer.json()["data"] == {"shop": {"myshopifyDomain": SHOP}}


@pytest.mark.parametrize(
    ("query", "message", "more"),
    [
        (
            "{ shop { foo } }",
            "Field 'foo' doesn't exist on type 'Shop'",
            {"code": "undefinedField", "typeName": "Shop", "fieldName": "foo"},
        ),
        (
            "{ orders(first: 1, size: 2) { nodes { id } } }",
            "Field 'orders' doesn't accept argument 'size'",
            {"code": "argumentNotAccepted", "name": "orders", "typeName": "Field", "argumentName": "size"},
        ),
        (
            "{ order { id } }",
            "Field 'order' is missing required arguments: id",
            {"code": "missingRequiredArguments", "className": "Field", "name": "order", "arguments": "id"},
        ),
        (
            "{ orders(first: 1, sortKey: AGE) { nodes { id } } }",
            "Argument 'sortKey' on Field 'orders' has an invalid value (AGE). Expected type 'OrderSortKeys'.",
            {"code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": "sortKey"},
        ),
        (
            "{ shop }",
            (
                "Field must have selections (field 'shop' returns Shop but has no selections. "
                "Did you mean 'shop { ... }'?)"
            ),
            {"code": "selectionMismatch", "nodeName": "field 'shop'", "typeName": "Shop"},
        ),
        (
            "{ shop { name { x } } }",
            "Selections can't be made on scalars (field 'name' returns String)",
            {"code": "selectionMismatch", "nodeName": "field 'name'", "typeName": "String"},
        ),
        (
            "{ shop { ...Missing } }",
            "Fragment Missing was used, but not defined",
            {"code": "useAndDefineFragment", "fragmentName": "Missing"},
        ),
        (
            "{ shop { ...F } } fragment F on Shop { ...G } fragment G on Shop { ...F }",
            "Fragment F contains an infinite loop",
            {"code": "infiniteLoop", "fragmentName": "F"},
        ),
        (
            "{ orders(first: $n) { nodes { id } } }",
            "Variable $n is used by anonymous query but not declared",
            {"code": "variableNotDefined", "variableName": "n"},
        ),
        (
            "query Q($n: String) { orders(first: $n) { nodes { id } } }",
            "Type mismatch on variable $n and argument first (String / Int)",
            {
                "code": "variableMismatch",
                "variableName": "n",
                "typeName": "String",
                "argumentName": "first",
                "errorMessage": "Type mismatch",
            },
        ),
        ("{ orders { nodes { id } } }", "you must provide one of first or last", {"code": "BAD_REQUEST"}),
        (
            "{ orders(first: 251) { nodes { id } } }",
            "The requested page size of 251 exceeds the maximum of 250",
            {"code": "BAD_REQUEST"},
        ),
    ],
)
def test_a_query_that_does_not_fit_is_refused_in_the_vendors_words(
    shop: ShopifyClient, query: str, message: str, more: dict[str, str]
) -> None:
    answer = shop.ask(query)
    assert "data" not in answer
    assert "extensions" not in answer
    assert (answer["errors"][0]["message"], answer["errors"][0]["extensions"]) == (message, more)


def test_errors_say_where_they_are(shop: ShopifyClient) -> None:
    found = shop.ask("query Q {\n  shop { plan { price } }\n}")["errors"][0]
    assert found["locations"] == [{"line": 2, "column": 17}]
    assert found["path"] == ["query Q", "shop", "plan", "price"]


@pytest.mark.parametrize("given", [{}, {"n": None}, {"n": "5"}, {"n": 1.5}, {"n": True}])
def test_a_variable_that_does_not_fit_is_refused(shop: ShopifyClient, given: dict[str, Any]) -> None:
    query = "query Q($n: Int!) { orders(first: $n) { nodes { id } } }"
    found = shop.ask(query, **given)["errors"][0]
    assert found["message"] == "Variable $n of type Int! was provided invalid value"
    assert found["extensions"]["code"] == "INVALID_VARIABLE"


def test_aliases_fragments_and_conditions_shape_the_answer(shop: ShopifyClient) -> None:
    query = """query Q($more: Boolean!, $n: Int = 1) {
      a: orders(first: $n) { nodes { ...Ids name @include(if: $more) test @skip(if: $more) } }
      b: orders(first: 2) { edges { node { ... on Order { legacyResourceId } ... { id } } } }
    }
    fragment Ids on Order { id }"""
    data = shop.data(query, more=True)
    assert [set(node) for node in data["a"]["nodes"]] == [{"id", "name"}]
    assert [set(edge["node"]) for edge in data["b"]["edges"]] == [{"legacyResourceId", "id"}] * 2
    assert set(shop.data(query, more=False)["a"]["nodes"][0]) == {"id", "test"}


def test_one_of_several_operations_is_chosen_by_name(shop: ShopifyClient) -> None:
    body = {"query": "query A { shop { name } } query B { shop { id } }", "operationName": "B"}
    headers = {"X-Shopify-Access-Token": shop.token}
    assert list(shop.send("POST", PATH, headers, json=body).json()["data"]["shop"]) == ["id"]
    del body["operationName"]
    assert shop.send("POST", PATH, headers, json=body).json()["errors"]


def test_outages_are_told_as_the_vendor_tells_them(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(faults=1.0)
    seen = set()
    for _ in range(40):
        try:
            answer = client.send("POST", PATH)
            seen.add((answer.status_code, json.dumps(answer.json())))
        except httpx.HTTPError:
            continue
        if len(seen) == 3:
            break
    assert (500, '{"errors": "Internal Server Error"}') in seen
    assert (503, '{"errors": "Service Unavailable"}') in seen


def test_a_token_ends_in_the_midst_of_paging(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop()
    client.data("{ orders(first: 2) { nodes { id } } }")
    client.sandbox.clock.move(timedelta(seconds=86_400))
    assert client.post("{ orders(first: 2) { nodes { id } } }").status_code == 401
