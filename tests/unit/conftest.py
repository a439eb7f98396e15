"""Something that takes messages, and somewhere to keep its address."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from keyring.backend import KeyringBackend


class Receiver(ThreadingHTTPServer):
    """A web hook on loopback. `status` is what it answers; `taken` are the messages it accepted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status, self.asked = 200, 0
        self.taken: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        """Its apprise address, with two secrets in it."""
        return f"json://ops:hunter2hunter2@127.0.0.1:{self.server_port}/hook/T0P-S3CR3T"


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        if self.server.status == 200:
            self.server.taken.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Vault(KeyringBackend):
    """A keyring in memory, named in config.toml by the path of its class."""

    priority: ClassVar[float] = 1
    held: ClassVar[dict[tuple[str, str], str]] = {}

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> str:
    """The class path of an empty keyring."""
    monkeypatch.setattr(Vault, "held", {})
    monkeypatch.setitem(sys.modules, "kpiterm_notify_vault", sys.modules[__name__])
    return "kpiterm_notify_vault.Vault"
