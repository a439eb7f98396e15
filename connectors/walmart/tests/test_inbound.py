"""Shipments to Walmart's warehouses: the shipment knows when, its items know what."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm_walmart.inbound import ITEMS, SHIPMENTS

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]
at = datetime.fromisoformat  # naive UTC, as the store keeps moments
SHIPMENT = {
    "inboundOrderId": "restock-1", "shipmentId": "1GDM", "status": "AWAITING_DELIVERY",
    "createdDate": "2026-11-02T19:02:30.467Z", "shipmentUnits": 30, "receivedUnits": 0,
    "expectedDeliveryDate": "2026-11-22T00:00:00.000Z", "updatedExpectedDeliveryDate": "2026-11-25T23:59:00.000Z",
    "returnAddress": {"addressLine1": "9 Canary Lane", "city": "Canaryville"},
}  # fmt: skip
ITEM = {
    "shipmentId": "1GDM", "sku": "MAT-1", "itemDesc": "Mat", "itemQty": 20, "receivedQty": 5,
    "expectedDeliveryDate": "2026-11-22T00:00:00.000Z",
}  # fmt: skip


def answering(shipments: list[Any], items: list[Any], size: int = 50) -> Callable[[httpx.Request], httpx.Response]:
    """Walmart with these shipments and items, at most `size` a page."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        found = shipments if request.url.path == SHIPMENTS else items
        if "shipmentId" in asked:
            found = [entry for entry in found if entry["shipmentId"] == asked["shipmentId"]]
        start = int(asked["offset"])
        headers = {"totalCount": len(found), "limit": size, "offset": start}
        return httpx.Response(200, json={"headers": headers, "payload": found[start : start + size]})

    return answer


def rows(host: Host, read: Read, answer: Callable[[httpx.Request], httpx.Response]) -> Rows:
    found = read("wfs-inbound", host.fetch("wfs-inbound", answer))["inbound"]
    return sorted(found, key=lambda row: (row["shipment_id"], row["sku"]))


def test_each_item_of_a_shipment_is_a_row(host: Host, read: Read) -> None:
    items = [ITEM, ITEM | {"sku": "MAT-2", "itemQty": 10, "receivedQty": None}]
    found = rows(host, read, answering([SHIPMENT], items))
    common = {
        "shipment_id": "1GDM", "status": "AWAITING_DELIVERY", "created_at": at("2026-11-02T19:02:30.467"),
        "arrives_at": at("2026-11-25T23:59"),
    }  # fmt: skip
    assert [{k: v for k, v in row.items() if k != "_payload"} for row in found] == [
        {**common, "sku": "MAT-1", "shipped": 20, "received": 5},
        {**common, "sku": "MAT-2", "shipped": 10, "received": None},
    ]


def test_what_has_arrived_arrived_when_it_did(host: Host, read: Read) -> None:
    closed = SHIPMENT | {"status": "CLOSED", "actualDeliveryDate": "2026-11-21T15:00:00Z"}
    (row,) = rows(host, read, answering([closed], [ITEM]))
    assert (row["status"], row["arrives_at"]) == ("CLOSED", at("2026-11-21T15:00"))


def test_a_sku_on_two_lines_of_a_shipment_is_added_up(host: Host, read: Read) -> None:
    (row,) = rows(host, read, answering([SHIPMENT], [ITEM, ITEM]))
    assert (row["shipped"], row["received"]) == (40, 10)


def test_shipments_of_the_window_and_then_the_items_of_each(host: Host, read: Read) -> None:
    shipments = [SHIPMENT | {"shipmentId": f"{n}GDM"} for n in range(3)]
    items = [ITEM | {"shipmentId": f"{n}GDM", "sku": f"S{m}"} for n in range(3) for m in range(n + 1)]
    assert len(rows(host, read, answering(shipments, items, size=2))) == 6
    first = host.asked(SHIPMENTS)[0].url.params
    assert (first["fromCreateDate"], first["toCreateDate"]) == ("2026-11-19T18:00:00Z", "2026-11-20T18:00:00Z")
    assert [r.url.params["offset"] for r in host.asked(SHIPMENTS)] == ["0", "2"]
    assert [r.url.params["shipmentId"] for r in host.asked(ITEMS)] == ["0GDM", "1GDM", "2GDM", "2GDM"]


@pytest.mark.parametrize("answer", [httpx.Response(404), answering([], [])])
def test_sellers_without_shipments(host: Host, answer: Any) -> None:
    assert host.fetch("wfs-inbound", answer if callable(answer) else lambda _: answer) == []


@pytest.mark.parametrize(
    "name",
    ["specs/walmart/fixtures/fulfillment-management.getInboundShipments.200.json",
     "data/walmart_vendor_examples/us_wfs_inbound.json"],
)  # fmt: skip
def test_walmarts_own_shipments(host: Host, read: Read, shared: Path, name: str) -> None:
    """The example says that there are 177 and shows ten."""
    body = json.loads((shared / name).read_text("utf-8"))
    shipments = body["payload"]
    items = [{"shipmentId": s["shipmentId"], "sku": "A", "itemQty": s["shipmentUnits"]} for s in shipments]
    found = rows(host, read, answering(shipments, items))
    assert len(found) == len(shipments) == 10
    assert sum(row["shipped"] for row in found) == sum(s["shipmentUnits"] for s in shipments)
    assert {row["shipment_id"]: row["status"] for row in found} == {s["shipmentId"]: s["status"] for s in shipments}
    assert not [row for row in found if row["created_at"] is None or row["arrives_at"] is None]


def test_walmarts_own_items(host: Host, read: Read, fixture: Callable[[str], Any]) -> None:
    items = fixture("fulfillment-management.getInboundShipmentItems.200")["payload"]
    shipments = [SHIPMENT | {"shipmentId": number} for number in {item["shipmentId"] for item in items}]
    found = rows(host, read, answering(shipments, items))
    assert sum(row["shipped"] for row in found) == sum(item["itemQty"] for item in items)
    assert {row["sku"] for row in found} == {item["sku"] for item in items}
    assert all(row["received"] == 0 for row in found)
