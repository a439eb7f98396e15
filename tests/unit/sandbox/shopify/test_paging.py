from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.sandbox.shopify.paging import BadCursorError, cursor, listing, page_of

if TYPE_CHECKING:
    from tests.unit.sandbox.shopify.conftest import ShopifyClient

LISTED = """query Q($n: Int, $last: Int, $after: String, $before: String, $reverse: Boolean) {
  orders(first: $n, last: $last, after: $after, before: $before, reverse: $reverse, sortKey: UPDATED_AT) {
    nodes { id updatedAt }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@given(st.integers(0, 30), st.integers(1, 12), st.booleans(), st.booleans())
def test_walking_either_way_gives_each_item_once_and_in_order(
    count: int, size: int, reverse: bool, from_end: bool
) -> None:
    found = listing([(i % 4, i) for i in range(count)], lambda item: item)
    walked: list[Any] = []
    place, more = None, True
    while more:
        here = {"last": size, "before": place} if from_end else {"first": size, "after": place}
        page = page_of(found, here | {"reverse": reverse})
        walked = page["nodes"] + walked if from_end else walked + page["nodes"]
        info = page["pageInfo"]
        more = info["hasPreviousPage" if from_end else "hasNextPage"]
        place = info["startCursor" if from_end else "endCursor"]
    assert walked == sorted(found.items, reverse=reverse)


def test_pages_join_without_gap_or_double_and_in_order(shop: ShopifyClient) -> None:
    orders = shop.all(LISTED, "orders", n=37)
    assert len({order["id"] for order in orders}) == len(orders) > 300
    assert [order["updatedAt"] for order in orders] == sorted(order["updatedAt"] for order in orders)
    newest = shop.data(LISTED, n=3, reverse=True)["orders"]["nodes"]
    assert newest == orders[:-4:-1]
    assert shop.data(LISTED, last=3)["orders"]["nodes"] == orders[-3:]


def test_an_edge_carries_its_own_cursor(shop: ShopifyClient) -> None:
    page = shop.data(LISTED, n=3)["orders"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [node["id"] for node in page["nodes"]]
    assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
    after = shop.data(LISTED, n=1, after=page["edges"][0]["cursor"])["orders"]
    assert after["nodes"] == page["nodes"][1:2]
    assert after["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize("wrong", ["nonsense", cursor(("text",)), cursor((1,))])
def test_a_cursor_of_another_listing_is_refused(shop: ShopifyClient, wrong: str) -> None:
    answer = shop.ask(LISTED, n=1, after=wrong)
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == "Invalid cursor for current pagination sort."
    assert answer["errors"][0]["path"] == ["orders"]


def test_a_cursor_must_fit_the_sort() -> None:
    found = listing([1, 2, 3], lambda item: (item,))
    with pytest.raises(BadCursorError):
        page_of(found, {"first": 1, "after": cursor(("a",))})


def test_a_listing_stops_silently_at_its_longest(open_shop: Callable[..., ShopifyClient]) -> None:
    client = open_shop(longest_listing=30)
    orders = client.all(LISTED, "orders", n=20)
    assert len(orders) == 30
    newest = client.all(LISTED, "orders", n=20, reverse=True)
    assert len(newest) == 30
    assert not {order["id"] for order in newest} & {order["id"] for order in orders}
    count = client.data("{ a: ordersCount(limit: 31) { count precision } b: ordersCount(limit: null) { count } }")
    assert count == {"a": {"count": 31, "precision": "AT_LEAST"}, "b": {"count": 31}}


def test_lists_that_are_no_connections_are_cut_off(shop: ShopifyClient) -> None:
    query = "{ orders(first: 250) { nodes { all: refunds { id } one: refunds(first: 1) { id } } } }"
    orders = shop.data(query)["orders"]["nodes"]
    assert any(len(order["all"]) > 1 for order in orders)
    assert all(order["one"] == order["all"][:1] for order in orders)


def test_lines_beyond_the_first_page_are_reached_through_the_order(shop: ShopifyClient) -> None:
    query = """query Q($id: ID!, $after: String) {
      order(id: $id) { lineItems(first: 20, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }
    }"""
    listed = shop.data("{ orders(first: 250) { nodes { id lineItems(first: 50) { pageInfo { hasNextPage } } } } }")
    long = [o["id"] for o in listed["orders"]["nodes"] if o["lineItems"]["pageInfo"]["hasNextPage"]]
    lines, after, more = set(), None, True
    while more:
        page = shop.data(query, id=long[0], after=after)["order"]["lineItems"]
        lines |= {line["id"] for line in page["nodes"]}
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert len(lines) > 50
