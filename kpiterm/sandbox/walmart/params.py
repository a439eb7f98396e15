"""Reading query parameters as the specs declare them; everything unknown or out of bounds is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from kpiterm.sandbox.walmart.errors import Refused, gateway, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    Refusal = Callable[[str, str], Refused]


def refusal_of(service: str) -> Refusal:
    """Makes the 400 answers of a service that uses the common list shape: (parameter, what is wrong)."""
    return partial(_refuse_listed, service)


def _refuse_listed(service: str, name: str, detail: str) -> Refused:
    code = f"INVALID_REQUEST_PARAM.{service}"
    return Refused(listed(400, code, "Invalid request parameter.", f"{name}: {detail}", name))


def refuse_item(name: str, detail: str) -> Refused:
    """The items service's own 400."""
    return Refused(gateway(400, "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API", detail, field=name))


def known_only(query: Mapping[str, object], allowed: Collection[str], refuse: Refusal) -> None:
    """A parameter that the spec does not have must not pass unnoticed."""
    for name in query:
        if name not in allowed:
            raise refuse(name, "the operation has no such parameter")


def number(query: Mapping[str, str], name: str, default: int, low: int, high: int, refuse: Refusal) -> int:
    """A whole number within bounds."""
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and low <= int(text) <= high):
        raise refuse(name, f"must be a whole number from {low} to {high}, not '{text}'")
    return int(text)


def choice(query: Mapping[str, str], name: str, allowed: Collection[str], default: str, refuse: Refusal) -> str:
    """One of the values that the spec lists."""
    value = query.get(name, default)
    if value != default and value not in allowed:
        raise refuse(name, f"must be one of {', '.join(allowed)}, not '{value}'")
    return value


def flag(query: Mapping[str, str], name: str, refuse: Refusal) -> bool:
    """`true` or `false`; false when absent."""
    return choice(query, name, ("true", "false"), "false", refuse) == "true"


def moment(query: Mapping[str, str], name: str, refuse: Refusal) -> int | None:
    """`2026-03-16` or ISO 8601 with a time, UTC where no offset is given, as epoch seconds; None when absent."""
    text = query.get(name)
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise refuse(name, f"'{text}' is neither a date nor an ISO 8601 date-time") from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
