"""Bulk operations: ask, remember the id, wait, fetch the lines, check that none is missing.

The id is remembered before the first poll, so that a run which broke off goes on with the same operation. Operations
of other processes share the app's slots; they are waited for and never cancelled. What a failed operation has brought
so far is not used: it would be taken for the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from kpiterm.plugins import AccessError, Context, DataError, TransientError, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.queries import load, searching
from kpiterm_shopify.search import updated

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
PATIENCE = 45 * 60.0
_ATTEMPTS = 3
_CHUNK = 4 << 20
_RUNNING = frozenset({"CREATED", "RUNNING", "CANCELING"})
_BUSY = frozenset({"LIMIT_REACHED", "OPERATION_IN_PROGRESS"})


class Operation(msgspec.Struct, rename="camel"):
    """A bulk operation as it stands."""

    id: str
    status: str
    error_code: str | None = None
    object_count: int | str = 0
    url: str | None = None
    partial_data_url: str | None = None


class Ticket(msgspec.Struct):
    """An operation that was started, as it is remembered between runs."""

    id: str
    start: datetime
    end: datetime


class _UserError(msgspec.Struct):
    message: str
    code: str | None = None


class _Started(msgspec.Struct, rename="camel"):
    bulk_operation: Operation | None = None
    user_errors: list[_UserError] = []


class _Run(msgspec.Struct, rename="camel"):
    bulk_operation_run_query: _Started


class _Poll(msgspec.Struct, rename="camel"):
    bulk_operation: Operation | None = None


class FailedError(TransientError):
    """Shopify could not finish the operation; a shorter span may work."""


def spans(ctx: Context, name: str, window: Window) -> list[Window]:
    """The spans to ask for so that `window` is covered: one that an earlier run asked for is kept as it was, and only
    what lies before and after it is new (windows end in the present, which moves on)."""
    ticket = _ticket(ctx, name)
    if ticket is None or ticket.end <= window.start or ticket.start >= window.end:
        return [window]
    parts = ((ticket.start, ticket.end), (window.start, ticket.start), (ticket.end, window.end))
    return [Window(start, end) for start, end in parts if start < end]


def chunks(ctx: Context, admin: Admin, name: str, span: Window) -> Iterator[bytes]:
    """The lines of the bulk query `name` over the orders that changed within `span`, a few megabytes at a time."""
    for path in documents(ctx, admin, name, span):
        yield from _pieces(path)


def documents(ctx: Context, admin: Admin, name: str, span: Window) -> Iterator[Path]:
    """The lines as one document on disk, or none; it is gone when the next one is asked for."""
    operation = _finished(ctx, admin, name, span)
    wanted = int(operation.object_count)
    if operation.url:
        path = _downloaded(ctx, operation, wanted)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
    elif wanted:
        ctx.remember(_key(name), None)
        raise TransientError(
            f"bulk operation {operation.id} has {wanted} objects and no address", hint="the next sync asks anew"
        )
    ctx.remember(_key(name), None)


def _key(name: str) -> str:
    return f"bulk {name}"


def _ticket(ctx: Context, name: str) -> Ticket | None:
    kept = ctx.recall(_key(name))
    return msgspec.json.decode(kept, type=Ticket) if kept else None


def _finished(ctx: Context, admin: Admin, name: str, span: Window) -> Operation:
    """The operation once it is complete; one that is gone, has expired or was cancelled is started anew."""
    ticket = _ticket(ctx, name)
    kept = ticket.id if ticket and (ticket.start, ticket.end) == (span.start, span.end) else None
    operation = None
    for _ in range(_ATTEMPTS):
        operation = _wait(ctx, admin, kept or _start(ctx, admin, name, span))
        if operation and operation.status == "COMPLETED":
            return operation
        ctx.remember(_key(name), None)
        if operation and operation.status == "FAILED" and not kept:
            break
        ctx.log(f"bulk operation {name} {span}: {operation.status if operation else 'gone'}; asking anew")
        kept = None
    raise _failure(operation, name, span)


def _start(ctx: Context, admin: Admin, name: str, span: Window) -> str:
    query = searching(load(f"bulk_{name}"), updated(span.start, span.end))
    pause, waited = LONGEST_PAUSE, 0.0
    while True:
        run = admin.ask(load("bulk_run"), {"query": query}).read(_Run).bulk_operation_run_query
        if run.bulk_operation and not run.user_errors:
            ticket = Ticket(run.bulk_operation.id, span.start, span.end)
            ctx.remember(_key(name), msgspec.json.encode(ticket).decode())
            return ticket.id
        said = "; ".join(error.message for error in run.user_errors)
        if not any(error.code in _BUSY or "already in progress" in error.message for error in run.user_errors):
            raise DataError(f"bulk query {name} was refused: {said}", hint="upgrade the connector, or report this")
        if waited >= PATIENCE:
            raise TransientError(f"no free bulk operation for {waited / 60:.0f} minutes: {said}", hint="sync later")
        ctx.log(f"all bulk operations of this app are in use; waiting ({waited:.0f} s so far)")
        ctx.sleep(pause)
        waited += pause


def _wait(ctx: Context, admin: Admin, operation_id: str) -> Operation | None:
    """The operation when it runs no more; None where Shopify does not know it. TransientError after PATIENCE."""
    pause, waited, query = FIRST_PAUSE, 0.0, load("bulk_poll")
    while True:
        operation = admin.ask(query, {"id": operation_id}).read(_Poll).bulk_operation
        if operation is None or operation.status not in _RUNNING:
            return operation
        if waited >= PATIENCE:
            raise TransientError(
                f"bulk operation {operation_id} is still running after {waited / 60:.0f} minutes",
                hint="its id is kept: the next sync goes on with it",
            )
        if waited > 60:
            ctx.log(f"bulk operation {operation_id}: {operation.object_count} objects after {waited:.0f} s")
        ctx.sleep(pause)
        waited += pause
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _failure(operation: Operation | None, name: str, span: Window) -> AccessError | TransientError:
    code = operation.error_code if operation else None
    if code == "ACCESS_DENIED":
        return AccessError(
            f"bulk query {name}: Shopify denies access",
            hint="`kpiterm account test NAME` names the scope that is missing",
        )
    status = operation.status if operation else "gone"
    part = "; what it had read so far is not used" if operation and operation.partial_data_url else ""
    kind = FailedError if status == "FAILED" else TransientError
    return kind(f"bulk query {name} {span}: {status} {code or ''}{part}".strip(), hint="the next sync asks anew")


def _downloaded(ctx: Context, operation: Operation, wanted: int) -> Path:
    """The lines on disk, all of them; a document that is short is fetched again."""
    for _ in range(_ATTEMPTS):
        path = ctx.download(operation.url or "").path
        found = _objects(path)
        if found == wanted:
            return path
        path.unlink()
        ctx.log(f"bulk operation {operation.id}: {found} lines of {wanted}")
    raise TransientError(
        f"bulk operation {operation.id} promises {wanted} objects, its document holds {found}",
        hint="nothing of this window was stored: the next sync fetches it again",
    )


def _objects(path: Path) -> int:
    """How many lines begin an object; no object holds a bare line end."""
    found, last = 0, b"\n"
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            found += (last + piece).count(b"\n{")
            last = piece[-1:]
    return found


def _pieces(path: Path) -> Iterator[bytes]:
    """The document in pieces of whole lines, blank ones left out."""
    with path.open("rb") as file:
        while lines := file.readlines(_CHUNK):
            if piece := b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines if line.strip()):
                yield piece
