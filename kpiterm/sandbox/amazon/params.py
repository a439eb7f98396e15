"""Reading and checking query parameters and JSON fields as the models declare them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.api import invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def moment(values: Mapping[str, object], name: str) -> float | None:
    """A full ISO 8601 date-time with offset as epoch seconds, or None when absent; 400 otherwise."""
    text = values.get(name)
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(str(text))
    except ValueError:
        parsed = None
    if parsed is None or "T" not in str(text):
        raise invalid(f"Invalid value '{text}' for {name}: not an ISO 8601 date-time.")
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def listed(values: Mapping[str, str], name: str, *, allowed: Collection[str] = (), at_most: int = 1000) -> list[str]:
    """A comma-joined list; 400 when it is too long or holds a value that is not `allowed`."""
    items = [item for item in values.get(name, "").split(",") if item]
    if len(items) > at_most:
        raise invalid(f"{name} takes at most {at_most} values, not {len(items)}.")
    if allowed and (unknown := [item for item in items if item not in allowed]):
        raise invalid(f"Invalid value '{unknown[0]}' for {name}.")
    return items


def whole_number(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """An integer within bounds; 400 otherwise."""
    text = values.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise invalid(f"{name} must be a whole number from {low} to {high}, not '{text}'.")
    return int(text)


def known_only(values: Mapping[str, object], allowed: Collection[str]) -> None:
    """400 for a parameter that the operation does not have: a misspelt filter must not pass unnoticed."""
    if unknown := sorted(set(values) - set(allowed)):
        raise invalid(f"Unknown parameter {', '.join(unknown)}.")


def json_object(body: bytes) -> dict[str, Any]:
    """The body of a POST; 400 unless it is a JSON object."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise invalid("The request body must be a JSON object.")
    return value
