"""What an HTTP status means for the operator: one table from status to error and remedy, and the vendor's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

import httpx

from kpiterm.plugins.errors import AccessError, AuthError, DataError, PluginError, RateLimited, TransientError
from kpiterm.plugins.limits import retry_after

REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-request-id", "wm_qos.correlation_id")
_LONGEST = 300


class Meaning(NamedTuple):
    """The error of a status, and what to do next."""

    error: type[PluginError]
    hint: str


_BAD_REQUEST = Meaning(DataError, "the vendor refused the question itself; update the connector, or report this")
_DOWN = Meaning(TransientError, "the vendor has a fault of its own: the next sync tries again")
_NO_ACCESS = Meaning(
    AccessError, "the credentials work, but a role, scope or permission is missing: grant it at the vendor, then sync"
)
_EXPIRED = Meaning(TransientError, "the document's address has expired: the next sync asks for a new one")
MEANINGS: Mapping[int, Meaning] = {
    401: Meaning(AuthError, "the vendor refused the credentials: enter them again with `kpiterm account add`"),
    402: _NO_ACCESS,
    403: _NO_ACCESS,
    404: Meaning(DataError, "the vendor does not know this address or id"),
    408: _DOWN,
    429: Meaning(RateLimited, "the vendor's quota is used up: the next sync goes on from here"),
}
DOCUMENT_MEANINGS: Mapping[int, Meaning] = {**MEANINGS, 401: _EXPIRED, 403: _EXPIRED}


def error_for(
    response: httpx.Response, what: str, *, now: float, meanings: Mapping[int, Meaning] = MEANINGS
) -> PluginError:
    """The error that a read response means. `what` names the operation; the text is not yet redacted."""
    status = response.status_code
    meaning = meanings.get(status) or (_DOWN if status >= 500 else _BAD_REQUEST)
    message = f"{what}: HTTP {status} {vendor_message(response)}".rstrip()
    if response.is_redirect:
        message += f"redirect to {response.headers.get('location', '')[:_LONGEST]}, which is not followed"
    request_id = next((response.headers[name] for name in REQUEST_IDS if name in response.headers), None)
    if request_id:
        message += f" (request {request_id[:80]})"
    if meaning.error is RateLimited:
        return RateLimited(message, hint=meaning.hint, retry_after=retry_after(response.headers, now=now))
    return meaning.error(message, hint=meaning.hint)


def vendor_message(response: httpx.Response) -> str:
    """The vendor's explanation in one line, from any of the usual JSON or XML shapes; empty where there is none."""
    text = response.content[:65536].decode("utf-8", "replace")
    try:
        said = _words(json.loads(text))
    except (ValueError, RecursionError):
        said = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    said = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def _words(answer: object) -> str:
    """Code and message of `{"errors": [{code, message}]}`, a bare list of them, `{code, details}`, `{error: …}`."""
    if isinstance(answer, list):
        return "; ".join(filter(None, (_words(entry) for entry in answer[:3])))
    if not isinstance(answer, dict):
        return str(answer) if isinstance(answer, str) else ""
    for key in ("errors", "error"):
        if isinstance(answer.get(key), list | dict):
            return _words(answer[key])
    keys = (
        "code", "errorCode", "error", "errors", "title", "message", "detail", "details", "description", "info",
        "error_description",
    )  # fmt: skip
    return " ".join(value for key in keys if isinstance(value := answer.get(key), str) and value)
