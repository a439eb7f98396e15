"""What reaches the store: every page, each order once in its latest state, nothing about the buyer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.paths import Paths
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync.normalise import Loaded, load
from kpiterm.sync.spool import Spool
from kpiterm_walmart.connector import WALMART

if TYPE_CHECKING:
    from conftest import Host

CANARIES = ("Ann Canary", "9 Canary Lane", "canary@example.com", "5550199", "Canaryville", "99901")
START = datetime.fromisoformat("2026-11-20T19:00")


class Shop:
    """Walmart with two pages of everything, and buyers' names in all of them."""

    status, changed = "Acknowledged", 1795000100000

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        found: Any = getattr(self, name.replace("-", "_"), self.order)(request.url.params)
        return httpx.Response(200, json=found) if found else httpx.Response(404)

    def orders(self, params: httpx.QueryParams) -> Any:
        if params.get("shipNodeType", "SellerFulfilled") != "SellerFulfilled":
            return None
        page = params.get("page", "1")
        meta = {"totalCount": 2, "nextCursor": "?page=2" if page == "1" else None}
        return {"list": {"meta": meta, "elements": {"order": [self._order(page), self._order("both")]}}}

    def order(self, _: httpx.QueryParams) -> Any:
        return {"order": self._order("1")}

    def _order(self, number: str) -> dict[str, Any]:
        address = {"name": CANARIES[0], "address1": CANARIES[1], "city": CANARIES[4], "postalCode": CANARIES[5]}
        return {
            "purchaseOrderId": number,
            "customerEmailId": CANARIES[2],
            "orderDate": 1795000000000,
            "shippingInfo": {"phone": CANARIES[3], "postalAddress": address},
            "orderLines": {"orderLine": [{
                "lineNumber": "1",
                "item": {"sku": "MAT-1", "productName": "Mat"},
                "charges": {"charge": [{"chargeType": "PRODUCT", "chargeAmount": {"currency": "USD", "amount": 9}}]},
                "orderLineQuantity": {"amount": "1"},
                "statusDate": self.changed,
                "orderLineStatuses": {"orderLineStatus": [{"status": self.status, "statusQuantity": {"amount": "1"}}]},
            }]},
        }  # fmt: skip

    def returns(self, params: httpx.QueryParams) -> Any:
        page = params.get("page", "1" if params["isWFSEnabled"] == "N" else "3")
        line = {
            "purchaseOrderId": "1", "purchaseOrderLineNumber": page, "item": {"sku": f"MAT-{page}"}, "refundedQty": 1,
            "quantity": {"measurementValue": 1}, "charges": [{"chargePerUnit": {"currencyAmount": 5}}],
        }  # fmt: skip
        one = {"returnOrderId": page, "customerName": {"firstName": CANARIES[0]}, "customerEmailId": CANARIES[2],
               "returnOrderDate": "2026-11-19T07:00:00Z", "returnOrderLines": [line]}  # fmt: skip
        return {"meta": {"nextCursor": "?isWFSEnabled=N&page=2" if page == "1" else None}, "returnOrders": [one]}

    def inventories(self, params: httpx.QueryParams) -> Any:
        page = params.get("nextCursor", "1")
        node = {"shipNode": "N1", "availToSellQty": {"amount": 5}, "reservedQty": {"amount": 0}}
        skus = [{"sku": f"MAT-{page}", "nodes": [node, {**node, "shipNode": "N2"}]}]
        return {"meta": {"nextCursor": "2" if page == "1" else None}, "elements": {"inventories": skus}}

    def inventory(self, params: httpx.QueryParams) -> Any:
        item = {"itemInformation": {"sku": f"MAT-{params['offset']}", "itemID": params["offset"]},
                "inventoryData": {"availableUnits": 1}, "inventoryInsights": {"daysOfSupply": "9"}}  # fmt: skip
        return {"headers": {"totalCount": 2}, "payload": {"inventory": [item]}}

    def restock(self, params: httpx.QueryParams) -> Any:
        item = {"itemId": params["offset"], "insights": {"suggestedUnits": 4}}
        return {"payload": {"recommendedItems": [item], "totalRecords": 2}}

    def inbound_shipments(self, params: httpx.QueryParams) -> Any:
        shipment = {"shipmentId": params["offset"], "status": "CLOSED", "returnAddress": {"addressLine1": CANARIES[1]}}
        return {"headers": {"totalCount": 2}, "payload": [shipment]}

    def inbound_shipment_items(self, params: httpx.QueryParams) -> Any:
        item = {"shipmentId": params["shipmentId"], "sku": f"MAT-{params['offset']}", "itemQty": 5}
        return {"headers": {"totalCount": 2}, "payload": [item]}

    def items(self, params: httpx.QueryParams) -> Any:
        return {"ItemResponse": [{"sku": f"MAT-{params['offset']}"}], "totalItems": 2, "nextCursor": "same"}

    def summary(self, _: httpx.QueryParams) -> Any:
        return {"payload": {"cumulativeRate": 1, "sellerAccountableRate": 99}}


class Store:
    """A workspace's store, and the streams of one shop that are synced into it."""

    def __init__(self, host: Host, writer: Writer, shop: Shop) -> None:
        self.host, self.writer, self.shop, self.runs = host, writer, shop, 0

    def sync(self, name: str) -> Loaded:
        stream = WALMART.stream(name)
        assert stream
        self.runs += 1
        spool = Spool(self.host.directory, f"{name}-{self.runs}")
        for item in self.host.fetch(name, self.shop):
            spool.add(item, lineage_only=stream.shape is None)
        batch = Batch(
            account="us-walmart",
            channel="walmart.com",
            source=f"walmart.{name}",
            run_id=f"run-{self.runs}",
            loaded_at=START + timedelta(minutes=self.runs),
        )
        with self.writer.transaction() as con:
            return load(con, spool.close(), stream.shape, batch, WALMART.marketplace({}))

    def values(self, sql: str) -> list[Any]:
        return self.writer.con.execute(sql).fetchall()


@pytest.fixture
def store(host: Host, tmp_path: Path) -> Iterator[Store]:
    with Writer(Paths(tmp_path / "home")) as writer:
        yield Store(host, writer, Shop())


STREAMS = {"orders": "order_line", "returns": "refund_line", "inventory": "stock_level", "wfs-inventory": "stock_level",
           "wfs-restock": "market_estimate", "wfs-inbound": "inbound", "items": "listing",
           "performance": "health_metric"}  # fmt: skip
ROWS = {"orders": 3, "returns": 3, "inventory": 4, "wfs-inventory": 2, "wfs-restock": 2, "wfs-inbound": 4, "items": 2,
        "performance": 9}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_every_page_is_stored_and_the_same_again_changes_nothing(store: Store, name: str) -> None:
    first, second = store.sync(name), store.sync(name)
    assert store.values(f"select count(*) from {STREAMS[name]}") == [(ROWS[name],)]
    assert first.tables[STREAMS[name]].added == ROWS[name]
    assert [(m.added, m.superseded) for m in second.tables.values()] == [(0, 0)] * len(second.tables)


def test_an_order_is_stored_once_in_its_latest_state(store: Store) -> None:
    store.sync("orders")
    store.shop.status, store.shop.changed = "Shipped", 1795000200000
    store.sync("orders")
    store.shop.status, store.shop.changed = "Acknowledged", 1795000100000  # an answer from a stale replica
    store.sync("orders")
    assert store.values("select order_id, status from order_line order by 1") == [
        ("1", "shipped"), ("2", "shipped"), ("both", "shipped")
    ]  # fmt: skip


def test_a_refund_knows_when_its_order_was_placed(store: Store) -> None:
    store.sync("returns")
    placed = datetime.fromisoformat("2026-11-18T11:06:40")
    assert store.values("select distinct ordered_at, amount, currency from refund_line") == [(placed, 5, "USD")]


def test_nothing_about_the_buyer_is_stored_or_logged(store: Store, host: Host) -> None:
    for name in STREAMS:
        store.sync(name)
    store.writer.con.execute("checkpoint")
    written = b"".join(p.read_bytes() for p in store.writer.paths.store.rglob("*") if p.is_file())
    assert b"MAT-1" in written
    assert not [canary for canary in CANARIES if canary.encode() in written]
    assert not [canary for canary in CANARIES for text in host.logs if canary in text]
