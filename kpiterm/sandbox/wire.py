"""Just enough HTTP/1.1 to serve a client on loopback fast: requests in, responses out, connections kept alive."""

from __future__ import annotations

import json
import socket
import socketserver
import sys
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cached_property
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpiterm.sandbox.faults import Faults

JSON = "application/json"
_MAX_BODY = 10_000_000
_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {520: "Unknown Error"}  # what an edge answers


@dataclass(frozen=True)
class Request:
    """One request; header names are lower case, `path` is decoded and has no query."""

    method: str
    host: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def query(self) -> dict[str, str]:
        """Query parameters; repeated ones are joined with commas, as Amazon reads them."""
        out: dict[str, str] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            out[name] = f"{out[name]},{value}" if name in out else value
        return out


@dataclass
class Response:
    """Status, body and extra headers of an answer."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self, method: str) -> bytes:
        phrase = _PHRASES[self.status]
        head = [
            f"HTTP/1.1 {self.status} {phrase}",
            f"Date: {formatdate(usegmt=True)}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + (b"" if method == "HEAD" else self.body)


def json_response(status: int, value: Any, headers: dict[str, str] | None = None) -> Response:  # noqa: ANN401 - any JSON
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, headers=headers or {})


class UnreadableRequestError(Exception):
    """The bytes on the connection are no HTTP request that this server takes."""


class Connection(socketserver.StreamRequestHandler):
    """One keep-alive connection."""

    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def handle(self) -> None:
        try:
            self._serve()
        except UnreadableRequestError as error:
            refused = json_response(400, {"message": str(error)}, {"Connection": "close"})
            self.wfile.write(refused.encode("GET"))

    def _serve(self) -> None:
        while (request := self._read()) is not None:
            if self.server.latency:
                self.server.stopping.wait(self.server.latency)
            fault = self.server.faults.draw(request.host)
            response = self.server.faults.response(fault, request.host) or self.server.answer(request)
            data = response.encode(request.method)
            if not self.server.faults.send(fault, data, self.wfile, self.server.stopping, self.connection):
                return
            if request.headers.get("connection", "").lower() == "close":
                return

    def _read(self) -> Request | None:
        line = self.rfile.readline(65536)
        if not line:
            return None
        method, _, rest = line.decode("latin-1").strip().partition(" ")
        target, _, version = rest.rpartition(" ")
        if not version.startswith("HTTP/1."):
            raise UnreadableRequestError(f"not an HTTP/1.x request line: {line[:80]!r}")
        headers: dict[str, str] = {}
        while (line := self.rfile.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if "transfer-encoding" in headers:
            raise UnreadableRequestError("chunked request bodies are not taken; send a Content-Length")
        length = headers.get("content-length") or "0"
        if not length.isdecimal() or int(length) > _MAX_BODY:
            raise UnreadableRequestError(f"Content-Length {length} is not a number up to {_MAX_BODY}")
        path, _, query = target.partition("?")
        host = headers.get("host", "").lower().partition(":")[0]
        return Request(method, host, unquote(path), query, headers, self.rfile.read(int(length)))


class Server(socketserver.ThreadingTCPServer):
    """The listening socket; closing it also closes every connection, so that nothing outlives the sandbox."""

    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, answer: Callable[[Request], Response], faults: Faults, latency: float) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.answer, self.faults, self.latency = answer, faults, latency
        self.connections: set[socket.socket] = set()
        self.stopping = Event()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - signature of the base class
        """A client that hangs up is everyday; anything else is a bug of the sandbox and goes to stderr."""
        if not isinstance(sys.exception(), ConnectionError) and not self.stopping.is_set():
            super().handle_error(request, client_address)

    def close(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
