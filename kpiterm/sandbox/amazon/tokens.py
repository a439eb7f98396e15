"""Paging tokens: opaque to the client, everything that the next page needs to the server."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from kpiterm.sandbox.amazon.api import invalid


def seal(operation: str, state: dict[str, Any], until: float) -> str:
    """A token that holds `state` for one operation until a moment of the protocol's clock."""
    return base64.b64encode(json.dumps([operation, until, state], separators=(",", ":")).encode()).decode()


def unseal(operation: str, token: str, now: float) -> dict[str, Any]:
    """The state of a token; 400 when it is damaged, too old or of another operation."""
    try:
        owner, until, state = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, TypeError, binascii.Error):
        owner, until, state = "", 0.0, {}
    if owner != operation:
        raise invalid("The token for the next page is not one that this operation gave out.")
    if now >= until:
        raise invalid("The token for the next page has expired; start again from the first page.")
    return dict(state)
