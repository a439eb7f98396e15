"""The line to a vendor: hosts that may be spoken to, re-routing to a sandbox, bodies that are read within bounds."""

from __future__ import annotations

import ipaddress
import logging
import ssl
import urllib.request
import zlib
from collections.abc import Iterable, Iterator, Sequence

import httpx

from kpiterm.plugins.errors import DataError, SettingError

ACCEPT_ENCODING = "gzip"
_GZIP = b"\x1f\x8b"
_STEP = 1 << 20


class Line(httpx.BaseTransport):
    """Sends over https to the listed hosts and refuses every other address; `sandbox` takes the place of all of them.

    A host is an exact name, or `*.` and a suffix. With a sandbox, its own loopback address may be asked directly too.
    """

    def __init__(
        self, connector: str, hosts: Sequence[str], *, sandbox: str | None, inner: httpx.BaseTransport | None
    ) -> None:
        self._connector, self._hosts = connector, tuple(host.lower() for host in hosts)
        self._sandbox = loopback(sandbox) if sandbox else None
        self._inner = inner or _network(direct=sandbox is not None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(self._routed(request))

    def close(self) -> None:
        self._inner.close()

    def _routed(self, request: httpx.Request) -> httpx.Request:
        url, sandbox = request.url, self._sandbox
        if sandbox and (url.scheme, url.host, url.port) == (sandbox.scheme, sandbox.host, sandbox.port):
            return request
        if url.scheme != "https" or url.port is not None or not any(matches(url.host, host) for host in self._hosts):
            raise SettingError(
                f"connector {self._connector} may not send to {url.scheme}://{url.netloc.decode()}",
                hint=f"it is declared for https and the hosts {', '.join(self._hosts)}; if the vendor really uses "
                "another one, the connector must list it",
            )
        if not sandbox:
            return request
        there = url.copy_with(scheme=sandbox.scheme, host=sandbox.host, port=sandbox.port)
        return httpx.Request(
            request.method, there, headers=request.headers, stream=request.stream, extensions=request.extensions
        )


def matches(host: str, pattern: str) -> bool:
    """Whether `pattern` (a name, or `*.suffix`) covers `host`."""
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def loopback(address: str) -> httpx.URL:
    """`address` as a URL, if it is plain http on a literal loopback address; SettingError otherwise."""
    try:
        url = httpx.URL(address)
        local = ipaddress.ip_address(url.host).is_loopback
    except (httpx.InvalidURL, ValueError):
        local = False
    if not local or url.scheme != "http" or url.userinfo or url.path not in ("", "/") or url.query or url.fragment:
        raise SettingError(
            f"sandbox address {address!r} is not a loopback address, and credentials would be sent there",
            hint="write it as http://127.0.0.1:PORT",
        )
    return url


def unzipped(chunks: Iterable[bytes], limit: int, what: str) -> Iterator[bytes]:
    """`chunks` without gzip, however often applied (a zipped document may be sent with Content-Encoding: gzip).

    Raises DataError beyond `limit` bytes, httpx.RemoteProtocolError where the gzip stream ends early or is damaged.
    """
    total = 0
    for chunk in _peeled(_peeled(chunks)):
        total += len(chunk)
        if total > limit:
            raise DataError(
                f"{what}: the answer is larger than {limit / (1 << 20):,.0f} MiB",
                hint="nothing of it was kept; ask for a shorter period, with a smaller max_window of the stream",
            )
        yield chunk


def _peeled(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """`chunks`, gunzipped where they begin with the gzip magic bytes."""
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= len(_GZIP):
            break
    if not head.startswith(_GZIP):
        if head:
            yield head
        yield from source
        return
    try:
        yield from _gunzip(head, source)
    except (zlib.error, EOFError) as error:
        raise httpx.RemoteProtocolError(f"the gzip stream is cut off or damaged ({error})") from None


def _gunzip(head: bytes, source: Iterator[bytes]) -> Iterator[bytes]:
    """All members of a gzip stream, in steps that bound memory whatever the ratio."""
    member = zlib.decompressobj(wbits=31)
    data = head
    while True:
        while data:
            if member.eof:
                if not data.strip(b"\0"):
                    break
                member = zlib.decompressobj(wbits=31)
            if plain := member.decompress(data, _STEP):
                yield plain
            data = member.unused_data if member.eof else member.unconsumed_tail
        try:
            data = next(source)
        except StopIteration:
            break
    if not member.eof:
        raise EOFError("end of data before end of stream")


def raw_chunks(response: httpx.Response, what: str) -> Iterator[bytes]:
    """The body as it came over the line; only gzip was asked for, so any other coding is refused."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise DataError(f"{what}: the answer is coded as {coding!r}, which was not asked for", hint="report this")
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise DataError(f"{what}: the transport gave an answer that cannot be read synchronously", hint="report this")
    return iter(response.stream)


def _network(*, direct: bool) -> httpx.HTTPTransport:
    """The real network, through the environment's HTTPS proxy; `direct` is for a sandbox, which speaks plain http and
    so needs no certificates read. Retries are ours, so none here."""
    limits = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30)
    if direct:
        return httpx.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), limits=limits)
    return httpx.HTTPTransport(proxy=urllib.request.getproxies().get("https"), limits=limits)


class _Muted(logging.Filter):
    """Drops what the HTTP libraries log below WARNING: full addresses and headers, which hold credentials."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_MUTED = _Muted()


def mute_wire_logs() -> None:
    """A filter and not a level, since a level that somebody sets later would undo it. Harmless if repeated."""
    for name in (
        "httpx",
        "httpcore.connection",
        "httpcore.http11",
        "httpcore.http2",
        "httpcore.proxy",
        "httpcore.socks",
    ):
        logging.getLogger(name).addFilter(_MUTED)
