from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient


def test_the_cursor_stays_the_same_while_the_offset_advances(walmart: WalmartClient) -> None:
    first = walmart.get("/v3/items", nextCursor="*", limit="15").json()
    cursor = first["nextCursor"]
    skus = [item["sku"] for item in first["ItemResponse"]]
    while len(skus) < first["totalItems"]:
        page = walmart.get("/v3/items", nextCursor=cursor, offset=str(len(skus)), limit="15").json()
        assert page["nextCursor"] == cursor
        skus += [item["sku"] for item in page["ItemResponse"]]
    assert sorted(skus) == sorted(product.sku for product in walmart.sandbox.shop.products)
    assert walmart.get("/v3/items", nextCursor=cursor, offset=str(len(skus))).status_code == 404


def test_a_cursor_expires_after_two_minutes(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(days=5)
    cursor = client.get("/v3/items", nextCursor="*").json()["nextCursor"]
    client.wait(timedelta(minutes=2))
    expired = client.get("/v3/items", nextCursor=cursor, offset="20")
    assert (expired.status_code, expired.json()["description"]) == (400, "Invalid Cursor")


def test_twenty_come_without_parameters_and_the_numeric_item_id_is_not_among_them(walmart: WalmartClient) -> None:
    body = walmart.get("/v3/items").json()
    assert len(body["ItemResponse"]) == 20
    assert body["totalItems"] == len(walmart.truth.items)
    assert not any(item.item_id in str(body) for item in walmart.truth.items)


def test_filters_and_what_does_not_match(walmart: WalmartClient) -> None:
    published = walmart.get("/v3/items", publishedStatus="PUBLISHED", limit="1000").json()["totalItems"]
    unpublished = walmart.get("/v3/items", publishedStatus="UNPUBLISHED", limit="1000").json()["totalItems"]
    assert published + unpublished == len(walmart.truth.items)
    assert walmart.get("/v3/items", lifecycleStatus="ARCHIVED").status_code == 404
    assert walmart.get("/v3/items", sku="none").status_code == 404
    for query in ({"offset": "10001"}, {"limit": "1001"}, {"publishedStatus": "published"}, {"page": "2"}):
        refused = walmart.get("/v3/items", **query)
        assert (refused.status_code, next(iter(refused.json()))) == (400, "error")


def test_one_item_by_each_of_its_ids(walmart: WalmartClient) -> None:
    item = walmart.truth.items[1]
    for kind, value in (
        ("SKU", item.product.sku),
        ("GTIN", item.gtin),
        ("ITEM_ID", item.item_id),
        ("UPC", item.gtin[2:]),
    ):
        found = walmart.get(f"/v3/items/{value}", productIdType=kind).json()
        assert found["ItemResponse"][0]["sku"] == item.product.sku
    assert walmart.get("/v3/items/none").json()["code"] == "404"


def test_a_sku_with_a_blank_is_found(walmart: WalmartClient) -> None:
    sku = next(item.product.sku for item in walmart.truth.items if " " in item.product.sku)
    assert walmart.get(f"/v3/items/{sku}").json()["ItemResponse"][0]["sku"] == sku
