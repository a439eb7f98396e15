"""A host for the connector, with Amazon in the test's hands: real client, real limiter, nothing slept."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import msgspec
import pytest

from kpiterm.plugins import Context, Payload, Shape
from kpiterm.plugins.http import Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.model import Marketplace
from kpiterm.plugins.redact import Redactor
from kpiterm.plugins.sql import MACROS
from kpiterm.sync.normalise import source_sql
from kpiterm.sync.spool import Spool
from kpiterm_amazon.connector import AMAZON

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2].parent / "shared"
sys.path.insert(0, str(HERE))  # for amazon_fake: pytest runs in import mode importlib
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]
SETTINGS = {"marketplace": "US", "client_id": "sp-client", "ads_client_id": "ads-client", "ads_profile_id": "42"}
SECRETS = {
    "client_secret": "sp-secret-value",
    "refresh_token": "Atzr|sp-refresh",
    "ads_client_secret": "ads-secret-value",
    "ads_refresh_token": "Atzr|ads-refresh",
}


@dataclass
class Host:
    """What outlives a run (`state`), and what the connector did (`slept`, `logs`, `requests`)."""

    directory: Path
    state: dict[str, str] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None

    def context(
        self,
        answer: Answer | None = None,
        *,
        sandbox: str | None = None,
        settings: Mapping[str, str] = SETTINGS,
        secrets: Mapping[str, str] = SECRETS,
        now: datetime = NOW,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> Context:
        """A run's context; `answer` stands for all of Amazon but the token service, `sandbox` for a server."""
        sleep = sleep or self._sleep
        scope = f"{settings['client_id']}-{len(self.requests)}"
        client = open_client(
            AMAZON,
            auth=None,
            limiter=Limiter(self.directory / "limits", scope, AMAZON.rates, sleep=sleep, clock=clock),
            redactor=Redactor(secrets.values()),
            sleep=sleep,
            log=self.logs.append,
            stats=Stats(),
            spool=self.directory / "spool",
            sandbox=sandbox,
            transport=httpx.MockTransport(self._signed_in(answer)) if answer else None,
        )
        self.clients.append(client)
        context = Context(
            account="us-main",
            settings=settings,
            secrets=secrets,
            marketplace=AMAZON.marketplace(settings),
            http=client,
            now=now,
            log=self.logs.append,
            sleep=sleep,
            download=client.download,
            recall=self.state.get,
            remember=self._remember,
            save_secret=lambda _name, _value: None,
        )
        assert AMAZON.auth
        client.auth = AMAZON.auth(context)
        return context

    def asked(self, method: str, path: str) -> list[httpx.Request]:
        """The requests of a method whose path begins so."""
        return [r for r in self.requests if r.method == method and r.url.path.startswith(path)]

    def _signed_in(self, answer: Answer) -> Answer:
        def handle(request: httpx.Request) -> httpx.Response:
            if request.url.host == "api.amazon.com":
                return httpx.Response(200, json={"access_token": "Atza|token", "expires_in": 3600})
            self.requests.append(request)
            return answer(request)

        return handle

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()

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


Rows = list[dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Rows]:
    """The rows that a shape makes of JSON payloads, read as the host reads them: NDJSON with the declared columns."""

    def rows(shape: Shape, payloads: Sequence[Payload], place: Marketplace | None = None) -> Rows:
        path = tmp_path / "source.ndjson"
        path.write_bytes(b"".join(_lines(payloads)))
        columns = ", ".join(f"'{name}': '{type_}'" for name, type_ in {"_payload": "INTEGER", **shape.columns}.items())
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(MACROS)
            where = place or AMAZON.marketplace(SETTINGS)
            for name in ("channel", "timezone", "currency"):
                con.execute(f"SET VARIABLE {name} = '{getattr(where, name)}'")
            con.execute(
                f"CREATE VIEW source AS SELECT * FROM read_json('{path}', format = 'newline_delimited', "
                f"columns = {{{columns}}})"
            )
            result = con.execute(shape.outputs[0].select)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    return rows


def tables(shape: Shape, items: Iterable[object], directory: Path, place: Marketplace) -> dict[str, Rows]:
    """The rows that a shape makes of payloads, by table, through the host's own spool and reader."""
    spool = Spool(directory, f"rows{next(_NUMBERS)}")
    for item in items:
        spool.add(item)
    manifest = spool.close()
    found: dict[str, Rows] = {}
    with duckdb.connect() as con:
        con.execute(MACROS)
        for variable in ("channel", "timezone", "currency"):
            con.execute(f"SET VARIABLE {variable} = '{getattr(place, variable)}'")
        con.execute(f"CREATE TEMP TABLE source AS {source_sql(manifest.files, shape)}")
        for output in shape.outputs:
            result = con.execute(output.select)
            names = [column[0] for column in result.description or ()]
            found[output.into] = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return found


_NUMBERS = itertools.count()


@pytest.fixture
def spooled(tmp_path: Path) -> Callable[..., dict[str, Rows]]:
    """`spooled(shape, payloads, marketplace)`: the rows by table, as the host would store them."""
    return lambda shape, items, place: tables(shape, items, tmp_path, place)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., dict[str, Rows]]:
    """The rows of a tab-separated file, by table: `load(shape, text)` or `load(shape, header, *lines)`, with `country`
    for another marketplace."""

    def rows(
        shape: Shape, content: str | Sequence[str], *lines: Mapping[str, object], country: str = "US"
    ) -> dict[str, Rows]:
        text, day = content if isinstance(content, str) else table(content, *lines), "2026-11-20"
        extra = {"_taken_at": f"{day}T18:00:00Z", "_day": day, "_country": country}
        known = {name: value for name, value in extra.items() if name in shape.columns}
        payload = Payload(body=text.encode(), format="tsv", request="file", extra=known)
        return tables(shape, [payload], tmp_path, AMAZON.marketplace({"marketplace": country}))

    return rows


@pytest.fixture
def load_lines(tmp_path: Path) -> Callable[..., Rows]:
    """The rows of JSON lines, given as text or as values."""

    def rows(shape: Shape, *lines: str | Mapping[str, object]) -> Rows:
        text = "\n".join(line if isinstance(line, str) else msgspec.json.encode(line).decode() for line in lines)
        payload = Payload(body=text.encode(), format="ndjson", request="lines")
        (found,) = tables(shape, [payload], tmp_path, AMAZON.marketplace(SETTINGS)).values()
        return found

    return rows


def table(header: Sequence[str], *lines: Mapping[str, object]) -> str:
    """A tab-separated text with these columns."""
    rows = ["\t".join(str(line.get(name, "")) for name in header) for line in lines]
    return "\n".join(["\t".join(header), *rows]) + "\n"


def _lines(payloads: Sequence[Payload]) -> Iterator[bytes]:
    for number, payload in enumerate(payloads, start=1):
        raw = msgspec.Raw(payload.body if isinstance(payload.body, bytes) else payload.body.read_bytes())
        for key in payload.records:
            raw = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])[key]
        prefix = msgspec.json.encode({"_payload": number, **payload.extra})[:-1]
        for record in msgspec.json.decode(raw, type=list[msgspec.Raw]):
            yield prefix + b"," + msgspec.json.format(bytes(record), indent=-1)[1:] + b"\n"


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no reference material beside the repository ({SHARED.name}/)")
    return SHARED


@pytest.fixture(scope="session")
def static_sandbox(shared: Path) -> Iterator[str]:
    """Amazon's static sandbox cases, served from its own models."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    names = ("orders_2026-01-01", "reports_2021-06-30", "dataKiosk_2023-11-15", "finances_2024-06-19", "sellers")
    models = [shared / "specs/amazon/models" / f"{name}.json" for name in names]
    command = [sys.executable, str(shared / "tools/sp_api_sandbox.py"), str(port), *map(str, models)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_open(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _until_open(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    raise TimeoutError(f"no server on port {port}")
