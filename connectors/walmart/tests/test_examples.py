"""Walmart's own examples and real files: each is read, with totals found another way, or refused with a reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from kpiterm.plugins import DataError, Payload

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

FIXTURES, DATA = "specs/walmart/fixtures", "data"
READ = {
    "order-management.getAllOrders.200": "orders",
    "order-management.getAnOrder.200.ATTRIBUTES": "an order of a return",
    "order-management.getAnOrder.200.ORDER": "an order of a return",
    "returns-management.getReturns.200": "returns",
    "inventory-management.getMultiNodeInventoryForAllSkuAndAllShipNodes.200": "inventory",
    "item-management.getAllItems.200": "items",
    "insights-management.getSellerIncentivesInfo.200": "pro-seller (test_performance)",
    "payment-reports.getAvailableReconReportDates.200": "recon",
    "recommendations-api.getRestockRecommendations.200": "wfs-restock (test_restock)",
    "fulfillment-management.getInboundShipments.200": "wfs-inbound (test_inbound)",
    "fulfillment-management.getInboundShipmentItems.200": "wfs-inbound (test_inbound)",
    "walmart_vendor_examples/us_wfs_inbound.json": "wfs-inbound (test_inbound)",
    "authentication.tokenAPI.200": "sign-in",
    "authentication.getTokenDetail.200": "account test (test_sign_in)",
    "walmart_vendor_examples/us_orders.json": "orders",
    "walmart_vendor_examples/us_returns.json": "returns",
    "walmart_vendor_examples/us_inventories.json": "inventory",
    "walmart_vendor_examples/us_items.json": "items",
    "walmart_vendor_examples/us_recon_files.json": "recon",
    "walmart_vendor_examples/us_report_requests.json": "traffic",
    "walmart_ventmere/test_order_list_res.json": "orders",
}
NOT_READ = {
    "order-management.getAllReleasedOrders": "orders lists released orders too",
    "inventory-management.getInventory": "one SKU at one node; inventory lists all",
    "inventory-management.getMultiNodeInventoryForSku": "one SKU; inventory lists all",
    "item-management.getAnItem": "one offer; items lists all",
    "item-management.getCountByStatus": "items counts its own",
    "payment-reports.getAvailableV1ReconReportAsJson": "cut at 1,000 rows: the ZIP is read instead",
    "payment-reports.getPartnerPerformance": "the nine summaries hold the same with Walmart's standard",
    "payment-reports.getPartnerStatement": "totals of a payout whose lines recon reads",
    "walmart_vendor_examples/us_payment_statement.json": "totals of a payout whose lines recon reads",
    "recommendations-api.getFulfillWithWFS": "advice on items that the seller ships, which no table has a place for",
    "recommendations-api.getUnpublished": "items has the status of each offer",
    "advertising.": "ads of offsite search engines (SEM), which no KPI reads",
    "insights-management.getCategoriesList": "listing quality, which no KPI reads",
    "insights-management.getListingQualityScore": "listing quality, which no KPI reads",
    "insights-management.itemsDetailsForListing": "listing quality, which no KPI reads",
    "insights-management.getUnpublished": "items has the status of each offer",
    "settings-management.": "settings of the seller, which no KPI reads",
    "utilities-management.": "Walmart's own status page",
    "walmart_xml_v3/": "XML, which we do not ask for: refused (below)",
}


def test_every_example_is_read_or_has_its_reason(shared: Path) -> None:
    successes = [p.stem for p in (shared / FIXTURES).glob("*.200*.json")]
    files = [str(p.relative_to(shared / DATA)) for p in (shared / DATA).glob("walmart_*/*")]
    assert len(successes) > 25
    assert len(files) >= 11
    unexplained = [n for n in (*successes, *files) if n not in READ and not any(n.startswith(p) for p in NOT_READ)]
    assert unexplained == []


def example(shared: Path, name: str) -> Any:
    path = shared / (f"{DATA}/{name}" if "/" in name else f"{FIXTURES}/{name}.json")
    return json.loads(path.read_text("utf-8"))


def fetched(host: Host, stream: str, body: object) -> list[Any]:
    """The stream's items where Walmart answers its first question so, and every other with 404. The examples are the
    first of several pages, and the only ones here."""
    answers = iter([httpx.Response(200, json=_last_page(body))])
    return host.fetch(stream, lambda _: next(answers, httpx.Response(404)))


def _last_page(body: Any) -> Any:
    """The example without its cursor."""
    if isinstance(body, dict):
        return {key: _last_page(value) for key, value in body.items() if key != "nextCursor"}
    return body


def counted(orders: list[Any]) -> dict[str, Any]:
    """Totals of a list of orders, worked out without the connector."""
    orders = [o.get("order", o) for o in orders]
    lines = [line for o in orders for line in o["orderLines"]["orderLine"]]
    statuses = [s["status"] for line in lines for s in line["orderLineStatuses"]["orderLineStatus"]]
    charges = [c for line in lines for c in line["charges"]["charge"] if c["chargeType"] == "PRODUCT"]
    return {
        "lines": len(lines),
        "sales": sum((Decimal(str(c["chargeAmount"]["amount"])) for c in charges), Decimal()),
        "tax": sum((Decimal(str(c["tax"]["taxAmount"]["amount"])) for c in charges if c.get("tax")), Decimal()),
        "cancelled": statuses.count("Cancelled"),
        "orders": {o["purchaseOrderId"] for o in orders},
    }


@pytest.mark.parametrize("name", [name for name, stream in READ.items() if stream == "orders"])
def test_orders(host: Host, read: Read, shared: Path, name: str) -> None:
    body = example(shared, name)
    expected = counted(body["list"]["elements"]["order"])
    rows = read("orders", fetched(host, "orders", body))["order_line"]
    assert (len(rows), {r["order_id"] for r in rows}) == (expected["lines"], expected["orders"])
    assert sum(r["item_price"] for r in rows) == expected["sales"]
    assert sum(r["tax"] or 0 for r in rows) == expected["tax"]
    assert Counter(r["status"] for r in rows)["cancelled"] == expected["cancelled"]
    assert not [r for r in rows if None in (r["ordered_at"], r["updated_at"], r["sku"], r["quantity"], r["currency"])]


def test_the_totals_of_the_specifications_orders(host: Host, read: Read, shared: Path) -> None:
    """Eleven orders, one of them wrapped once more: 10 + 3 x 9.99 + 19 dollars, six lines cancelled."""
    rows = read("orders", fetched(host, "orders", example(shared, "order-management.getAllOrders.200")))["order_line"]
    assert (len(rows), sum(r["item_price"] for r in rows)) == (11, Decimal("58.97"))
    assert Counter(r["status"] for r in rows) == {"cancelled": 6, "shipped": 4, "open": 1}
    days = {r["order_id"]: r["business_day"] for r in rows}
    assert (days["1796277083022"], days["108914939380192"]) == (date(2019, 9, 14), date(2024, 5, 23))


@pytest.mark.parametrize("name", [name for name, stream in READ.items() if stream == "an order of a return"])
def test_an_order_alone(read: Read, shared: Path, name: str) -> None:
    body = json.dumps(example(shared, name)).encode()
    records = ("order",) if "order" in json.loads(body) else ()
    payload = Payload(body=body, format="json", request="GET /v3/orders/1", records=records)
    assert records
    assert read("returns", [payload]) == {"return_line": [], "refund_line": []}
    assert read("orders", [payload])["order_line"]


@pytest.mark.parametrize("name", [name for name, stream in READ.items() if stream == "returns"])
def test_returns(host: Host, read: Read, shared: Path, name: str) -> None:
    body = example(shared, name)
    lines = [(r, line) for r in body["returnOrders"] for line in r["returnOrderLines"]]
    refunded = [r for r, line in lines if line["refundedQty"]]
    rows = read("returns", fetched(host, "returns", body))
    assert sorted(r["amount"] for r in rows["refund_line"]) == sorted(
        Decimal(str(r["totalRefundAmount"]["currencyAmount"])) for r in refunded
    )
    assert len(rows["return_line"]) == sum(line["returnExpectedFlag"] for _, line in lines)


@pytest.mark.parametrize("name", [name for name, stream in READ.items() if stream == "inventory"])
def test_inventories(host: Host, read: Read, shared: Path, name: str) -> None:
    body = example(shared, name)
    nodes = [node for sku in body["elements"]["inventories"] for node in sku["nodes"]]
    rows = read("inventory", fetched(host, "inventory", body))["stock_level"]
    assert len(rows) == len(nodes)
    assert sum(r["available"] for r in rows) == sum(int(n["availToSellQty"]["amount"]) for n in nodes)
    assert sum(r["reserved"] for r in rows) == sum(int(n["reservedQty"]["amount"]) for n in nodes)


@pytest.mark.parametrize("name", [name for name, stream in READ.items() if stream == "items"])
def test_items(host: Host, read: Read, shared: Path, name: str) -> None:
    body = example(shared, name)
    rows = read("items", fetched(host, "items", body))["listing"]
    assert [r["sku"] for r in rows] == [i["sku"] for i in body["ItemResponse"]]
    assert sum(r["price"] for r in rows) == sum(Decimal(str(i["price"]["amount"])) for i in body["ItemResponse"])
    published = [
        i for i in body["ItemResponse"] if i["publishedStatus"] == "PUBLISHED" and i["lifecycleStatus"] == "ACTIVE"
    ]
    assert [r["status"] for r in rows].count("active") == len(published)


@pytest.mark.parametrize("name", [name for name, stream in READ.items() if stream == "recon"])
def test_dates_of_reconciliation_reports(host: Host, shared: Path, name: str) -> None:
    from kpiterm_walmart.recon import available

    body = example(shared, name)
    found = available(host.context(lambda _: httpx.Response(200, json=body)))
    assert (len(found), found[0], found[-1]) == (10, date(2018, 7, 1), date(2018, 8, 28))


def test_a_list_of_report_requests(host: Host, shared: Path) -> None:
    """Its cursor is a query string without a question mark; its second page is the same one here."""
    from kpiterm_walmart.reports import _Requests
    from kpiterm_walmart.wire import decode

    body = example(shared, "walmart_vendor_examples/us_report_requests.json")
    response = httpx.Response(200, json=body, request=httpx.Request("GET", "https://marketplace.walmartapis.com/v3"))
    requests = decode(response, _Requests)
    assert [r.request_status for r in requests.requests] == ["RECEIVED"] * len(body["requests"])
    assert requests.next_cursor == "reportType=ITEM&page=2&limit=2"


@pytest.mark.parametrize("name", ["listCancelledOrders", "listShippedOrders"])
def test_xml_is_refused_with_a_reason(host: Host, shared: Path, name: str) -> None:
    body = (shared / f"data/walmart_xml_v3/{name}.xml").read_bytes()
    with pytest.raises(DataError, match="GET /v3/orders") as caught:
        host.fetch("orders", lambda _: httpx.Response(200, content=body))
    assert "specification" in caught.value.hint
    assert "OrdersListType" in caught.value.message
    assert not [word for word in ("San Bruno", "example.com") if word in caught.value.message]
    assert {r.headers["accept"] for r in host.requests} == {"application/json"}
