"""Stock of the seller's nodes and of Walmart's, and the list of offers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import TransientError

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

TAKEN = datetime.fromisoformat("2026-11-20T18:00")


def node(name: str, available: object, reserved: object = 0) -> dict[str, Any]:
    return {
        "shipNode": name,
        "inputQty": {"unit": "EACH", "amount": 99},
        "availToSellQty": {"unit": "EACH", "amount": available},
        "reservedQty": {"unit": "EACH", "amount": reserved},
    }


def stock(*skus: dict[str, Any], cursor: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"meta": {"nextCursor": cursor}, "elements": {"inventories": list(skus)}})


def test_a_short_page_does_not_end_the_list(host: Host, read: Read) -> None:
    """Only the absence of the cursor does, and each cursor is used once, in order."""
    pages = {
        None: stock({"sku": "A", "nodes": [node("1", 5, 1), node("2", "7")]}, cursor="a+b/c="),
        "a+b/c=": stock(cursor="second"),
        "second": stock({"sku": "B", "nodes": [node("1", 0)]}),
    }
    items = host.fetch("inventory", lambda request: pages[request.url.params.get("nextCursor")])
    assert [r.url.params.get("nextCursor") for r in host.requests] == list(pages)
    assert {r.url.params["limit"] for r in host.requests} == {"50"}
    found = [(r["sku"], r["location"], r["available"], r["reserved"]) for r in read("inventory", items)["stock_level"]]
    assert found == [("A", "1", 5, 1), ("A", "2", 7, 0), ("B", "1", 0, 0)]


def test_a_cursor_used_out_of_turn_breaks_the_list_off(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if "nextCursor" in request.url.params else stock(cursor="x")

    with pytest.raises(TransientError, match="broke off"):
        host.fetch("inventory", answer)


def wfs_item(sku: str = "A", **insights: object) -> dict[str, Any]:
    return {
        "itemInformation": {"itemName": "Mat", "sku": sku, "itemID": f"5{sku}"},
        "inventoryData": {
            "availableUnits": 40,
            "reservedUnits": 3,
            "inboundUnits": 25,
            "unavailableUnits": {"inventoryReviewUnits": 2, "inventoryMovementUnits": 5},
            "onhandUnits": 50,
        },
        "inventoryInsights": {"daysOfSupply": "31", "suggestedUnits": 12, **insights},
    }


def wfs(*items: dict[str, Any], total: int | None = None) -> httpx.Response:
    count = len(items) if total is None else total
    return httpx.Response(200, json={"headers": {"totalCount": count}, "payload": {"inventory": list(items)}})


def test_units_held_at_walmart_make_up_those_on_hand(host: Host, read: Read) -> None:
    (row,) = read("wfs-inventory", host.fetch("wfs-inventory", lambda _: wfs(wfs_item())))["stock_level"]
    assert row == {
        "_payload": 1, "taken_at": TAKEN, "sku": "A", "item_id": "5A", "title": "Mat", "location": "WFS",
        "available": 40, "inbound": 25, "reserved": 10,
    }  # fmt: skip


def test_walmarts_advice_is_kept_as_estimates(host: Host, read: Read) -> None:
    items = host.fetch(
        "wfs-inventory", lambda _: wfs(wfs_item(salesForecastWeek1to4=33.5), wfs_item("B", daysOfSupply=">365"))
    )
    rows = read("wfs-inventory", items)["market_estimate"]
    assert {(r["item_id"], r["metric"], r["estimate"], r["bound"]) for r in rows} == {
        ("5A", "wfs_days_of_supply", Decimal(31), "exact"),
        ("5A", "wfs_suggested_units", Decimal(12), "exact"),
        ("5A", "wfs_forecast_units_weeks_1_4", Decimal("33.5"), "exact"),
        ("5B", "wfs_days_of_supply", Decimal(365), "more_than"),
        ("5B", "wfs_suggested_units", Decimal(12), "exact"),
    }
    assert {r["day"] for r in rows} == {date(2026, 11, 20)}


def test_pages_at_walmart_are_counted_by_what_came(host: Host) -> None:
    pages = {"0": wfs(wfs_item(), wfs_item("B"), total=3), "2": wfs(wfs_item("C"), total=3)}
    assert len(host.fetch("wfs-inventory", lambda request: pages[request.url.params["offset"]])) == 2


def test_pages_at_walmart_without_a_count_end_with_a_short_one(host: Host) -> None:
    full = {"payload": {"inventory": [wfs_item(f"S{n}") for n in range(300)]}}
    pages = {"0": full, "300": {"payload": {"inventory": [wfs_item()]}}}
    assert len(host.fetch("wfs-inventory", lambda r: httpx.Response(200, json=pages[r.url.params["offset"]]))) == 2


@pytest.mark.parametrize("stream", ["inventory", "wfs-inventory", "wfs-restock", "wfs-inbound", "items"])
def test_404_is_a_seller_who_has_none(host: Host, stream: str) -> None:
    assert host.fetch(stream, lambda _: httpx.Response(404, content=b"")) == []


def offers(first: int, count: int, total: int) -> httpx.Response:
    items = [{"sku": f"S{n}", "price": {"currency": "USD", "amount": 1}} for n in range(first, first + count)]
    return httpx.Response(200, json={"ItemResponse": items, "totalItems": total, "nextCursor": "same"})


def test_offers_move_on_by_offset_under_one_cursor(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        first = int(request.url.params["offset"])
        return offers(first, min(1000, 2500 - first), 2500)

    assert len(host.fetch("items", answer)) == 3
    assert [(r.url.params["nextCursor"], r.url.params["offset"]) for r in host.requests] == [
        ("*", "0"), ("same", "1000"), ("same", "2000")
    ]  # fmt: skip


def test_offers_beyond_the_farthest_offset_are_named(host: Host) -> None:
    pages = host.fetch("items", lambda request: offers(int(request.url.params["offset"]), 1000, 32_614))
    assert len(pages) == 11
    assert any("11,000 of 32,614" in text for text in host.logs)
    assert max(int(r.url.params["offset"]) for r in host.requests) <= 10_000


def test_an_expired_cursor_is_tried_again_by_the_next_sync(host: Host) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["offset"] == "0":
            return offers(0, 1000, 1500)
        return httpx.Response(400, json={"errors": [{"code": "INVALID_CURSOR", "description": "Invalid Cursor"}]})

    with pytest.raises(TransientError, match="INVALID_CURSOR"):
        host.fetch("items", answer)


@pytest.mark.parametrize(
    ("published", "lifecycle", "expected"),
    [("PUBLISHED", "ACTIVE", "active"), ("UNPUBLISHED", "ACTIVE", "inactive"), ("PUBLISHED", "RETIRED", "inactive"),
     ("IN_PROGRESS", "ACTIVE", "incomplete"), ("SYSTEM_PROBLEM", "ACTIVE", "inactive")],
)  # fmt: skip
def test_the_status_of_an_offer(host: Host, read: Read, published: str, lifecycle: str, expected: str) -> None:
    item = {"sku": "A", "publishedStatus": published, "lifecycleStatus": lifecycle, "productType": "default"}
    payload = {"ItemResponse": [item], "totalItems": 1}
    (row,) = read("items", host.fetch("items", lambda _: httpx.Response(200, json=payload)))["listing"]
    assert (row["status"], row["category"], row["price"]) == (expected, None, None)
