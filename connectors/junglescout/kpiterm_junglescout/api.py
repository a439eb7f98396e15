"""Jungle Scout's API: JSON:API envelopes, pages by the cursor in `links.next`, errors also inside a success."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, Payload
from kpiterm_junglescout.places import HOST, code

PAGE_SIZE = 50
_MOST_PAGES = 500
_HEADERS = {"Accept": "application/vnd.junglescout.v1+json", "Content-Type": "application/vnd.api+json"}
_CURSOR = "page[cursor]"


class _Meta(msgspec.Struct):
    errors: list[Any] = []


class _Links(msgspec.Struct):
    next: str | None = None


class _Envelope(msgspec.Struct):
    data: msgspec.Raw
    links: _Links | None = None
    meta: _Meta | None = None


def get(ctx: Context, path: str, params: Mapping[str, str], *, extra: Mapping[str, str | int | None]) -> Payload:
    """One answer that is not paged."""
    query = {"marketplace": code(ctx.settings), **params}
    response = ctx.http.get(_url(path), params=query, headers=_HEADERS)
    _envelope(response, path)
    return _payload(response, f"GET {path} {_said(params)}", extra)


def pages(
    ctx: Context, path: str, attributes: Mapping[str, Any], *, extra: Mapping[str, str | int | None]
) -> Iterator[Payload]:
    """Every page of a query: the same body each time, and of the answer's next address only its cursor."""
    name = path.rpartition("/")[2]
    body = {"data": {"type": name, "attributes": dict(attributes)}}
    query = {"marketplace": code(ctx.settings), "page[size]": str(PAGE_SIZE)}
    seen: set[str] = set()
    for number in range(1, _MOST_PAGES + 1):
        response = ctx.http.post(_url(path), params=query, json=body, headers=_HEADERS, extensions={"idempotent": True})
        envelope = _envelope(response, path)
        yield _payload(response, f"POST {path} page {number}", extra)
        cursor = _cursor(envelope)
        if cursor is None:
            return
        if cursor in seen:
            raise DataError(f"{path}: page {number} points back to an earlier one", hint="report this to Jungle Scout")
        seen.add(cursor)
        query[_CURSOR] = cursor
    raise DataError(f"{path}: more than {_MOST_PAGES} pages", hint="ask for fewer keywords or categories")


def _url(path: str) -> str:
    return f"https://{HOST}/api/{path}"


def _said(params: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in params.items())


def _payload(response: httpx.Response, request: str, extra: Mapping[str, str | int | None]) -> Payload:
    return Payload(body=response.content, format="json", records=("data",), request=request, extra=extra)


def _cursor(envelope: _Envelope) -> str | None:
    link = envelope.links.next if envelope.links else None
    return parse_qs(urlsplit(link).query).get(_CURSOR, [None])[0] if link else None


def _envelope(response: httpx.Response, path: str) -> _Envelope:
    try:
        envelope = msgspec.json.decode(response.content, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: the answer is no JSON:API document: {error}",
            hint="nothing was stored; if Jungle Scout changed its API, upgrade the connector",
        ) from None
    if envelope.meta and envelope.meta.errors:
        raise DataError(
            f"{path}: answered with errors: {str(envelope.meta.errors[0])[:300]}",
            hint="nothing was stored; correct the account's asins, keywords or categories, or report this",
        )
    return envelope
