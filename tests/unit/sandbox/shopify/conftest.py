"""A plain client of the simulated Shopify shop, and the shops that the tests look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.shopify import SHOP, Setup, Storefront, build

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
RUN = """
mutation Run($q: String!, $grouped: Boolean! = false) {
  bulkOperationRunQuery(query: $q, groupObjects: $grouped) {
    bulkOperation { id status }
    userErrors { code field message }
  }
}"""
POLL = """
query Poll($id: ID!) {
  bulkOperation(id: $id) { id status errorCode completedAt objectCount rootObjectCount fileSize url partialDataUrl }
}"""


class ShopifyClient:
    """Speaks to one sandbox over HTTP with a client credentials token."""

    now = NOW

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.account = sandbox.accounts[0]
        self.http = httpx.Client(base_url=sandbox.url)
        self.front = Storefront(sandbox.shop)
        self._token = ""

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.http.request(method, path, headers={"Host": SHOP} | (headers or {}), **more)

    def grant(self, **form: str) -> httpx.Response:
        filled = {
            "grant_type": "client_credentials",
            "client_id": self.account.settings.get("client_id", ""),
            "client_secret": self.account.secrets.get("client_secret", ""),
        } | form
        return self.send("POST", "/admin/oauth/access_token", data=filled)

    @property
    def token(self) -> str:
        if not self._token:
            self._token = self.grant().json()["access_token"]
        return self._token

    def post(self, query: str, version: str = "2026-10", token: str | None = None, **variables: Any) -> httpx.Response:
        headers = {"X-Shopify-Access-Token": self.token if token is None else token}
        body = {"query": query, "variables": variables}
        return self.send("POST", f"/admin/api/{version}/graphql.json", headers, json=body)

    def ask(self, query: str, version: str = "2026-10", **variables: Any) -> dict[str, Any]:
        """The whole answer, errors included; a token that has ended is renewed."""
        response = self.post(query, version, **variables)
        if response.status_code == 401:
            self._token = ""
            response = self.post(query, version, **variables)
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    def all(self, query: str, name: str, **variables: Any) -> list[dict[str, Any]]:
        """Every node of a listing whose query takes `$after`."""
        found, after = [], None
        while True:
            page = self.data(query, after=after, **variables)[name]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def run(self, query: str, **variables: Any) -> dict[str, Any]:
        """The payload of bulkOperationRunQuery."""
        payload: dict[str, Any] = self.data(RUN, q=query, **variables)["bulkOperationRunQuery"]
        return payload

    def operation(self, global_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.data(POLL, id=global_id)["bulkOperation"]
        return found

    def download(self, url: str) -> httpx.Response:
        parts = urlsplit(url)
        return self.http.get(f"{parts.path}?{parts.query}", headers={"Host": parts.netloc})

    def bulk(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The lines of a bulk query's file."""
        operation = self.operation(self.run(query, **variables)["bulkOperation"]["id"])
        return [json.loads(line) for line in self.download(operation["url"]).text.splitlines()]


@pytest.fixture
def open_shop() -> Iterator[Callable[..., ShopifyClient]]:
    """Starts a sandbox; options of `Setup` and of `Sandbox` may be mixed."""
    with ExitStack() as stack:

        def start(**options: Any) -> ShopifyClient:
            known = Setup.__dataclass_fields__.keys() & options.keys()
            setup = Setup(**{name: options.pop(name) for name in known})
            defaults: dict[str, Any] = {"now": NOW, "report_seconds": 0.0, "throttle": False, "days": 100}
            vendors = (partial(build, setup=setup),)
            sandbox = stack.enter_context(Sandbox(vendors=vendors, **(defaults | options)))
            client = ShopifyClient(sandbox)
            stack.callback(client.http.close)
            return client

        yield start


@pytest.fixture(scope="package")
def shop() -> Iterator[ShopifyClient]:
    """One unthrottled shop for tests that only read."""
    with Sandbox(vendors=("shopify",), now=NOW, report_seconds=0.0, throttle=False, days=100) as sandbox:
        client = ShopifyClient(sandbox)
        yield client
        client.http.close()
