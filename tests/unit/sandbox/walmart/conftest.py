"""A plain, well-behaved client of the Walmart sandbox, and the shops that the tests look at."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.walmart import WalmartShop
from kpiterm.sandbox.walmart.signing import SANDBOX_KEY, signed_text

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
HOST, ADS_HOST = "marketplace.walmartapis.com", "developer.api.walmart.com"
PREFIX = "/api-proxy/service/WPA/Api/v1"
MARKET = {"WM_GLOBAL_VERSION": "3.1", "WM_MARKET": "us", "wm_audit.origin_source": "seller"}
METRICS = ["date", "campaignId", "itemId", "numAdsShown", "numAdsClicks", "adSpend", "attributedSales14days"]


class WalmartClient:
    """Speaks to one sandbox over HTTP; `truth` is what its answers must add up to."""

    now, market = NOW, MARKET

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.account = sandbox, sandbox.accounts[0]
        self.truth = WalmartShop(sandbox.shop)
        self.http = httpx.Client(base_url=sandbox.url)
        self._token = ""

    def send(
        self, method: str, host: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        return self.http.request(method, path, headers={"Host": host} | (headers or {}), **more)

    def basic(self, secret: str = "") -> str:
        pair = f"{self.account.settings['client_id']}:{secret or self.account.secrets['client_secret']}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    @staticmethod
    def headers() -> dict[str, str]:
        return {
            "WM_QOS.CORRELATION_ID": str(uuid4()),
            "WM_SVC.NAME": "Walmart Marketplace",
            "Accept": "application/json",
        }

    def grant(self, secret: str = "", **headers: str) -> httpx.Response:
        own = self.headers() | {"Authorization": self.basic(secret)} | headers
        return self.send("POST", HOST, "/v3/token", own, data={"grant_type": "client_credentials"})

    def wait(self, by: timedelta) -> None:
        """Move the sandbox's clock; the next call fetches a new token."""
        self.sandbox.clock.move(by)
        self._token = ""

    def token(self) -> str:
        self._token = self._token or self.grant().json()["access_token"]
        return self._token

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        own = self.headers() | {"WM_SEC.ACCESS_TOKEN": self.token()}
        return self.send(method, HOST, path, own | (headers or {}), **more)

    def get(self, path: str, headers: dict[str, str] | None = None, /, **query: Any) -> httpx.Response:
        return self.call("GET", path, headers, **({"params": query} if query else {}))

    def orders(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Every order of a search; the cursor goes back as it came."""
        answer = self.get("/v3/orders", **query)
        while answer.status_code != 404:
            body = answer.raise_for_status().json()["list"]
            yield from body["elements"]["order"]
            if "nextCursor" not in body["meta"]:
                return
            answer = self.get(f"/v3/orders{body['meta']['nextCursor']}")

    def create(self, kind: str, version: str, **body: str) -> str:
        answer = self.call(
            "POST", "/v3/reports/reportRequests", params={"reportType": kind, "reportVersion": version}, json=body
        )
        return str(answer.raise_for_status().json()["requestId"])

    def finished(self, kind: str, request_id: str) -> dict[str, Any]:
        """The request as the list shows it once it is through."""
        while True:
            requests = self.get("/v3/reports/reportRequests", reportType=kind).json()["requests"]
            found: dict[str, Any] = next(r for r in requests if r["requestId"] == request_id)
            if found["requestStatus"] in {"READY", "ERROR"}:
                return found
            Event().wait(0.01)

    def download(self, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
        parts = urlsplit(url)
        return self.send("GET", parts.netloc, f"{parts.path}?{parts.query}", headers)

    def report(self, kind: str, version: str, **body: str) -> list[dict[str, str]]:
        """A report's rows."""
        request_id = self.create(kind, version, **body)
        assert self.finished(kind, request_id)["requestStatus"] == "READY"
        answer = self.get("/v3/reports/downloadReport", requestId=request_id).json()
        return self.unzipped(self.download(answer["downloadURL"]).raise_for_status().content)

    def signed(self, **changes: str) -> dict[str, str]:
        """Walmart Connect's headers for a request now."""
        consumer, moment = self.account.settings["ads_consumer_id"], str(int(self.sandbox.clock.time() * 1000))
        return {
            "Authorization": f"Bearer {self.account.secrets['ads_auth_token']}",
            "WM_CONSUMER.ID": consumer,
            "WM_SEC.KEY_VERSION": "1",
            "WM_CONSUMER.intimestamp": moment,
            "WM_SEC.AUTH_SIGNATURE": SANDBOX_KEY.sign(signed_text(consumer, moment, "1")),
        } | changes

    def ads(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.send(method, ADS_HOST, PREFIX + path, self.signed() | (headers or {}), **more)

    def ask(self, **changes: Any) -> httpx.Response:
        """Ask for a snapshot of the three weeks before NOW."""
        body = {
            "advertiserId": int(self.account.settings["ads_advertiser_id"]),
            "startDate": "2026-11-01",
            "endDate": "2026-11-21",
            "reportType": "adItem",
            "reportMetrics": METRICS,
        }
        wanted = {name: value for name, value in (body | changes).items() if value is not None}
        return self.ads("POST", "/api/v2/snapshot/report", json=wanted)

    def snapshot_url(self, **changes: Any) -> str:
        snapshot_id = self.ask(**changes).raise_for_status().json()["snapshotId"]
        query = {"advertiserId": self.account.settings["ads_advertiser_id"], "snapshotId": snapshot_id}
        while (body := self.ads("GET", "/api/v2/snapshot", params=query).json())["jobStatus"] != "done":
            Event().wait(0.01)
        return str(body["details"])

    def snapshot(self, **changes: Any) -> list[dict[str, str]]:
        """The rows of a snapshot."""
        url = urlsplit(self.snapshot_url(**changes))
        answer = self.send("GET", url.netloc, url.path, self.signed()).raise_for_status()
        return list(csv.DictReader(io.StringIO(gzip.decompress(answer.content).decode())))

    @staticmethod
    def unzipped(content: bytes) -> list[dict[str, str]]:
        """The rows of the one CSV file in a ZIP."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (name,) = archive.namelist()
            return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


@pytest.fixture
def open_walmart() -> Iterator[Callable[..., WalmartClient]]:
    """Starts a sandbox with the given options and returns its client."""
    with ExitStack() as stack:

        def opened(**options: Any) -> WalmartClient:
            defaults: dict[str, Any] = {"now": NOW, "report_seconds": 0.02, "throttle": False, "vendors": ("walmart",)}
            client = WalmartClient(stack.enter_context(Sandbox(**(defaults | options))))
            stack.callback(client.http.close)
            return client

        yield opened


@pytest.fixture(scope="package")
def busy() -> Iterator[WalmartClient]:
    """A shop with so many orders that every rare event happens."""
    with Sandbox(vendors=("walmart",), now=NOW, throttle=False, orders_per_day=500) as sandbox:
        client = WalmartClient(sandbox)
        yield client
        client.http.close()


@pytest.fixture(scope="package")
def walmart() -> Iterator[WalmartClient]:
    """One shop of 120 days without quotas, for tests that only read."""
    with Sandbox(vendors=("walmart",), now=NOW, report_seconds=0.02, throttle=False, orders_per_day=120) as sandbox:
        client = WalmartClient(sandbox)
        yield client
        client.http.close()
