"""Bulk operations: what they refuse, how they run, and that their files hold what pages would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

IDS = "{ orders { edges { node { id } } } }"
LINES = """{
  orders(query: "updated_at:>='2026-10-01T00:00:00Z'", sortKey: UPDATED_AT) {
    edges { node { id name refunds { id } lineItems { edges { node { id sku quantity } } } } }
  }
}"""
PAGED = """query Q($after: String) {
  orders(first: 200, after: $after, query: "updated_at:>='2026-10-01T00:00:00Z'", sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id name refunds { id } lineItems(first: 100) { nodes { id sku quantity } } }
  }
}"""
BY_NODES = (
    "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
    "'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: 'orders'."
)
NO_PARENT = (
    "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' "
    "return type. Connection fields without 'id': orders."
)
SIX = """{ products { edges { node { id
  a: variants { edges { node { id } } } b: variants { edges { node { id } } } c: variants { edges { node { id } } }
  d: variants { edges { node { id } } } e: variants { edges { node { id } } }
} } } }"""
DEEP = """{ products { edges { node { id variants { edges { node { id inventoryItem { id
  inventoryLevels { edges { node { id item { variants { edges { node { id } } } } } } }
} } } } } } } }"""


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Invalid bulk query: syntax error, unexpected end of file"),
        ("mutation { bulkOperationCancel(id: 1) { userErrors { message } } }", "Invalid operation type."),
        ("{ shop { name } }", "Bulk queries must contain at least one connection."),
        ('{ node(id: "gid://shopify/Order/1") { id } }', "Bulk queries cannot contain a top level `node` field."),
        ("{ shop { id } orders { edges { node { id } } } }", "Bulk queries must contain a single top level field."),
        ("{ orders { nodes { id } } }", BY_NODES),
        ("{ orders { edges { node { name lineItems { edges { node { id } } } } } } }", NO_PARENT),
        (
            "{ orders { edges { node { id refunds { refundLineItems { edges { node { quantity } } } } } } } }",
            "Queries that contain a connection field within a list field are not currently supported.",
        ),
        (
            "{ orders { edges { node { id fulfillments { fulfillmentLineItems { edges { node { id } } } } } } } }",
            "Queries that contain a connection field within a list field are not currently supported.",
        ),
        (SIX, "Bulk queries cannot contain more than 5 connections."),
        (DEEP, "Bulk queries cannot contain connections with a nesting depth greater than 2."),
        (
            "{ orders { edges { node { colour } } } }",
            "Invalid bulk query: Field 'colour' doesn't exist on type 'Order'",
        ),
    ],
)
def test_what_cannot_run_in_bulk_is_refused(shop: ShopifyClient, query: str, message: str) -> None:
    payload = shop.run(query)
    assert payload["bulkOperation"] is None
    found = payload["userErrors"][0]
    assert (found["code"], found["field"]) == ("INVALID", ["query"])
    assert found["message"].startswith(message)


def test_two_levels_and_five_connections_are_allowed(shop: ShopifyClient) -> None:
    query = """{ products { edges { node { id variants { edges { node { id inventoryItem { id
      inventoryLevels { edges { node { id quantities(names: ["available"]) { quantity } } } }
    } } } } } } } }"""
    lines = shop.bulk(query)
    kinds = [line["id"].split("/")[3] for line in lines]
    assert set(kinds) == {"Product", "ProductVariant", "InventoryLevel"}
    variants = {line["id"] for line in lines if "/ProductVariant/" in line["id"]}
    levels = [line for line in lines if "/InventoryLevel/" in line["id"]]
    assert {line["__parentId"] for line in levels} <= variants


@pytest.mark.parametrize("grouped", [False, True])
def test_the_file_holds_what_the_pages_hold(shop: ShopifyClient, grouped: bool) -> None:
    lines = shop.bulk(LINES, grouped=grouped)
    orders = {line["id"]: line | {"lineItems": {"nodes": []}} for line in lines if "__parentId" not in line}
    for line in lines:
        if parent := line.pop("__parentId", None):
            orders[parent]["lineItems"]["nodes"].append(line)
    assert list(orders.values()) == shop.all(PAGED, "orders")


def test_parents_come_before_their_children_but_not_always_right_before(shop: ShopifyClient) -> None:
    seen: set[str] = set()
    apart = 0
    previous = ""
    for line in shop.bulk(LINES):
        if parent := line.get("__parentId"):
            assert parent in seen
            apart += parent != previous
        seen.add(line["id"])
        previous = line.get("__parentId") or line["id"]
    assert apart > 10


def test_an_operation_is_created_runs_and_completes_with_counts_as_texts(
    open_shop: Callable[..., ShopifyClient],
) -> None:
    client = open_shop(report_seconds=1000)
    started = client.run(LINES)["bulkOperation"]
    assert started["status"] == "CREATED"
    client.sandbox.clock.move(timedelta(seconds=500))
    running = client.operation(started["id"])
    assert (running["status"], running["url"], running["completedAt"]) == ("RUNNING", None, None)
    client.sandbox.clock.move(timedelta(seconds=501))
    done = client.operation(started["id"])
    assert (done["status"], done["errorCode"]) == ("COMPLETED", None)
    body = client.download(done["url"])
    lines = body.text.splitlines()
    assert done["objectCount"] == str(len(lines))
    assert done["rootObjectCount"] == str(sum("__parentId" not in line for line in lines))
    assert done["fileSize"] == str(len(body.content))


def test_the_file_shows_the_shop_as_it_was_when_asked(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(report_seconds=3600)
    started = client.run(IDS)["bulkOperation"]["id"]
    before = client.data("{ ordersCount { count } }")["ordersCount"]["count"]
    client.sandbox.clock.move(timedelta(days=1))
    assert client.operation(started)["objectCount"] == str(before)
    assert client.data("{ ordersCount { count } }")["ordersCount"]["count"] > before


def test_nothing_found_is_success_without_a_file(shop: ShopifyClient) -> None:
    operation = shop.operation(shop.run('{ orders(query: "id:1") { edges { node { id } } } }')["bulkOperation"]["id"])
    assert operation["status"] == "COMPLETED"
    assert (operation["url"], operation["objectCount"], operation["fileSize"]) == (None, "0", None)


def test_five_run_at_once(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(report_seconds=1000)
    ids = [
        client.run(f'{{ orders(query: "id:{i}") {{ edges {{ node {{ id }} }} }} }}')["bulkOperation"]["id"]
        for i in range(5)
    ]
    full = client.run(IDS)
    assert full["bulkOperation"] is None
    assert [(e["code"], e["field"]) for e in full["userErrors"]] == [("LIMIT_REACHED", None)]
    again = client.run('{ orders(query: "id:0") { edges { node { id } } } }')["userErrors"][0]
    assert again["code"] == "OPERATION_IN_PROGRESS"
    assert all(global_id in again["message"] for global_id in ids)
    cancel = "mutation C($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    assert client.data(cancel, id=ids[0])["bulkOperationCancel"]["bulkOperation"] == {"status": "CANCELING"}
    client.sandbox.clock.move(timedelta(seconds=101))
    assert client.operation(ids[0])["status"] == "CANCELED"
    assert client.run(IDS)["bulkOperation"]["status"] == "CREATED"
    assert client.data(cancel, id=ids[0])["bulkOperationCancel"]["userErrors"]
    assert client.data(cancel, id="gid://shopify/BulkOperation/1")["bulkOperationCancel"] == {
        "bulkOperation": None,
        "userErrors": [{"message": "Bulk operation does not exist"}],
    }


def test_operations_are_listed_by_status_and_the_current_one_is_the_last(
    open_shop: Callable[..., ShopifyClient],
) -> None:
    client = open_shop(report_seconds=1000)
    first = client.run(IDS)["bulkOperation"]["id"]
    client.sandbox.clock.move(timedelta(seconds=1500))
    second = client.run(LINES)["bulkOperation"]["id"]
    client.sandbox.clock.move(timedelta(seconds=500))
    query = """query Q($q: String) {
      bulkOperations(first: 10, query: $q) { nodes { id } } currentBulkOperation { id }
    }"""

    def listed(search: str) -> list[str]:
        return [node["id"] for node in client.data(query, q=search)["bulkOperations"]["nodes"]]

    assert listed("") == [first, second]
    assert listed("status:running operation_type:query") == [second]
    assert listed("status:completed") == [first]
    assert client.data(query)["currentBulkOperation"] == {"id": second}


def test_a_file_is_there_for_seven_days_behind_its_signature(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop()
    url: str = client.operation(client.run(IDS)["bulkOperation"]["id"])["url"]
    assert url.startswith("https://storage.googleapis.com/")
    assert client.download(url).headers["content-type"] == "application/jsonl"
    assert client.download(url.replace("Signature=", "Signature=0")).status_code == 403
    assert client.download(url.replace("Expires=1", "Expires=2")).status_code == 403
    client.sandbox.clock.move(timedelta(days=7, seconds=5))
    gone = client.download(url)
    assert (gone.status_code, "ExpiredToken" in gone.text) == (400, True)


def test_a_failing_operation_leaves_a_part_of_its_file(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(failing_bulk=1)

    def run() -> dict[str, Any]:
        return client.operation(client.run(IDS)["bulkOperation"]["id"])

    failed, done = run(), run()
    assert (failed["status"], failed["errorCode"], failed["url"]) == ("FAILED", "TIMEOUT", None)
    part = client.download(failed["partialDataUrl"]).text
    assert (done["status"], done["partialDataUrl"]) == ("COMPLETED", None)
    assert client.download(done["url"]).text.startswith(part)
    assert 0 < int(failed["objectCount"]) < int(done["objectCount"])
