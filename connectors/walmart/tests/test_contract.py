"""The contract that every connector keeps, and every request held against Walmart's specification."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from walmart_fake import KEY, SECRETS, SETTINGS, SNAPSHOT_FILE, STORED, STREAMS, answer, asked_by
from walmart_spec import specification

from kpiterm.plugins.testing import ConnectorContract
from kpiterm_walmart import ads_auth
from kpiterm_walmart.auth import MarketplaceAuth
from kpiterm_walmart.connector import WALMART
from kpiterm_walmart.places import ADS_HOST, ADS_PREFIX
from kpiterm_walmart.standards import METRICS

if TYPE_CHECKING:
    from conftest import Host


class TestWalmart(ConnectorContract):
    connector = WALMART
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    secrets: ClassVar[Mapping[str, str]] = SECRETS

    def responses(self, request: httpx.Request) -> httpx.Response:
        return answer(request)


@pytest.fixture
def everything(host: Host) -> list[httpx.Request]:
    """Every request that a sync of all streams and an account test make."""
    return [request for name in (*STREAMS, "account test") for request in asked_by(host, name)]


@pytest.mark.parametrize("name", [*STREAMS, "account test"])
def test_every_request_is_one_of_the_specification(host: Host, shared: Path, name: str) -> None:
    spec = specification(shared / "specs/walmart")
    asked = asked_by(host, name)
    files = {STORED, SNAPSHOT_FILE}
    own = [request for request in asked if str(request.url) not in files]
    assert own, "a stream that asks for nothing is not checked"
    assert {r.url.host for r in own} <= {"marketplace.walmartapis.com", ADS_HOST}
    assert [fault for request in own for fault in spec.faults(request)] == []


def test_the_token_is_asked_for_as_specified(shared: Path) -> None:
    auth = MarketplaceAuth("client-1", "client+secret/1")
    asked = next(auth.auth_flow(httpx.Request("GET", "https://marketplace.walmartapis.com/v3/orders")))
    assert (asked.method, asked.url.path, dict(httpx.QueryParams(asked.content.decode()))) == (
        "POST", "/v3/token", {"grant_type": "client_credentials"},
    )  # fmt: skip
    assert list(specification(shared / "specs/walmart").faults(asked)) == []


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


def test_other_operations_of_one_a_minute() -> None:
    """The tier by Walmart's page; making reports by what others have measured."""
    slow = {r.operation for r in WALMART.rates if r.burst == 1 and round(r.per_second * 60) == 1}
    assert {name for name in slow if not name.endswith(" summary")} == {"seller incentives", "create report"}


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
