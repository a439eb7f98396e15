"""The sandbox's time: what the shop's data are seen at, and what tokens, limits and report queues run on."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache


class Clock:
    """Calling it gives the moment (aware, UTC) at which the shop is looked at.

    A fixed `now` freezes the shop but lets protocol time (`time`) run on from it, so that reports finish and tokens
    expire while the figures stay put. `move` shifts both.
    """

    def __init__(self, now: datetime | None = None) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError("Sandbox(now=...) needs an aware datetime; add tzinfo=UTC")
        self._fixed = now.astimezone(UTC) if now else None
        self._shift = timedelta()
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        return (self._fixed or datetime.now(UTC)) + self._shift

    def time(self) -> float:
        """Seconds since the epoch on the protocol's clock, which never stands still."""
        elapsed = time.monotonic() - self._started if self._fixed else 0.0
        return self().timestamp() + elapsed

    def move(self, by: timedelta) -> None:
        """Shift the moment and the protocol's clock, forwards or back."""
        self._shift += by


def iso(seconds: float) -> str:
    """`2026-11-23T07:05:43Z`, as Amazon writes moments in JSON."""
    days, rest = divmod(int(seconds), 86400)
    return f"{_day(days)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=days))
