"""A plain, well-behaved client of the sandbox, and the shops that the tests look at."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from kpiterm.sandbox import Sandbox

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
SP = "sellingpartnerapi-na.amazon.com"
ADS = "advertising-api.amazon.com"
LWA = "api.amazon.com"
US = "ATVPDKIKX0DER"
CREATE_ADS = "application/vnd.createasyncreportrequest.v3+json"


class AmazonClient:
    """Speaks to one sandbox over HTTP; access tokens are fetched once per application."""

    now = NOW

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.account = sandbox.accounts[0]
        self.http = httpx.Client(base_url=sandbox.url)
        self._tokens: dict[str, str] = {}

    def send(
        self, method: str, host: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        return self.http.request(method, path, headers={"Host": host} | (headers or {}), **more)

    def grant(self, prefix: str = "", **changes: str) -> httpx.Response:
        form = {
            "grant_type": "refresh_token",
            "client_id": self.account.settings[f"{prefix}client_id"],
            "client_secret": self.account.secrets[f"{prefix}client_secret"],
            "refresh_token": self.account.secrets[f"{prefix}refresh_token"],
        }
        return self.send("POST", LWA, "/auth/o2/token", data=form | changes)

    def token(self, prefix: str = "") -> str:
        if prefix not in self._tokens:
            self._tokens[prefix] = self.grant(prefix).json()["access_token"]
        return self._tokens[prefix]

    def sp(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.send(method, SP, path, {"x-amz-access-token": self.token()}, **more)

    def ads(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        own = {
            "Authorization": f"Bearer {self.token('ads_')}",
            "Amazon-Advertising-API-ClientId": self.account.settings["ads_client_id"],
            "Amazon-Advertising-API-Scope": self.account.settings["ads_profile_id"],
        }
        return self.send(method, ADS, path, own | (headers or {}), **more)

    def search(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Every page of a search."""
        included = {"includedData": "PROCEEDS,PROMOTION,FULFILLMENT,CANCELLATION"}
        page = self.sp("GET", "/orders/2026-01-01/orders", params=included | query).json()
        yield page
        while token := page.get("pagination", {}).get("nextToken"):
            page = self.sp("GET", "/orders/2026-01-01/orders", params=included | {"paginationToken": token}).json()
            yield page

    def create(
        self, report_type: str, start: datetime | None = None, end: datetime | None = None, **options: str
    ) -> str:
        body: dict[str, Any] = {"reportType": report_type, "marketplaceIds": [US]}
        if start and end:
            body |= {"dataStartTime": start.isoformat(), "dataEndTime": end.isoformat()}
        if options:
            body["reportOptions"] = options
        return str(self.sp("POST", "/reports/2021-06-30/reports", json=body).raise_for_status().json()["reportId"])

    def status(self, report_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.sp("GET", f"/reports/2021-06-30/reports/{report_id}").json()
        return answer

    def document(self, report_id: str) -> dict[str, Any]:
        """The document's description, once the report is through."""
        while (report := self.status(report_id))["processingStatus"] in {"IN_QUEUE", "IN_PROGRESS"}:
            Event().wait(0.01)
        answer: dict[str, Any] = self.sp("GET", f"/reports/2021-06-30/documents/{report['reportDocumentId']}").json()
        return answer

    def download(self, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
        parts = urlsplit(url)
        return self.send("GET", parts.netloc, f"{parts.path}?{parts.query}", headers)

    def report(
        self, report_type: str, start: datetime | None = None, end: datetime | None = None, **options: str
    ) -> bytes:
        """A report's text, unpacked."""
        answer = self.download(self.document(self.create(report_type, start, end, **options))["url"])
        return gzip.decompress(answer.raise_for_status().content)

    def query(self, text: str) -> list[dict[str, Any]]:
        """The lines of a Data Kiosk query; none where there are no data."""
        base = "/dataKiosk/2023-11-15"
        sent = self.sp("POST", f"{base}/queries", json={"query": text}).raise_for_status().json()
        while (state := self.sp("GET", f"{base}/queries/{sent['queryId']}").json())["processingStatus"] != "DONE":
            Event().wait(0.01)
        if "dataDocumentId" not in state:
            return []
        document = self.sp("GET", f"{base}/documents/{state['dataDocumentId']}").json()
        return [json.loads(line) for line in self.download(document["documentUrl"]).text.splitlines()]

    def transactions(self, start: datetime, **query: str) -> Iterator[dict[str, Any]]:
        """Every page of listTransactions."""
        asked = {"postedAfter": start.isoformat(), **query}
        page = self.sp("GET", "/finances/2024-06-19/transactions", params=asked).raise_for_status().json()
        yield page
        while token := page["payload"].get("nextToken"):
            page = self.sp("GET", "/finances/2024-06-19/transactions", params=asked | {"nextToken": token}).json()
            yield page

    def ads_report(self, **changes: Any) -> list[dict[str, Any]]:
        """The rows of an ads report."""
        created = self.ads("POST", "/reporting/reports", {"Content-Type": CREATE_ADS}, json=self.ads_request(**changes))
        report = created.raise_for_status().json()
        while report["status"] != "COMPLETED":
            Event().wait(0.01)
            report = self.ads("GET", f"/reporting/reports/{report['reportId']}").json()
        rows: list[dict[str, Any]] = httpx.Response(
            200, content=gzip.decompress(self.download(report["url"]).content)
        ).json()
        return rows

    @staticmethod
    def ads_request(**changes: Any) -> dict[str, Any]:
        """A valid daily spCampaigns request for the week before NOW."""
        configuration = {
            "adProduct": "SPONSORED_PRODUCTS",
            "groupBy": ["campaign"],
            "columns": ["date", "campaignId", "impressions", "clicks", "cost", "purchases7d", "sales7d"],
            "reportTypeId": "spCampaigns",
            "timeUnit": "DAILY",
            "format": "GZIP_JSON",
        }
        dates = {
            "startDate": changes.pop("startDate", str((NOW - timedelta(days=9)).date())),
            "endDate": changes.pop("endDate", str((NOW - timedelta(days=3)).date())),
        }
        return dates | {"configuration": configuration | changes}


@pytest.fixture
def open_client() -> Iterator[Callable[..., AmazonClient]]:
    """Starts a sandbox with the given options and returns its client."""
    with ExitStack() as stack:

        def start(**options: Any) -> AmazonClient:
            defaults: dict[str, Any] = {"now": NOW, "report_seconds": 0.0, "throttle": False, "days": 100}
            sandbox = stack.enter_context(Sandbox(**(defaults | options)))
            client = AmazonClient(sandbox)
            stack.callback(client.http.close)
            return client

        yield start


@pytest.fixture(scope="package")
def amazon() -> Iterator[AmazonClient]:
    """One unthrottled sandbox for tests that only read."""
    with Sandbox(now=NOW, report_seconds=0.0, throttle=False, days=100) as sandbox:
        client = AmazonClient(sandbox)
        yield client
        client.http.close()
