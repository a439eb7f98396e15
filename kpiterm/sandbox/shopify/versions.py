"""API versions: one each quarter, served for a year and a fortnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

_SERVED = timedelta(days=380)  # 2026-10 is served until 2027-10-16
UNSTABLE = "unstable"


def supported(at: float) -> list[str]:
    """Stable versions that are served at a moment, oldest first."""
    today = datetime.fromtimestamp(at, UTC).date()
    quarters = [
        date(year, month, 1) for year in (today.year - 2, today.year - 1, today.year) for month in (1, 4, 7, 10)
    ]
    return [f"{day:%Y-%m}" for day in quarters if day <= today < day + _SERVED]


def candidate(at: float) -> str:
    """The next version, which can be tried already."""
    year, month = map(int, supported(at)[-1].split("-"))
    return f"{year + (month == 10)}-{(month + 2) % 12 + 1:02d}"


def served(requested: str, at: float) -> str | None:
    """The version that answers: versions that have ended fall forward to the oldest one, unknown ones are not found."""
    known = [*supported(at), candidate(at), UNSTABLE]
    if requested in known:
        return requested
    try:
        date.fromisoformat(f"{requested}-01")
    except ValueError:
        return None
    return known[0] if requested < known[0] else None


def versions(at: float) -> list[dict[str, Any]]:
    """`publicApiVersions`."""
    stable = supported(at)
    rows = [(v, f"{v} (Latest)" if v == stable[-1] else v, True) for v in stable]
    rows += [(candidate(at), f"{candidate(at)} (Release candidate)", False), (UNSTABLE, UNSTABLE, False)]
    return [{"handle": handle, "displayName": name, "supported": known} for handle, name, known in rows]
