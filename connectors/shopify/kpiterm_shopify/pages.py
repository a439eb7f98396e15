"""Paging through connections: fewer objects at once where they cost too much, a new search before Shopify's limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec

from kpiterm.plugins import DataError
from kpiterm_shopify.admin import Admin, Answer
from kpiterm_shopify.problems import TooCostlyError

N = TypeVar("N")
LARGEST = 250
# Shopify's cursors end at the 25,000th object of a search.
MOST = 25_000


class PageInfo(msgspec.Struct, rename="camel"):
    """Where a connection goes on."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Connection(msgspec.Struct, Generic[N], rename="camel"):
    """A page of nodes."""

    nodes: list[N]
    page_info: PageInfo = msgspec.field(default_factory=PageInfo)


@dataclass(frozen=True, slots=True)
class Page(Generic[N]):
    """A page as Shopify sent it, and what `model` reads of its nodes."""

    answer: Answer
    nodes: list[N]
    number: int


def pages(
    admin: Admin,
    query: str,
    model: type[N],
    path: tuple[str, ...],
    variables: Mapping[str, object],
    *,
    onward: Callable[[list[N]], str] | None = None,
    after: str | None = None,
    first: int = LARGEST,
) -> Iterator[Page[N]]:
    """All pages of the connection at `path`; nothing where an object on the way to it is null.

    `onward` gives the `search` that goes on behind the given nodes, for connections that can exceed Shopify's limit.
    """
    read = number = 0
    while True:
        try:
            answer = admin.ask(query, {**variables, "first": first, "after": after})
        except TooCostlyError:
            if first == 1:
                raise
            first //= 2
            continue
        connection = _connection(answer, model, path)
        if connection is None:
            return
        number += 1
        read += len(connection.nodes)
        yield Page(answer, connection.nodes, number)
        info = connection.page_info
        if not info.has_next_page:
            return
        if onward and read + first > MOST:
            after, read, variables = None, 0, {**variables, "search": _further(onward, connection.nodes, variables)}
            continue
        if not info.end_cursor or info.end_cursor == after:
            raise DataError(f"{answer.what}: there is more, but no cursor to it", hint="report this; sync again later")
        after = info.end_cursor


def _connection(answer: Answer, model: type[N], path: tuple[str, ...]) -> Connection[N] | None:
    wanted: Any = Connection[model]  # type: ignore[valid-type]
    found: Any = answer.read(_envelope(wanted, path))
    for _ in path:
        found = found and found.inner
    connection: Connection[N] | None = found
    return connection


@lru_cache(maxsize=64)
def _envelope(kind: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - types made while running
    """The type that reads an answer in one go, down to a `kind` at `path`."""
    for key in reversed(path):
        kind = msgspec.defstruct("Envelope", [("inner", kind | None, None)], rename={"inner": key})
    return kind


def _further(onward: Callable[[list[N]], str], nodes: list[N], variables: Mapping[str, object]) -> str:
    search = onward(nodes)
    if search == variables.get("search"):
        raise DataError(
            f"more than {MOST:,} objects changed within one second ({search})",
            hint="`kpiterm sync --full` reads them by a bulk operation",
        )
    return search
