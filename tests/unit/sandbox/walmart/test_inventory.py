from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.walmart.wfs import AT_RISK_DAYS

if TYPE_CHECKING:
    from tests.unit.sandbox.walmart.conftest import WalmartClient


def walk(walmart: WalmartClient, limit: int) -> tuple[list[dict[str, Any]], list[int]]:
    found, sizes, cursor = [], [], ""
    while True:
        query = {"limit": str(limit)} | ({"nextCursor": cursor} if cursor else {})
        body = walmart.get("/v3/inventories", **query).raise_for_status().json()
        found += body["elements"]["inventories"]
        sizes.append(len(body["elements"]["inventories"]))
        if not (cursor := body["meta"].get("nextCursor", "")):
            return found, sizes


def test_the_sellers_nodes_hold_what_the_shop_says(walmart: WalmartClient) -> None:
    found, _ = walk(walmart, 50)
    shown = {
        entry["sku"]: (node["availToSellQty"]["amount"], node["reservedQty"]["amount"], node["inputQty"]["amount"])
        for entry in found
        for node in entry["nodes"]
    }
    held = [stock for stock in walmart.truth.stock(at=walmart.now) if not stock.item.wfs]
    assert shown == {
        stock.item.product.sku: (
            stock.level.fulfillable,
            stock.level.reserved_orders,
            stock.level.fulfillable + stock.level.reserved_orders,
        )
        for stock in held
    }


def test_short_pages_are_not_the_end(walmart: WalmartClient) -> None:
    found, sizes = walk(walmart, 3)
    assert min(sizes[:-1]) < 3
    assert len(found) == len(walk(walmart, 50)[0])


def test_a_cursor_works_once_and_only_in_its_order(walmart: WalmartClient) -> None:
    cursor = walmart.get("/v3/inventories").json()["meta"]["nextCursor"]
    assert walmart.get("/v3/inventories", nextCursor=cursor).status_code == 200
    again = walmart.get("/v3/inventories", nextCursor=cursor)
    assert again.status_code == 404
    assert again.json()["errors"][0]["field"] == "nextCursor"
    assert walmart.get("/v3/inventories", nextCursor="bm90IG1pbmU=").status_code == 404
    assert walmart.get("/v3/inventories", limit="51").status_code == 400


def test_one_sku_at_its_default_node_or_at_all(walmart: WalmartClient) -> None:
    (entry, *_), _ = walk(walmart, 50)
    sku = entry["sku"]
    amount = entry["nodes"][0]["availToSellQty"]["amount"]
    assert walmart.get("/v3/inventory", sku=sku).json()["quantity"] == {"unit": "EACH", "amount": amount}
    assert walmart.get(f"/v3/inventories/{sku}").json() == entry
    assert walmart.get("/v3/inventory").status_code == 400
    assert walmart.get("/v3/inventory", sku="none").json()["errors"]["error"][0]["code"].startswith("CONTENT_NOT_FOUND")


def wfs(walmart: WalmartClient) -> list[dict[str, Any]]:
    return list(walmart.get("/v3/wfs/inventory", limit="300").raise_for_status().json()["payload"]["inventory"])


def test_wfs_stock_is_what_the_shop_says(walmart: WalmartClient) -> None:
    truth = {stock.item.product.sku: stock for stock in walmart.truth.stock(at=walmart.now) if stock.item.wfs}
    shown = {entry["itemInformation"]["sku"]: entry for entry in wfs(walmart)}
    assert shown.keys() == truth.keys()
    for sku, entry in shown.items():
        level, data = truth[sku].level, entry["inventoryData"]
        assert (data["availableUnits"], data["reservedUnits"]) == (level.fulfillable, level.reserved_orders)
        assert data["onhandUnits"] + data["inboundUnits"] == level.total
        assert sum(data["inventoryAge"].values()) == data["onhandUnits"]
        assert entry["itemInformation"]["itemID"].isdecimal()


def test_days_of_supply_follow_from_the_forecast(walmart: WalmartClient) -> None:
    known = [entry for entry in wfs(walmart) if "daysOfSupply" in entry["inventoryInsights"]]
    assert known
    for entry in known:
        data, insights = entry["inventoryData"], entry["inventoryInsights"]
        days = int(insights["daysOfSupply"])
        assert days == int((data["availableUnits"] + data["inboundUnits"]) / (insights["salesForecastWeek1to4"] / 28))
        if data["availableUnits"]:
            assert data["stockStatus"] == ("At risk" if days < AT_RISK_DAYS else "In stock")
    # December is the strongest month of the shop's year, February one of the weakest.
    assert sum(e["inventoryInsights"]["salesForecastWeek1to4"] for e in known) > sum(
        e["inventoryInsights"]["salesForecastWeek9to12"] for e in known
    )


def test_wfs_pages_by_offset(walmart: WalmartClient) -> None:
    whole = wfs(walmart)
    paged = [
        entry
        for offset in range(0, len(whole), 7)
        for entry in walmart.get("/v3/wfs/inventory", limit="7", offset=str(offset)).json()["payload"]["inventory"]
    ]
    assert paged == whole
    assert walmart.get("/v3/wfs/inventory", limit="301").json()["status"] == "FAIL"


def test_restock_lists_what_to_send_and_wants_its_market_headers(walmart: WalmartClient) -> None:
    path = "/v3/wfs/recommendation/restock"
    assert walmart.get(path).json()["errors"][0]["code"] == "400.WFS.101"
    payload = walmart.get(path, walmart.market, limit="300").json()["payload"]
    suggested = {entry["sku"]: entry["insights"]["suggestedUnits"] for entry in payload["recommendedItems"]}
    expected = {e["itemInformation"]["sku"]: e["inventoryInsights"]["suggestedUnits"] for e in wfs(walmart)}
    assert suggested == {sku: units for sku, units in expected.items() if units}
    assert payload["totalRecords"] == len(suggested) > 0


def test_stock_falls_by_what_is_shipped(open_walmart: Callable[..., WalmartClient]) -> None:
    client = open_walmart(orders_per_day=400)
    before = sum(stock.level.fulfillable for stock in client.truth.stock(at=client.now))
    after = sum(stock.level.fulfillable for stock in client.truth.stock(at=client.now.replace(day=24)))
    assert after < before
