"""The life of a Data Kiosk query: ask, remember its id, wait, fetch the document, ask for its next page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from kpiterm.plugins import Context, DataError, Download, TransientError
from kpiterm_amazon.places import place
from kpiterm_amazon.wire import REPEATABLE, decode, wait

QUERIES = "/dataKiosk/2023-11-15/queries"
DOCUMENTS = "/dataKiosk/2023-11-15/documents"
LONGEST_QUERY = 8000
_RUNNING = frozenset({"IN_QUEUE", "IN_PROGRESS"})
_GONE = 404


class _Ticket(msgspec.Struct):
    """A query that was sent: its id, and what tells its text from that of another."""

    id: str
    digest: str


class _Created(msgspec.Struct, rename="camel"):
    query_id: str


class _Pagination(msgspec.Struct, rename="camel"):
    next_token: str | None = None


class _State(msgspec.Struct, rename="camel"):
    processing_status: str
    data_document_id: str | None = None
    error_document_id: str | None = None
    pagination: _Pagination | None = None


class _Document(msgspec.Struct, rename="camel"):
    document_url: str


def documents(ctx: Context, name: str, query: str) -> Iterator[Download]:
    """The pages of a query's answer, JSON lines each; nothing where Amazon has no data. `name` tells queries apart that
    a run sends one after the other.

    Raises TransientError while the query is not finished (its id is kept), DataError where Amazon says what is wrong.
    """
    key, text, token = f"query {name}", " ".join(query.split()), ""
    while True:
        ticket, state = _resume(ctx, key, text, token) or _ask(ctx, key, text, token)
        if state is None or state.processing_status in _RUNNING:
            state = wait(ctx, f"query {ticket.id} ({name})", lambda ticket=ticket: _finished(ctx, ticket))  # type: ignore[misc]
        if state.processing_status != "DONE":
            ctx.remember(key, None)
            raise _failure(ctx, name, ticket, state)
        if state.data_document_id:
            yield _download(ctx, state.data_document_id)
        ctx.remember(key, None)
        if state.pagination is None or not state.pagination.next_token:
            return
        token = state.pagination.next_token


def _digest(text: str, token: str) -> str:
    return hashlib.sha256(f"{text}\0{token}".encode()).hexdigest()


def _resume(ctx: Context, key: str, text: str, token: str) -> tuple[_Ticket, _State | None] | None:
    kept = ctx.recall(key)
    ticket = msgspec.json.decode(kept, type=_Ticket) if kept else None
    if ticket is None or ticket.digest != _digest(text, token):
        return None
    response = ctx.http.get(_url(ctx, ticket.id), extensions={"accept": (_GONE,)})
    if response.status_code == _GONE:
        ctx.log(f"query {ticket.id} is gone; sending it anew")
        return None
    ctx.log(f"resuming query {ticket.id}")
    return ticket, decode(response, _State)


def _ask(ctx: Context, key: str, text: str, token: str) -> tuple[_Ticket, None]:
    body = {"query": text, **({"paginationToken": token} if token else {})}
    created = decode(ctx.http.post(_url(ctx), json=body, extensions=REPEATABLE), _Created)
    ticket = _Ticket(created.query_id, _digest(text, token))
    ctx.remember(key, msgspec.json.encode(ticket).decode())
    return ticket, None


def _url(ctx: Context, query_id: str = "") -> str:
    return place(ctx.settings).selling(f"{QUERIES}/{query_id}".rstrip("/"))


def _finished(ctx: Context, ticket: _Ticket) -> _State | None:
    state = decode(ctx.http.get(_url(ctx, ticket.id)), _State)
    return None if state.processing_status in _RUNNING else state


def _download(ctx: Context, document_id: str) -> Download:
    try:
        return ctx.download(_address(ctx, document_id))
    except TransientError:  # the address lives five minutes
        return ctx.download(_address(ctx, document_id))


def _address(ctx: Context, document_id: str) -> str:
    url = place(ctx.settings).selling(f"{DOCUMENTS}/{document_id}")
    return decode(ctx.http.get(url), _Document).document_url


def _failure(ctx: Context, name: str, ticket: _Ticket, state: _State) -> DataError | TransientError:
    what = f"Amazon ended query {ticket.id} ({name}) as {state.processing_status}"
    if not state.error_document_id:
        return TransientError(what, hint="the next sync sends it again")
    document = _download(ctx, state.error_document_id)
    text = document.path.read_text("utf-8", errors="replace")
    document.path.unlink()
    return DataError(f"{what}: {text[:300]}", hint="change what the message names, then sync again")
