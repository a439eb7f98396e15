"""Stock: all pages, and what their numbers mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import TransientError, Window
from kpiterm_amazon import inventory

if TYPE_CHECKING:
    from conftest import Host, Rows

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(hours=4), NOW)


def summary(number: int) -> dict[str, Any]:
    return {
        "asin": f"B00000000{number}",
        "sellerSku": f"MAT-{number}",
        "productName": "Mat",
        "totalQuantity": 99,
        "inventoryDetails": {
            "fulfillableQuantity": 10,
            "inboundWorkingQuantity": 1,
            "inboundShippedQuantity": 2,
            "inboundReceivingQuantity": 3,
            "reservedQuantity": {"totalReservedQuantity": 4, "pendingCustomerOrderQuantity": 4},
            "unfulfillableQuantity": {"totalUnfulfillableQuantity": 5, "expiredQuantity": 5},
        },
    }


def answer(request: httpx.Request) -> httpx.Response:
    """Three pages; every page asks for all parameters again."""
    assert request.url.params["granularityId"] == request.url.params["marketplaceIds"] == "ATVPDKIKX0DER"
    assert request.url.params["details"] == "true"
    number = {"": 1, "a+b/c==": 2, "last": 3}[request.url.params.get("nextToken", "")]
    token = {1: {"nextToken": "a+b/c=="}, 2: {"nextToken": "last"}, 3: {}}[number]
    found: list[dict[str, Any]] = [summary(number)] if number != 2 else []
    return httpx.Response(200, json={"payload": {"inventorySummaries": found}, "pagination": token})


def test_all_pages_are_read_before_the_first_is_stored(host: Host, read: Callable[..., Rows]) -> None:
    payloads = inventory.fetch(host.context(answer), WINDOW)
    first = next(payloads)
    assert len(host.requests) == 3, "a page's token dies in 30 seconds"
    rows = read(inventory.STOCK, [first, *payloads])
    assert [row["sku"] for row in rows] == ["MAT-1", "MAT-3"], "an empty page is not the end"
    assert rows[0] == {
        "_payload": 1,
        "taken_at": NOW.replace(tzinfo=None),
        "sku": "MAT-1",
        "item_id": "B000000001",
        "title": "Mat",
        "location": "FBA",
        "available": 10,
        "inbound": 6,
        "reserved": 4,
        "unfulfillable": 5,
    }


def test_a_token_that_died_during_retries_is_a_matter_of_the_moment(host: Host) -> None:
    def dead(request: httpx.Request) -> httpx.Response:
        if "nextToken" in request.url.params:
            return httpx.Response(400, json={"errors": [{"code": "InvalidInput", "message": "The token has expired."}]})
        return answer(request)

    with pytest.raises(TransientError, match="broke off") as caught:
        list(inventory.fetch(host.context(dead), WINDOW))
    assert "reads the list anew" in caught.value.hint


def test_stock_without_details_is_unknown_not_zero(host: Host, read: Callable[..., Rows]) -> None:
    def bare(_request: httpx.Request) -> httpx.Response:
        found = [{"sellerSku": "MAT-1", "totalQuantity": 99}]
        return httpx.Response(200, json={"payload": {"inventorySummaries": found}})

    (row,) = read(inventory.STOCK, list(inventory.fetch(host.context(bare), WINDOW)))
    assert [row[name] for name in ("available", "inbound", "reserved", "unfulfillable")] == [None] * 4
