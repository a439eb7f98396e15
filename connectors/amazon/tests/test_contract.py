"""The contract that every connector keeps, with all of Amazon in one function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files

import httpx
import pytest

from kpiterm.plugins import SettingError
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.testing import ConnectorContract
from kpiterm_amazon.connector import AMAZON
from kpiterm_amazon.places import PLACES, place

US = "ATVPDKIKX0DER"
BUCKET = "https://tortuga-prod-na.s3-external-1.amazonaws.com"
ADS_FILE = "https://offline-report-storage-us-east-1-prod.s3.amazonaws.com/report.json.gz"
ORDER = {
    "orderId": "113-1",
    "createdTime": "2026-11-19T18:00:00Z",
    "lastUpdatedTime": "2026-11-20T16:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceName": "Amazon.com"},
    "orderItems": [{"orderItemId": "7001", "quantityOrdered": 1, "product": {"asin": "B000000001"}}],
}
DOCUMENTS = {
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL": b"amazon-order-id\tpurchase-date\torder-status\t"
    b"sales-channel\tsku\tquantity\n113-1\t2026-11-19T18:00:00+00:00\tShipped\tAmazon.com\tMAT-1\t1\n",
    "GET_SALES_AND_TRAFFIC_REPORT": b'{"salesAndTrafficByDate": []}',
    "GET_V2_SELLER_PERFORMANCE_REPORT": json.dumps(
        {"performanceMetrics": [{"marketplaceId": US, "lateShipmentRate": {"orderCount": 10, "rate": 0.1}}]}
    ).encode(),
}
ANSWERS: Mapping[str, object] = {
    "/auth/o2/token": {"access_token": "Atza|an-access-token", "expires_in": 3600},
    "/orders/2026-01-01/orders": {"orders": [ORDER]},
    "/fba/inventory/v1/summaries": {"payload": {"inventorySummaries": [{"sellerSku": "MAT-1"}]}},
    "/sellers/v1/marketplaceParticipations": {"payload": []},
    "/v2/profiles": [
        {"profileId": 42, "countryCode": "US", "accountInfo": {"marketplaceStringId": US, "type": "seller"}}
    ],
}


def answer(request: httpx.Request) -> httpx.Response:
    """Reports are named by their type and done at once."""
    path, name = request.url.path, request.url.path.rpartition("/")[2]
    if f"https://{request.url.host}" == BUCKET:
        return httpx.Response(200, content=DOCUMENTS[name])
    if str(request.url) == ADS_FILE:
        return httpx.Response(200, content=b"[]")
    if path.startswith("/reporting/reports"):
        return httpx.Response(200, json={"reportId": "ads-1", "status": "COMPLETED", "url": ADS_FILE})
    if path.startswith("/reports/") and request.method == "POST":
        return httpx.Response(202, json={"reportId": json.loads(request.content)["reportType"]})
    if "/documents/" in path:
        return httpx.Response(200, json={"url": f"{BUCKET}/{name}"})
    if path.startswith("/reports/"):
        return httpx.Response(200, json={"processingStatus": "DONE", "reportDocumentId": name})
    return httpx.Response(200, json=ANSWERS[path])


class TestAmazon(ConnectorContract):
    connector = AMAZON
    settings: Mapping[str, str] = {"marketplace": "US", "client_id": "sp-client", "ads_client_id": "ads-client"}

    def responses(self, request: httpx.Request) -> httpx.Response:
        return answer(request)


def test_every_marketplace_has_a_zone_and_a_currency() -> None:
    assert {p.channel for p in PLACES.values()} <= set(MARKETPLACES)
    assert len({p.marketplace_id for p in PLACES.values()}) == len(PLACES)


def test_a_marketplace_decides_hosts_channel_and_zone() -> None:
    japan = place({"marketplace": "jp"})
    assert japan.selling("/x") == "https://sellingpartnerapi-fe.amazon.com/x"
    assert japan.advertising("/x") == "https://advertising-api-fe.amazon.com/x"
    assert AMAZON.marketplace({"marketplace": "jp"}) == MARKETPLACES["amazon.co.jp"]
    assert AMAZON.marketplace({}) == MARKETPLACES["amazon.com"]


def test_an_unknown_marketplace_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError) as caught:
        place({"marketplace": "XX"})
    assert "US, CA" in caught.value.hint


def test_rates_are_those_of_the_models(shared: object) -> None:
    published = json.loads((shared / "specs/amazon/rate_limits.json").read_text())["ops"]  # type: ignore[operator]
    by_name = {entry["op"]: entry for entry in published.values()}
    for rate in AMAZON.rates:
        if entry := by_name.get(rate.operation):
            assert (rate.per_second, rate.burst) == (entry["rate"], entry["burst"]), rate.operation


def test_a_first_sync_stays_within_the_burst_of_reports() -> None:
    """Each report takes one createReport and one getReportDocument, and one a minute is slow."""
    windows = 0
    for name in ("orders", "traffic", "performance"):
        stream = AMAZON.stream(name)
        assert stream
        windows += -(-stream.history // stream.max_window)
    assert windows <= next(rate.burst for rate in AMAZON.rates if rate.operation == "createReport")


def test_sql_files_are_part_of_the_package() -> None:
    names = {path.name for path in files("kpiterm_amazon").iterdir()}
    assert {"orders_recent.sql", "inventory.sql", "traffic.sql", "ads_campaigns.sql", "ads_products.sql"} <= names


def test_the_entry_point_bears_the_connectors_name() -> None:
    found = [point for point in entry_points(group="kpiterm") if point.value == "kpiterm_amazon"]
    if not found:
        pytest.skip("kpiterm-amazon is not installed")
    assert [point.name for point in found] == [AMAZON.name]
