"""The results of bulk operations: files under a Google Cloud Storage host, each behind a signed URL for seven days."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.wire import Response

if TYPE_CHECKING:
    from kpiterm.sandbox.clock import Clock
    from kpiterm.sandbox.wire import Request

HOST = "storage.googleapis.com"
LIFETIME = 7 * DAY
_FOLDER = "shopify-tiers-assets-prod-us-east1/bulk-operation-outputs"
_SIGNER = "assets-us-prod%40shopify-tiers.iam.gserviceaccount.com"
_JSONL = "application/jsonl"


class Files:
    """Keeps finished files and answers for their URLs."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._key = clock, secrets.token_bytes(16)
        self._bodies: dict[str, bytes] = {}

    def put(self, name: str, body: bytes, until: float) -> str:
        """Store a file; its URL, which works until then."""
        path = f"{_FOLDER}/{secrets.token_hex(14)}-final"
        self._bodies[f"/{path}"] = body
        attached = quote(f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}", safe="")
        query = f"GoogleAccessId={_SIGNER}&Expires={int(until)}"
        more = f"response-content-disposition={attached}&response-content-type={quote(_JSONL, safe='')}"
        return f"https://{HOST}/{path}?{query}&Signature={self._sign(f'/{path}', int(until))}&{more}"

    def answer(self, request: Request) -> Response:
        """`GET` of a signed URL."""
        query, body = request.query, self._bodies.get(request.path)
        until = query.get("Expires", "")
        if "authorization" in request.headers:
            return _refuse(400, "InvalidArgument", "Only one auth mechanism allowed.")
        if not until.isdecimal() or not hmac.compare_digest(
            query.get("Signature", ""), self._sign(request.path, int(until))
        ):
            return _refuse(403, "SignatureDoesNotMatch", "Access denied.")
        if self._clock.time() >= int(until):
            return _refuse(400, "ExpiredToken", "The provided token has expired.")
        if body is None:
            return _refuse(404, "NoSuchKey", "The specified key does not exist.")
        headers = {"Server": "UploadServer", "Content-Disposition": query.get("response-content-disposition", "")}
        return Response(200, body, _JSONL, headers)

    def _sign(self, path: str, until: int) -> str:
        return hmac.new(self._key, f"{path}\n{until}".encode(), hashlib.sha256).hexdigest()


def _refuse(status: int, code: str, message: str) -> Response:
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(status, body.encode(), "application/xml; charset=UTF-8", {"Server": "UploadServer"})
