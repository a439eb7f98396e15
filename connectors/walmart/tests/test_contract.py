"""The contract that every connector keeps, and every request held against Walmart's specification."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

import httpx
import jsonschema
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kpiterm.plugins import Payload, Stream, Window
from kpiterm.plugins.testing import ConnectorContract
from kpiterm_walmart import ads_auth
from kpiterm_walmart.connector import WALMART
from kpiterm_walmart.places import ADS_HOST, ADS_PREFIX
from kpiterm_walmart.standards import METRICS

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
    "/v3/orders/11": {"order": ORDER},
    "/v3/returns": {
        "meta": {},
        "returnOrders": [
            {"returnOrderId": "r1", "returnOrderLines": [{"purchaseOrderId": "11", "refundedQty": 1}]},
        ],
    },
    "/v3/inventories": {"meta": {}, "elements": {"inventories": [{"sku": "MAT-1", "nodes": []}]}},
    "/v3/wfs/inventory": {"headers": {"totalCount": 1}, "payload": {"inventory": [{"itemInformation": {}}]}},
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
    if path.startswith("/v3/insights/performance/"):
        return httpx.Response(200, json={"status": "OK", "payload": {"cumulativeRate": 1.5}})
    return httpx.Response(200, json=ANSWERS[path])


class TestWalmart(ConnectorContract):
    connector = WALMART
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    secrets: ClassVar[Mapping[str, str]] = SECRETS

    def responses(self, request: httpx.Request) -> httpx.Response:
        return answer(request)


def window(stream: Stream) -> Window:
    """A fortnight, or whole days of it."""
    end = NOW - stream.lag
    if stream.by_day:
        end = datetime.combine(end.date(), time(), ZoneInfo("America/Los_Angeles")).astimezone(UTC)
    return Window(end - timedelta(days=14), end)


@pytest.fixture
def everything(host: Host) -> list[httpx.Request]:
    """Every request that a sync of all streams and an account test make."""
    context = host.context(answer, settings=SETTINGS, secrets=SECRETS)
    for stream in WALMART.streams:
        for item in stream.fetch(context, window(stream)):
            if isinstance(item, Payload) and isinstance(item.body, Path):
                item.body.unlink()
    assert WALMART.test
    list(WALMART.test(context))
    return host.requests


class Specification:
    """Walmart's OpenAPI documents: which operation a request is, and what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self._operations: dict[tuple[str, re.Pattern[str]], tuple[dict[str, Any], dict[str, Any]]] = {}
        for file in sorted(folder.glob("*/*.openapi.json")):
            document = json.loads(file.read_text("utf-8"))
            prefix = ADS_PREFIX if file.parent.name == "ads" else ""
            for path, methods in document["paths"].items():
                pattern = re.compile(prefix + re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(path.partition("?")[0])))
                for method, operation in methods.items():
                    # A path that repeats with a fixed query is the newer edition of the same operation.
                    self._operations[method.upper(), pattern] = (document, operation)

    def faults(self, request: httpx.Request) -> Iterator[str]:
        found = [
            of for (method, pattern), of in self._operations.items()
            if method == request.method and pattern.fullmatch(request.url.path)
        ]  # fmt: skip
        if not found:
            yield f"{request.method} {request.url.path} is no operation"
            return
        document, operation = found[-1]
        parameters = [_resolved(document, parameter) for parameter in operation.get("parameters", ())]
        yield from _query_faults(request, parameters, document)
        yield from _header_faults(request, parameters)
        if "requestBody" in operation and request.headers.get("content-type", "").startswith("application/json"):
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            yield from _body_faults(request, schema, document)


def _resolved(document: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def _query_faults(request: httpx.Request, parameters: list[Any], document: Mapping[str, Any]) -> Iterator[str]:
    declared = {p["name"]: p for p in parameters if p["in"] == "query"}
    # The specification forgets the version of the report among the parameters of one of the two reconciliation paths.
    declared.setdefault("reportVersion", {"schema": {"type": "string"}})
    if request.url.path.endswith("/latestReportDate"):
        declared.setdefault("advertiserId", {"schema": {"type": "string"}})
    for name, value in request.url.params.multi_items():
        if name not in declared:
            yield f"{request.url.path}: unknown parameter {name}"
        elif value not in [str(v) for v in _resolved(document, declared[name]["schema"]).get("enum") or [value]]:
            yield f"{request.url.path}: {name}={value} is none of the values allowed"
    for name, parameter in declared.items():
        if parameter.get("required") and name not in request.url.params:
            yield f"{request.url.path}: parameter {name} is missing"


def _header_faults(request: httpx.Request, parameters: list[Any]) -> Iterator[str]:
    for parameter in parameters:
        name = parameter["name"]
        # Basic credentials are documented on many operations, and the live service needs them on the token's alone.
        basic = name == "Authorization" and request.url.host != ADS_HOST
        asked = parameter["in"] == "header" and parameter.get("required") and not basic
        if asked and not request.headers.get(name):
            yield f"{request.url.path}: header {name} is missing"


def _body_faults(request: httpx.Request, schema: Any, document: Mapping[str, Any]) -> Iterator[str]:
    schema = dict(_resolved(document, schema))
    # The advertising specification requires a date and a range of dates, and says that both together are an error.
    schema["required"] = [n for n in schema.get("required", ()) if n not in ("reportDate", "startDate", "endDate")]
    for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(request.content)):
        yield f"{request.url.path}: {error.message}"


@cache
def specification(folder: Path) -> Specification:
    return Specification(folder)


def test_every_request_is_one_of_the_specification(everything: list[httpx.Request], shared: Path) -> None:
    spec = specification(shared / "specs/walmart")
    own = [
        r for r in everything if r.url.host in ("marketplace.walmartapis.com", ADS_HOST) and "/file/" not in r.url.path
    ]
    assert len({r.url.path for r in own}) >= 22
    assert [fault for request in own for fault in spec.faults(request)] == []


def test_the_specification_check_can_fail(shared: Path) -> None:
    spec = specification(shared / "specs/walmart")
    asked = httpx.Request("GET", "https://marketplace.walmartapis.com/v3/returns?isWFSEnabled=maybe&page=2")
    assert len(list(spec.faults(asked))) == 5
    assert list(spec.faults(httpx.Request("GET", "https://marketplace.walmartapis.com/v3/returns/count")))


def test_every_request_has_a_correlation_id_of_its_own_and_no_basic_credentials(
    everything: list[httpx.Request],
) -> None:
    own = [r for r in everything if r.url.host == "marketplace.walmartapis.com"]
    ids = [r.headers["WM_QOS.CORRELATION_ID"] for r in own]
    assert len(set(ids)) == len(ids)
    assert {r.headers["WM_SEC.ACCESS_TOKEN"] for r in own} == {"token-1"}
    assert not [r for r in own if "authorization" in r.headers]


def test_a_signed_address_is_asked_without_credentials(everything: list[httpx.Request]) -> None:
    stored = [r for r in everything if r.url.host.endswith("blob.core.windows.net")]
    assert stored
    assert not [name for r in stored for name in r.headers if name.startswith("wm_") or name == "authorization"]


def test_advertising_requests_bear_a_signature_that_verifies(everything: list[httpx.Request]) -> None:
    signed = [r for r in everything if r.url.host == ADS_HOST]
    assert {r.url.path.removeprefix(ADS_PREFIX) for r in signed} >= {"/api/v2/snapshot", "/file/snapshot-1.gz"}
    for request in signed:
        timestamp = request.headers["WM_CONSUMER.intimestamp"]
        assert abs(int(timestamp) / 1000 - datetime.now(UTC).timestamp()) < 3600
        text = ads_auth.signed_text("consumer-1", timestamp, request.headers["WM_SEC.KEY_VERSION"])
        signature = base64.b64decode(request.headers["WM_SEC.AUTH_SIGNATURE"])
        KEY.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        assert request.headers["Authorization"] == "Bearer auth|token+1"


def test_rates_name_every_operation_that_is_asked(everything: list[httpx.Request]) -> None:
    patterns = [re.compile(re.escape(r.match).replace(r"\*", "[^/]+")) for r in WALMART.rates]
    free = {f"{r.method} {r.url.path}" for r in everything}
    unmatched = [line for line in free if not any(p.fullmatch(line) for p in patterns)]
    assert [line for line in unmatched if "/file/" not in line and "item.zip" not in line] == []


def test_each_summary_has_a_bucket_of_one_a_minute() -> None:
    own = [r for r in WALMART.rates if r.operation.endswith(" summary")]
    assert len(own) == len(METRICS) == 9
    assert {(round(r.per_second * 60), r.burst) for r in own} == {(1, 1)}


def test_without_a_partners_keys_the_ads_streams_are_skipped() -> None:
    waiting = [s.name for s in WALMART.streams if s.needs]
    assert waiting == ["ads-campaigns", "ads-products"]


def test_sql_files_are_part_of_the_package() -> None:
    names = {path.name for path in files("kpiterm_walmart").iterdir()}
    assert {"orders.sql", "returns.sql", "recon.sql", "traffic.sql", "wfs_stock.sql"} <= names


def test_the_entry_point_bears_the_connectors_name() -> None:
    found = [point for point in entry_points(group="kpiterm") if point.value == "kpiterm_walmart"]
    if not found:
        pytest.skip("kpiterm-walmart is not installed")
    assert [point.name for point in found] == [WALMART.name]
