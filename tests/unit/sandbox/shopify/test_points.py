"""Costs against the published figures, the bucket of points, and the highest cost of one query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kpiterm.sandbox.limits import Plan
from kpiterm.sandbox.shopify.throttle import PointBucket

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

KPI_QUERY = """{
  shop { name }
  orders(first: 50) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id totalPriceSet { shopMoney { amount } presentmentMoney { amount } } publication { name }
      lineItems(first: 50) { nodes { id variant { id inventoryItem { id } } product { id } } }
      refunds(first: 20) { id refundLineItems(first: 50) { nodes { quantity lineItem { id } } } }
    }
  }
}"""
COSTLY = """{
  orders(first: 250) { nodes { lineItems(first: 250) { nodes { product { variants(first: 250) { nodes { id } } } } } } }
}"""


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ orders(first: 250) { nodes { id } } }", 13),
        ("{ orders(first: 50) { edges { node { id lineItems(first: 10) { edges { node { id } } } } } } }", 51),
        (KPI_QUERY, 346),
        ("{ shop { name plan { publicDisplayName } } }", 2),
        ('mutation { bulkOperationCancel(id: "x") { userErrors { message } } }', 10),
    ],
)
def test_costs_are_those_that_were_measured(shop: ShopifyClient, query: str, cost: int) -> None:
    found = shop.ask(query)["extensions"]["cost"]
    assert found["requestedQueryCost"] == cost
    assert 0 <= found["actualQueryCost"] <= cost


def test_an_answer_costs_what_came_back(shop: ShopifyClient) -> None:
    query = '{ orders(first: 250, query: "id:1") { nodes { id } } }'
    assert shop.ask(query)["extensions"]["cost"]["actualQueryCost"] == 2


def test_over_a_thousand_points_nothing_runs_and_nothing_is_paid(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(throttle=True)
    answer = client.ask(COSTLY)
    assert "data" not in answer
    found = answer["errors"][0]
    assert found["message"].startswith("Query cost is 1850, which exceeds the single query max cost limit (1000).")
    assert (found["extensions"]["code"], found["extensions"]["cost"]) == ("MAX_COST_EXCEEDED", 1850)
    status = client.ask("{ shop { id } }")["extensions"]["cost"]["throttleStatus"]
    assert status == {"maximumAvailable": 2000.0, "currentlyAvailable": 1999, "restoreRate": 100.0}


def test_an_empty_bucket_answers_200_without_data_and_the_stated_wait_is_enough(
    open_shop: Callable[..., ShopifyClient],
) -> None:
    client = open_shop(throttle=True, bucket=Plan(rate=0.001, burst=20))
    query = "{ orders(first: 250) { nodes { id } } }"
    assert client.ask(query)["data"]
    refused = client.post(query)
    assert refused.status_code == 200
    answer = refused.json()
    assert "data" not in answer
    assert answer["errors"] == [
        {
            "message": "Throttled",
            "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
        }
    ]
    cost = answer["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (13, None)
    assert client.sandbox.throttled == {"graphql": 1}
    status = cost["throttleStatus"]
    wait = (cost["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"]
    client.sandbox.clock.move(timedelta(seconds=wait))
    assert client.ask(query)["data"]


def test_what_a_query_did_not_use_flows_back() -> None:
    now = 0.0
    bucket = PointBucket(Plan(rate=10, burst=100), lambda: now)
    assert bucket.take(80)
    assert not bucket.take(30)
    bucket.give_back(70)
    assert bucket.take(90)
    now = 5.0
    assert bucket.status()["currentlyAvailable"] == 50
    now = 500.0
    assert bucket.status()["currentlyAvailable"] == 100


def test_without_throttling_nothing_is_refused(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(bucket=Plan(rate=0.001, burst=20))
    for _ in range(5):
        assert client.ask("{ orders(first: 250) { nodes { id } } }")["data"]
