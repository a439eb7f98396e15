"""The sandbox's time: what the shop's data are seen at, and what tokens, limits and report queues run on."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache


class Clock:
    """Calling it gives the moment (aware, UTC) at which the shop is looked at.

    A fixed `now` freezes the shop but lets protocol time (`time`) run on from it, so that reports finish and tokens
    expire while the figures stay put. `move` shifts both. Protocol time runs `speed` times as fast as the machine's;
    `setting` makes kpiterm's clock agree with it (the environment variable KPITERM_CLOCK) until the next `move`.
    """

    def __init__(self, now: datetime | None = None, speed: float = 1.0) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError("Sandbox(now=...) needs an aware datetime; add tzinfo=UTC")
        if not speed > 0:
            raise ValueError(f"Sandbox(speed={speed}): give a number above 0")
        started = time.time()
        self._fixed = now.astimezone(UTC) if now else None
        self._speed = speed
        self._offset = (self._fixed.timestamp() if self._fixed else started) - started * speed
        self._shift = timedelta()

    def __call__(self) -> datetime:
        return self._fixed + self._shift if self._fixed else datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Seconds since the epoch on the protocol's clock, which never stands still."""
        return time.time() * self._speed + self._offset

    def move(self, by: timedelta) -> None:
        """Shift the moment and the protocol's clock, forwards or back."""
        self._shift += by
        self._offset += by.total_seconds()

    @property
    def setting(self) -> str:
        """Speed and offset, as KPITERM_CLOCK takes them."""
        return f"{self._speed!r} {self._offset!r}"


def iso(seconds: float) -> str:
    """`2026-11-23T07:05:43Z`, as Amazon writes moments in JSON."""
    days, rest = divmod(int(seconds), 86400)
    return f"{_day(days)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=days))
