"""Presigned downloads of finished reports: good for a while, and only for a request that carries no Walmart headers."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from kpiterm.sandbox.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.clock import Clock

REPORT_HOST = "walmartreports.blob.core.windows.net"
URL_SECONDS = 18 * 60
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


class Storage:
    """Keeps files by key, each made once, and checks signature, age and headers of every download."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._key = clock, secrets.token_bytes(16)
        self._files: dict[str, bytes] = {}

    def put(self, key: str, make: Callable[[], bytes]) -> None:
        """Store a file under its key unless it is there already."""
        if key not in self._files:
            self._files[key] = make()

    def url(self, key: str) -> tuple[str, str]:
        """A URL that works for eighteen minutes, and until when."""
        until = datetime.fromtimestamp(self._clock.time() + URL_SECONDS, UTC).strftime(_STAMP)
        query = f"sv=2021-08-06&se={quote(until, safe='')}&sr=b&sp=r"
        return f"https://{REPORT_HOST}/{key}?{query}&sig={self._sign(f'/{key}', query)}", until

    def answer(self, request: Request) -> Response:
        """`GET` of a presigned URL."""
        if sent := [name for name in request.headers if name == "authorization" or name.startswith("wm_")]:
            return _refuse(403, "AuthenticationFailed", f"The request carries {sent[0]}, which the signature excludes.")
        signed, _, signature = request.query_string.rpartition("&sig=")
        if not hmac.compare_digest(signature.encode(), self._sign(request.path, signed).encode()):
            return _refuse(403, "AuthenticationFailed", "Signature did not match.")
        until = datetime.strptime(request.query["se"], _STAMP).replace(tzinfo=UTC)
        if self._clock.time() >= until.timestamp():
            return _refuse(403, "AuthenticationFailed", "Signature not valid in the specified time frame.")
        body = self._files.get(request.path.removeprefix("/"))
        if body is None:
            return _refuse(404, "BlobNotFound", "The specified blob does not exist.")
        return Response(
            200, body, "application/zip", {"Server": "Windows-Azure-Blob/1.0", "x-ms-blob-type": "BlockBlob"}
        )

    def _sign(self, path: str, query: str) -> str:
        return hmac.new(self._key, f"{path}?{query}".encode(), hashlib.sha256).hexdigest()


def _refuse(status: int, code: str, message: str) -> Response:
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, body.encode(), "application/xml", {"Server": "Windows-Azure-Blob/1.0"})
