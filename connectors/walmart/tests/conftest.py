"""A host for the connector, with Walmart in the test's hands: real client, limiter, spool and reader, nothing slept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from kpiterm.plugins import Context, Payload, Row, Shape, Window
from kpiterm.plugins.http import Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.redact import Redactor
from kpiterm.plugins.sql import MACROS
from kpiterm.sync.normalise import source_sql
from kpiterm.sync.spool import Spool
from kpiterm_walmart.connector import WALMART

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
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


@dataclass
class Host:
    """What outlives a run (`state`), and what the connector did (`slept`, `logs`, `requests`, `signed_in`)."""

    directory: Path
    state: dict[str, str] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)

    def context(
        self,
        answer: Answer,
        *,
        settings: Mapping[str, str] = SETTINGS,
        secrets: Mapping[str, str] = SECRETS,
        now: datetime = NOW,
    ) -> Context:
        """A run's context; `answer` stands for all of Walmart but the token service, unless it answers that itself."""
        client = open_client(
            WALMART,
            auth=None,
            limiter=Limiter(
                self.directory / "limits", f"run-{len(self.clients)}", WALMART.rates, sleep=self.slept.append
            ),
            redactor=Redactor(secrets.values()),
            sleep=self.slept.append,
            log=self.logs.append,
            stats=Stats(),
            spool=self.directory / "documents",
            transport=httpx.MockTransport(self._recorded(answer)),
            attempts=2,
        )
        self.clients.append(client)
        context = Context(
            account="us-walmart",
            settings=settings,
            secrets=secrets,
            marketplace=WALMART.marketplace(settings),
            http=client,
            now=now,
            log=self.logs.append,
            sleep=self.slept.append,
            download=client.download,
            recall=self.state.get,
            remember=self._remember,
            save_secret=lambda _name, _value: None,
        )
        assert WALMART.auth
        client.auth = WALMART.auth(context)
        return context

    def fetch(self, stream: str, answer: Answer, window: Window = WINDOW, **how: Any) -> list[Payload | Row]:
        found = WALMART.stream(stream)
        assert found
        return list(found.fetch(self.context(answer, **how), window))

    def asked(self, path: str) -> list[httpx.Request]:
        """The requests to a path, in order."""
        return [request for request in self.requests if request.url.path == path]

    def _recorded(self, answer: Answer) -> Answer:
        def handle(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v3/token":
                return httpx.Response(200, json={"access_token": "token-1", "token_type": "Bearer", "expires_in": 900})
            self.requests.append(request)
            return answer(request)

        return handle

    def _remember(self, key: str, value: str | None) -> None:
        if value is None:
            self.state.pop(key, None)
        else:
            self.state[key] = value


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    for client in host.clients:
        client.close()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | Shape, Iterable[Payload | Row]], dict[str, Rows]]:
    """The canonical rows of a stream's payloads (or of a shape), by table, through the host's own spool and reader."""

    def rows(of: str | Shape, payloads: Iterable[Payload | Row]) -> dict[str, Rows]:
        found = WALMART.stream(of) if isinstance(of, str) else None
        shape = found.shape if found else of
        assert isinstance(shape, Shape)
        spool = Spool(tmp_path, "spool")
        for item in payloads:
            spool.add(item)
        manifest = spool.close()
        with duckdb.connect() as con:
            con.execute(MACROS)
            place = WALMART.marketplace({})
            for name in ("channel", "timezone", "currency"):
                con.execute(f"SET VARIABLE {name} = '{getattr(place, name)}'")
            con.execute(f"CREATE TEMP TABLE source AS {source_sql(manifest.files, shape)}")
            return {output.into: _select(con, output.select) for output in shape.outputs}

    return rows


def _select(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    result = con.execute(sql)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no reference material beside the repository ({SHARED.name}/)")
    return SHARED


@pytest.fixture(scope="session")
def fixture(shared: Path) -> Callable[[str], Any]:
    """An example of Walmart's specification by the name of its file, as JSON."""
    return lambda name: json.loads((shared / "specs/walmart/fixtures" / f"{name}.json").read_text("utf-8"))
