"""Arguments that Data Kiosk's queries share: days, marketplaces, granularities."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kpiterm.sandbox.amazon.graphql import QueryError
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.shop import MARKETPLACE_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OLDEST = timedelta(days=731)


def span(arguments: Mapping[str, Any], at: int) -> tuple[date, date]:
    """`startDate` and `endDate`, at most two years back."""
    try:
        start, end = (date.fromisoformat(str(arguments[name])) for name in ("startDate", "endDate"))
    except (KeyError, ValueError):
        raise QueryError("startDate and endDate must be dates such as 2026-11-01") from None
    if start > end:
        raise QueryError("startDate must not be later than endDate")
    if start < business_day(at) - _OLDEST:
        raise QueryError("startDate must be no more than two years ago")
    return start, min(end, business_day(at))


def marketplaces(value: object) -> None:
    """QueryError unless it is a list with the seller's marketplace."""
    if not isinstance(value, list) or MARKETPLACE_ID not in value:
        raise QueryError(f"marketplaceIds must hold a marketplace of the seller: {MARKETPLACE_ID}")


def granularity(arguments: Mapping[str, Any], name: str, allowed: Sequence[str], default: str = "") -> str:
    """An enum argument."""
    value = str(arguments.get(name, default))
    if value not in allowed:
        raise QueryError(f"{name} must be one of {', '.join(allowed)}")
    return value
