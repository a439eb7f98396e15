"""Cursors that are whole query strings: to be sent back to the letter, for the server compares them as text."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARK = "&hash="


class Cursors:
    """Gives out cursors and knows its own; decoded and encoded again, a cursor is no longer the same text."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def seal(self, values: Mapping[str, str]) -> str:
        """`?name=value&…&hash=…`; colons stay as they are, as Walmart writes them."""
        query = "&".join(f"{name}={quote(value, safe=':')}" for name, value in values.items())
        return self._sealed(query)

    def genuine(self, query_string: str) -> bool | None:
        """None for a query without a cursor, True for a cursor as it was given out, False for a changed one."""
        query, mark, _ = query_string.rpartition(_MARK)
        if not mark:
            return False if "hash=" in query_string or "nextCursor" in query_string else None
        return hmac.compare_digest(f"?{query_string}".encode(), self._sealed(query).encode())

    def _sealed(self, query: str) -> str:
        return f"?{query}{_MARK}{quote(self._hash(query), safe='')}"

    def _hash(self, query: str) -> str:
        digest = hmac.new(self._secret, query.encode(), hashlib.sha256).digest()
        # The slash and the plus make sure of at least two characters that an encoder touches.
        return f"{base64.b64encode(digest).decode()}/+"
