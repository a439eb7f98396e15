"""Walmart as one function: reports and snapshots are done at once, one row of everything. And what asks it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kpiterm.plugins import Payload, Stream, Window
from kpiterm_walmart.connector import WALMART
from kpiterm_walmart.places import ADS_HOST, ADS_PREFIX

if TYPE_CHECKING:
    from conftest import Host

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SETTINGS = {"client_id": "client-1", "ads_advertiser_id": "600001", "ads_consumer_id": "consumer-1"}
SECRETS = {"client_secret": "client+secret/1", "ads_auth_token": "auth|token+1", "ads_private_key": PEM}
STORED = "https://reports.blob.core.windows.net/item.zip?sig=abc"
SNAPSHOT_FILE = f"https://{ADS_HOST}{ADS_PREFIX}/file/snapshot-1.gz"
ORDER = {"purchaseOrderId": "11", "orderDate": 1795000000000, "orderLines": {"orderLine": []}}
RECON = (
    "Period Start Date,Period End Date,Total Payable,Currency,Transaction Posted Timestamp,Transaction Type,"
    "Purchase Order #,Amount,Amount Type\n11/01/2026,11/14/2026,9.00,USD,11/15/2026,PaymentSummary,,,\n"
)


def zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("report.csv"), text.encode("utf-8-sig"))
    return packed.getvalue()


ANSWERS: Mapping[str, object] = {
    "/v3/token": {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 900},
    "/v3/token/detail": {"is_valid": True, "scopes": {"orders": "full_access", "reports": "no_access"}},
    "/v3/orders": {"list": {"meta": {"totalCount": 1, "limit": 200}, "elements": {"order": [ORDER]}}},
    "/v3/returns": {
        "meta": {},
        "returnOrders": [
            {"returnOrderId": "r1", "returnOrderLines": [{"purchaseOrderId": "11", "refundedQty": 1}]},
        ],
    },
    "/v3/inventories": {"meta": {}, "elements": {"inventories": [{"sku": "MAT-1", "nodes": []}]}},
    "/v3/wfs/inventory": {"headers": {"totalCount": 1}, "payload": {"inventory": [{"itemInformation": {}}]}},
    "/v3/wfs/recommendation/restock": {
        "payload": {"recommendedItems": [{"itemId": "5", "insights": {"suggestedUnits": 7}}], "totalRecords": 1}
    },
    "/v3/fulfillment/inbound-shipments": {"headers": {"totalCount": 1}, "payload": [{"shipmentId": "9GDM"}]},
    "/v3/fulfillment/inbound-shipment-items": {
        "headers": {"totalCount": 1},
        "payload": [{"shipmentId": "9GDM", "sku": "MAT-1", "itemQty": 5}],
    },
    "/v3/items": {"ItemResponse": [{"sku": "MAT-1"}], "totalItems": 1, "nextCursor": "abc"},
    "/v3/insights/sellerIncentives": {"currentTier": "Rising"},
    "/v3/report/reconreport/availableReconFiles": {"availableApReportDates": ["11202026", "11062026"]},
    "/v3/reports/downloadReport": {"downloadURL": STORED},
    f"{ADS_PREFIX}/api/v2/snapshot/report": {"code": "success", "snapshotId": "s1", "jobStatus": "pending"},
    f"{ADS_PREFIX}/api/v2/snapshot": {"code": "success", "jobStatus": "done", "details": SNAPSHOT_FILE},
    f"{ADS_PREFIX}/api/v2/latestReportDate": [],
}


def answer(request: httpx.Request) -> httpx.Response:
    """Reports and snapshots are done at once."""
    path = request.url.path
    if str(request.url) == STORED:
        return httpx.Response(200, content=zipped("Date,SKU ID,GMV\n2026-11-17,MAT-1,10.00\n"))
    if str(request.url) == SNAPSHOT_FILE:
        return httpx.Response(200, content=b"date,campaignId,adSpend\n2026-11-18,5,1.25\n")
    if path == "/v3/report/reconreport/reconFile":
        return httpx.Response(200, content=zipped(RECON))
    if path == "/v3/reports/reportRequests":
        made = {"requestId": "q1", "requestStatus": "RECEIVED" if request.method == "POST" else "READY"}
        return httpx.Response(200, json=made if request.method == "POST" else {"requests": [made]})
    if path.startswith("/v3/orders/"):
        return httpx.Response(200, json={"order": ORDER})
    if path.startswith("/v3/insights/performance/"):
        return httpx.Response(200, json={"status": "OK", "payload": {"cumulativeRate": 1.5}})
    return httpx.Response(200, json=ANSWERS[path])


def window(stream: Stream) -> Window:
    """A fortnight, or whole days of it."""
    end = NOW - stream.lag
    if stream.by_day:
        end = datetime.combine(end.date(), time(), ZoneInfo("America/Los_Angeles")).astimezone(UTC)
    return Window(end - timedelta(days=14), end)


STREAMS = {stream.name: stream for stream in WALMART.streams}


def asked_by(host: Host, name: str) -> list[httpx.Request]:
    """The requests of a stream, or of the account test."""
    context, before = host.context(answer, settings=SETTINGS, secrets=SECRETS), len(host.requests)
    if stream := STREAMS.get(name):
        for item in stream.fetch(context, window(stream)):
            if isinstance(item, Payload) and isinstance(item.body, Path):
                item.body.unlink()
    else:
        assert WALMART.test
        list(WALMART.test(context))
    return host.requests[before:]
