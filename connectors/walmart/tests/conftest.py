"""A host for the connector, with Walmart in the test's hands: real client, limiter, spool and reader, nothing slept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from kpiterm.plugins import Payload, Row, Shape, Window
from kpiterm.plugins.testing import Host as TestHost
from kpiterm_walmart.connector import WALMART

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2].parent / "shared"
sys.path.insert(0, str(HERE))  # for walmart_fake: pytest runs in import mode importlib
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 19, 18, 0, tzinfo=UTC), NOW)
SETTINGS = {
    "client_id": "client-1",
    "refunds_from": "returns",
    "ads_advertiser_id": "600001",
    "ads_consumer_id": "consumer-1",
}
SECRETS = {"client_secret": "the-client-secret", "ads_auth_token": "the-auth-token"}
Answer = Callable[[httpx.Request], httpx.Response]
Rows = list[dict[str, Any]]


class Host(TestHost):
    """Walmart in the test's hands; its token service answers by itself."""

    def respond(self, handler: Answer, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v3/token":
            return httpx.Response(200, json={"access_token": "token-1", "token_type": "Bearer", "expires_in": 900})
        return super().respond(handler, request)

    def fetch(self, stream: str, handler: Answer, window: Window = WINDOW, **how: Any) -> list[Any]:
        return super().fetch(stream, handler, window, **how)

    def asked(self, path: str) -> list[httpx.Request]:
        """The requests to a path, in order."""
        return [request for request in self.requests if request.url.path == path]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(
        connector=WALMART, directory=tmp_path, settings=SETTINGS, secrets=SECRETS, now=NOW, account="us-walmart"
    )
    yield host
    host.close()


@pytest.fixture
def read(host: Host) -> Callable[[str | Shape, Iterable[Payload | Row]], dict[str, Rows]]:
    """The canonical rows of a stream's payloads (or of a shape), by table, through the host's own spool and reader."""

    def rows(of: str | Shape, payloads: Iterable[Payload | Row]) -> dict[str, Rows]:
        found = WALMART.stream(of) if isinstance(of, str) else None
        shape = found.shape if found else of
        assert isinstance(shape, Shape)
        return host.read(shape, payloads)

    return rows


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no reference material beside the repository ({SHARED.name}/)")
    return SHARED


@pytest.fixture(scope="session")
def fixture(shared: Path) -> Callable[[str], Any]:
    """An example of Walmart's specification by the name of its file, as JSON."""
    return lambda name: json.loads((shared / "specs/walmart/fixtures" / f"{name}.json").read_text("utf-8"))
