"""Connections: a sorted listing, cut into pages by cursors that hold the last key."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST = 25_000  # a listing ends there, whatever is behind

Key = tuple[Any, ...]


class BadCursorError(Exception):
    """A cursor that this listing, in this order, did not give out."""


@dataclass(frozen=True)
class Listing:
    """Everything that a connection holds, in ascending order of `key`."""

    items: Sequence[Any]
    key: Callable[[Any], Key]

    @cached_property
    def keys(self) -> list[Key]:
        return [self.key(item) for item in self.items]


def listing(items: Sequence[Any], key: Callable[[Any], Key]) -> Listing:
    """A listing of items in any order."""
    return Listing(sorted(items, key=key), key)


def page_of(found: Listing, arguments: dict[str, Any], longest: int = LONGEST) -> dict[str, Any]:
    """The source of a connection's `nodes`, `edges` and `pageInfo`."""
    low, high, backwards = 0, len(found.items), bool(arguments.get("reverse"))
    low, high = (max(low, high - longest), high) if backwards else (low, min(high, longest))
    first_low, first_high = low, high
    after, before = arguments.get("after"), arguments.get("before")
    if backwards:
        after, before = before, after
    if after is not None:
        low = max(low, _cut(bisect_right, found, after))
    if before is not None:
        high = min(high, _cut(bisect_left, found, before))
    size, from_end = arguments.get("first"), backwards
    if size is None:
        size, from_end = arguments["last"], not backwards
    start, end = (max(low, high - size), high) if from_end else (low, min(high, low + size))
    picked = range(end - 1, start - 1, -1) if backwards else range(start, end)
    more = (first_low < start, end < first_high)
    previous, following = reversed(more) if backwards else more
    return {
        "nodes": [found.items[i] for i in picked],
        "edges": [{"cursor": found.keys[i], "node": found.items[i]} for i in picked],
        "pageInfo": {
            "hasNextPage": following,
            "hasPreviousPage": previous,
            "startCursor": cursor(found.keys[picked[0]]) if picked else None,
            "endCursor": cursor(found.keys[picked[-1]]) if picked else None,
        },
    }


def everything(found: Listing, arguments: dict[str, Any]) -> list[Any]:
    """All items in the order asked for."""
    return list(reversed(found.items)) if arguments.get("reverse") else list(found.items)


def cursor(key: Key) -> str:
    """The text by which a client names the place after a key."""
    return base64.b64encode(json.dumps(key, separators=(",", ":")).encode()).decode()


def _cut(bisect: Callable[[list[Key], Key], int], found: Listing, text: str) -> int:
    try:
        key = tuple(json.loads(base64.b64decode(text, validate=True)))
        if found.items and [type(part) for part in key] != [type(part) for part in found.keys[0]]:
            raise BadCursorError
        return bisect(found.keys, key)
    except (ValueError, TypeError, binascii.Error):
        raise BadCursorError from None
