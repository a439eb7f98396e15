"""A vendor on loopback that answers as it is told, and clients that speak to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from kpiterm.plugins.http import HostClient, Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.model import Connector, Rate
from kpiterm.plugins.redact import Redactor

HOSTS = ("api.acme.com", "*.files.acme.com")


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """An answer; `cut` closes the connection after that many bytes of a body announced in full."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


@dataclass
class Vendor:
    """Gives the queued replies in turn, the last one for ever. `route` answers whole paths instead."""

    url: str = ""
    requests: list[Seen] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    route: dict[str, Callable[[Seen], tuple[int, bytes]]] = field(default_factory=dict)

    def reply(self, status: int = 200, body: bytes = b"{}", *, cut: int | None = None, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append(Reply(status, body, named, cut))

    def answer(self, seen: Seen) -> Reply:
        self.requests.append(seen)
        if route := self.route.get(seen.path.partition("?")[0]):
            return Reply(*route(seen))
        return self.replies.pop(0) if len(self.replies) > 1 else (self.replies or [Reply()])[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    vendor: Vendor

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.vendor.answer(Seen(self.command, self.path, headers, body))
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut])
        self.close_connection = reply.cut is not None

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    def log_message(self, *args: object) -> None:
        """Tests have nothing to tell."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor()
    handler = type("Handler", (_Handler,), {"vendor": vendor})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    vendor.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield vendor
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Desk:
    """Opens clients; waits are recorded instead of slept."""

    directory: Path
    waits: list[float] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    redactor: Redactor = field(default_factory=Redactor)
    stats: Stats = field(default_factory=Stats)
    opened: ExitStack = field(default_factory=ExitStack)

    @property
    def spool(self) -> Path:
        return self.directory / "spool"

    def client(
        self, *, sandbox: str | None, auth: httpx.Auth | None = None, rates: tuple[Rate, ...] = (), **how: Any
    ) -> HostClient:
        self.stats.note = self.notes.append
        client = open_client(
            acme(), auth=auth, sandbox=sandbox, redactor=self.redactor, stats=self.stats, spool=self.spool,
            limiter=Limiter(self.directory / "limits", "acme", rates, sleep=self.waits.append),
            sleep=self.waits.append, log=self.logs.append, **how,
        )  # fmt: skip
        return self.opened.enter_context(client)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    with desk.opened:
        yield desk


def acme() -> Connector:
    """A connector of which only name and hosts matter."""
    return Connector(
        name="acme", title="Acme", hosts=HOSTS, streams=(), marketplace=lambda _: MARKETPLACES["amazon.com"]
    )
