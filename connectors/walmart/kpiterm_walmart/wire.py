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
REPEATABLE = {"idempotent": True}
"""For requests that make a report: one that is made twice, where an answer was lost, costs nothing but quota."""
SIDE_BY_SIDE = 3  # reports: Walmart names no limit, and these are all
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


def first_page(
    ctx: Context, path: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """The first page of a list. 404 is Walmart's word for an empty one, so it is no error here."""
    return ctx.http.get(url(path), params=params, headers=headers, extensions={"accept": (NONE_FOUND,)})


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


def by_offset(
    ctx: Context,
    path: str,
    asked: Mapping[str, str],
    counted: Callable[[httpx.Response], tuple[int, int | None]],
    *,
    limit: int,
    headers: Mapping[str, str] | None = None,
) -> Iterator[tuple[int, httpx.Response]]:
    """The pages of a list that goes on by offset, with the offset of each, as long as they hold something.

    `counted` reads how many entries a page has and how many there are in all; where Walmart does not say the latter, a
    page with less than `limit` is the last one. Sellers whom the list does not concern are answered 404 or nothing.
    """
    offset = 0
    page = first_page(ctx, path, {**asked, **part(offset, limit)}, headers)
    while page.is_success and page.content:
        count, total = counted(page)
        if not count:
            return
        yield offset, page
        offset += count
        if count < limit if total is None else offset >= total:
            return
        page = next_page(ctx, url(path), {**asked, **part(offset, limit)}, headers)


def part(offset: int, limit: int) -> dict[str, str]:
    """Which part of a list to give."""
    return {"limit": str(limit), "offset": str(offset)}


def next_page(
    ctx: Context, address: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """A later page of a list; TransientError where the list is gone meanwhile (404, or 400 for a dead cursor)."""
    try:
        return ctx.http.get(address, params=params, headers=headers)
    except DataError as error:
        raise TransientError(
            f"the list broke off: {error.message}", hint="its cursor has died; the next sync reads the list anew"
        ) from error


def wait(ctx: Context, what: str, poll: Callable[[], T | None], *, patience: float) -> T:
    """Asks until `poll` gives an answer, at intervals of a tenth of the wait, so that no more than that is lost at its
    end; TransientError when `patience` seconds were slept."""
    waited = 0.0
    while waited < patience:
        pause = min(max(FIRST_PAUSE, waited / 10), LONGEST_PAUSE)
        ctx.sleep(pause)
        if (answer := poll()) is not None:
            return answer
        waited += pause
        if waited >= 60 and waited % 60 < pause:  # once a minute
            ctx.log(f"waiting for {what}: {waited:.0f} s so far")
    raise TransientError(
        f"{what} is still being made after {patience / 60:.0f} minutes",
        hint="its id is kept: the next sync picks it up",
    )
