"""The HTTP client of a connector: allow-listed hosts, shared quota, retries, bounded bodies, errors in plain words."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

import httpx

from kpiterm.plugins import clock
from kpiterm.plugins.context import Download
from kpiterm.plugins.errors import DataError, PluginError, TransientError
from kpiterm.plugins.exchange import TIMEOUT, Exchange, Stats
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.model import Connector
from kpiterm.plugins.redact import Redactor
from kpiterm.plugins.status import DOCUMENT_MEANINGS, error_for
from kpiterm.plugins.wire import ACCEPT_ENCODING, Line, mute_wire_logs, unzipped

__all__ = ["HostClient", "Stats", "open_client"]

_MAX_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)


class _Transport(httpx.BaseTransport):
    """The exchange as a transport, so that token requests of an httpx.Auth take the same way as all others."""

    def __init__(self, exchange: Exchange, max_body: int) -> None:
        self._exchange, self._max_body = exchange, max_body

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        what = self._exchange.name(request)
        return self._exchange.run(request, what, lambda _, chunks: b"".join(unzipped(chunks, self._max_body, what)))

    def close(self) -> None:
        self._exchange.line.close()


class HostClient(httpx.Client):
    """`Context.http`: an httpx.Client that returns answers of status 2xx and raises `kpiterm.plugins.errors` for the
    rest, but for the statuses in `extensions={"accept": (404,)}`. Redirects are not followed. A POST that only reads
    is retried like a GET with `extensions={"idempotent": True}`. A streamed answer has already been read, in bounds."""

    def __init__(
        self, exchange: Exchange, *, auth: httpx.Auth | None, spool: Path, max_body: int, max_document: int
    ) -> None:
        headers = {"User-Agent": _user_agent(), "Accept-Encoding": ACCEPT_ENCODING, "Accept": "application/json"}
        super().__init__(
            transport=_Transport(exchange, max_body), auth=auth, timeout=TIMEOUT, headers=headers, trust_env=False
        )
        self.stats = exchange.stats
        self._exchange, self._spool, self._max_document, self._max_body = exchange, spool, max_document, max_body

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:  # noqa: ANN401 - passed on as it is
        """See httpx.Client.send; raises PluginError subclasses whose texts hold no secret."""
        try:
            response = super().send(request, **{**how, "follow_redirects": False})
            if not response.is_success and response.status_code not in request.extensions.get("accept", ()):
                raise error_for(response, self._exchange.name(request), now=clock.time())
        except PluginError as error:
            raise self._redacted(error) from None
        return response

    def download(self, url: str) -> Download:
        """A document, unzipped, in a new private file of the spool directory; no credentials are sent.

        Raises DataError beyond the size limit, TransientError where the address has expired or the body is cut off.
        """
        file, name = tempfile.mkstemp(prefix="document-", dir=self._spool)
        path, complete = Path(name), False
        try:
            with os.fdopen(file, "wb") as target:
                response = self._fetch(httpx.URL(url), target)
            complete = True
            return Download(path, response.charset_encoding, path.stat().st_size)
        except httpx.InvalidURL:
            raise DataError("the vendor gave a document address that is no URL", hint="report this") from None
        except PluginError as error:
            raise self._redacted(error) from None
        finally:
            if not complete:
                path.unlink(missing_ok=True)

    def _fetch(self, url: httpx.URL, target: IO[bytes]) -> httpx.Response:
        for _ in range(_MAX_REDIRECTS + 1):
            what = f"document from {url.host}"
            headers = {"User-Agent": self.headers["User-Agent"], "Accept-Encoding": ACCEPT_ENCODING}
            request = httpx.Request("GET", url, headers=headers)
            response = self._exchange.run(request, what, partial(self._save, target, what))
            if response.is_success:
                return response
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                raise error_for(response, what, now=clock.time(), meanings=DOCUMENT_MEANINGS)
            url = url.join(response.headers["location"])
        raise DataError(f"{what}: redirected more than {_MAX_REDIRECTS} times", hint="report this to the vendor")

    def _save(self, target: IO[bytes], what: str, response: httpx.Response, chunks: Iterator[bytes]) -> bytes:
        """Write the body of a success to `target`, from its start, and return the body of anything else."""
        if not response.is_success:
            return b"".join(unzipped(chunks, self._max_body, what))
        target.seek(0)
        target.truncate()
        try:
            for chunk in unzipped(chunks, self._max_document, what):
                target.write(chunk)
            target.flush()
        except OSError as error:
            raise TransientError(
                f"{what} cannot be written to {self._spool}: {error.strerror}", hint="free some space, then sync again"
            ) from None
        return b""

    def _redacted(self, error: PluginError) -> PluginError:
        error.message, error.hint = self._exchange.redactor(error.message), self._exchange.redactor(error.hint)
        error.args = (error.message,)
        return error


def open_client(
    connector: Connector,
    *,
    auth: httpx.Auth | None,
    limiter: Limiter,
    redactor: Redactor,
    sleep: Callable[[float], None],
    log: Callable[[str], None],
    stats: Stats,
    spool: Path,
    settings: Mapping[str, str] | None = None,
    sandbox: str | None = None,
    transport: httpx.BaseTransport | None = None,
    max_body: int = 64 << 20,
    max_document: int = 4 << 30,
    attempts: int = 6,
) -> HostClient:
    """The client for one account's run. `settings` fill the hosts that name one (SettingError where they cannot).

    `sandbox` (a loopback address) takes the place of all the connector's hosts; `transport` that of the network. An
    auth that needs the Context is set afterwards: `client.auth = …`."""
    mute_wire_logs()
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = Line(connector.name, connector.hosts_for(settings or {}), sandbox=sandbox, inner=transport)
    exchange = Exchange(
        line=line, limiter=limiter, redactor=redactor, stats=stats, sleep=sleep, log=log, attempts=attempts
    )
    return HostClient(exchange, auth=auth, spool=spool, max_body=max_body, max_document=max_document)


def _user_agent() -> str:
    try:
        version = importlib.metadata.version("kpiterm")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    python = ".".join(platform.python_version_tuple()[:2])
    return f"kpiterm/{version} (Language=Python/{python}; Platform={platform.system()})"
