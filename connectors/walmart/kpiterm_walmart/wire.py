"""Asking Walmart and reading what it answers: moments, fields, and lists that continue by a query string."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, TransientError
from kpiterm_walmart.faults import said
from kpiterm_walmart.places import url

T = TypeVar("T")
NONE_FOUND = 404
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0


def stamp(moment: datetime) -> str:
    """A moment as the APIs take it; `Z` because a `+` would have to be escaped."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decode(response: httpx.Response, model: type[T]) -> T:
    """The fields of an answer that `model` names; DataError quotes Walmart where it sent something else."""
    try:
        return msgspec.json.decode(response.content, type=model, strict=False)
    except msgspec.DecodeError as error:
        path = response.request.url.path
        raise DataError(
            f"{response.request.method} {path}: {error}; Walmart says: {said(response.content) or 'nothing'}",
            hint="Walmart's answer is not what its specification says; nothing of this window was stored",
        ) from None


class _Meta(msgspec.Struct, rename="camel"):
    total_count: int | None = None
    next_cursor: str | None = None


class _Listed(msgspec.Struct):
    meta: _Meta | None = None


class _Page(msgspec.Struct):
    meta: _Meta | None = None
    list: _Listed | None = None


def meta(response: httpx.Response) -> _Meta:
    """Where a list continues: orders hold `meta` within `list`, returns beside it."""
    page = decode(response, _Page)
    return page.meta or (page.list.meta if page.list else None) or _Meta()


def first_page(ctx: Context, path: str, params: Mapping[str, str]) -> httpx.Response:
    """The first page of a list. 404 is Walmart's word for an empty one, so it is no error here."""
    return ctx.http.get(url(path), params=params, extensions={"accept": (NONE_FOUND,)})


def following(ctx: Context, path: str, page: httpx.Response) -> Iterator[httpx.Response]:
    """`page` and those after it. The cursor is a whole query string: it goes back untouched and alone.

    Walmart ends some lists by repeating a cursor; asking again would read the same page for ever.
    """
    seen: set[str] = set()
    while page.status_code != NONE_FOUND:
        listed = meta(page)
        if listed.total_count == 0:  # an empty list may lack what it is a list of
            return
        yield page
        cursor = listed.next_cursor
        if not cursor:
            return
        if cursor in seen:
            ctx.log(f"{path}: the cursor of page {len(seen) + 1} was given before: taken as the end of the list")
            return
        seen.add(cursor)
        page = next_page(ctx, url(path) + (cursor if cursor.startswith("?") else f"?{cursor}"))


def next_page(ctx: Context, address: str, params: Mapping[str, str] | None = None) -> httpx.Response:
    """A later page of a list; TransientError where the list is gone meanwhile (404, or 400 for a dead cursor)."""
    try:
        return ctx.http.get(address, params=params)
    except DataError as error:
        raise TransientError(
            f"the list broke off: {error.message}", hint="its cursor has died; the next sync reads the list anew"
        ) from error


def wait(ctx: Context, what: str, poll: Callable[[], T | None], *, patience: float) -> T:
    """Asks at growing intervals until `poll` gives an answer; TransientError when `patience` seconds were slept."""
    pause, waited = FIRST_PAUSE, 0.0
    while waited < patience:
        ctx.sleep(pause)
        if (answer := poll()) is not None:
            return answer
        waited += pause
        pause = min(pause * 1.5, LONGEST_PAUSE)
        ctx.log(f"waiting for {what}: {waited:.0f} s so far")
    raise TransientError(
        f"{what} is still being made after {patience / 60:.0f} minutes",
        hint="its id is kept: the next sync picks it up",
    )
