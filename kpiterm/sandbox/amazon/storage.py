"""Presigned downloads: documents under S3-like host names, each URL good for a while and for a bare request only."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from kpiterm.sandbox.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.clock import Clock

SP_HOST = "tortuga-prod-na.s3-external-1.amazonaws.com"
ADS_HOST = "offline-report-storage-us-east-1-prod.s3.amazonaws.com"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Document:
    """A finished report: raw bytes and the content type that the download declares."""

    body: bytes
    content_type: str

    @property
    def packed(self) -> bytes:
        return gzip.compress(self.body, compresslevel=3, mtime=0)


class Storage:
    """Keeps documents by key, packed once, and checks the signature, age and headers of each download."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._key = clock, secrets.token_bytes(16)
        self._objects: dict[str, tuple[bytes, str]] = {}

    def put(self, key: str, make: Callable[[], Document]) -> int:
        """Store a document once under its key; the size of the packed body in bytes."""
        if key not in self._objects:
            document = make()
            self._objects[key] = (document.packed, document.content_type)
        return len(self._objects[key][0])

    def url(self, host: str, key: str, lifetime: int, *, encoded: bool = False) -> str:
        """A URL that works for `lifetime` seconds; `encoded` makes the download declare its gzip encoding."""
        stamp = datetime.fromtimestamp(self._clock.time(), UTC).strftime(_STAMP)
        encoding = "&response-content-encoding=gzip" if encoded else ""
        query = (
            f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=SANDBOX%2F{stamp[:8]}%2Fus-east-1%2Fs3%2Faws4_request"
            f"&X-Amz-Date={stamp}&X-Amz-Expires={lifetime}&X-Amz-SignedHeaders=host{encoding}"
        )
        return f"https://{host}/{key}?{query}&X-Amz-Signature={self._sign(host, f'/{key}', query)}"

    def answer(self, request: Request) -> Response:
        """`GET` of a presigned URL."""
        if "authorization" in request.headers:
            detail = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or Authorization is."
            return _refuse(400, "InvalidArgument", detail)
        if any(name.startswith("x-amz-access-token") for name in request.headers):
            return _refuse(403, "AccessDenied", "There were headers present in the request which were not signed")
        signed, _, signature = request.query_string.rpartition("&X-Amz-Signature=")
        if not hmac.compare_digest(signature, self._sign(request.host, request.path, signed)):
            return _refuse(403, "SignatureDoesNotMatch", "The request signature does not match the one calculated.")
        query = request.query
        began = datetime.strptime(query["X-Amz-Date"], _STAMP).replace(tzinfo=UTC).timestamp()
        if self._clock.time() >= began + int(query["X-Amz-Expires"]):
            return _refuse(403, "AccessDenied", "Request has expired")
        stored = self._objects.get(request.path.removeprefix("/"))
        if stored is None:
            return _refuse(404, "NoSuchKey", "The specified key does not exist.")
        headers = {"Server": "AmazonS3", "Content-Encoding": query.get("response-content-encoding", "identity")}
        return Response(200, stored[0], stored[1], headers)

    def _sign(self, host: str, path: str, query: str) -> str:
        return hmac.new(self._key, f"{host}{path}?{query}".encode(), hashlib.sha256).hexdigest()


def _refuse(status: int, code: str, message: str) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{uuid4().hex[:16].upper()}</RequestId></Error>"
    )
    return Response(status, body.encode(), "application/xml", {"Server": "AmazonS3"})
