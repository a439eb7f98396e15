"""The leaky bucket of points that an app has at a shop."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpiterm.sandbox.limits import Plan


class PointBucket:
    """Full at first, refilled at the plan's rate; a query needs its highest cost there and pays its true one."""

    def __init__(self, plan: Plan, clock: Callable[[], float]) -> None:
        self._plan, self._clock, self._lock = plan, clock, Lock()
        self._level, self._since = float(plan.burst), clock()

    def take(self, cost: float) -> bool:
        """Take the points, or leave the bucket as it is where they are not there."""
        with self._lock:
            self._refill()
            if self._level < cost:
                return False
            self._level -= cost
            return True

    def give_back(self, points: float) -> None:
        """What a query did not use up after all."""
        with self._lock:
            self._level = min(float(self._plan.burst), self._level + points)

    def status(self) -> dict[str, float]:
        """`throttleStatus`."""
        with self._lock:
            self._refill()
            return {
                "maximumAvailable": float(self._plan.burst),
                "currentlyAvailable": int(self._level),
                "restoreRate": float(self._plan.rate),
            }

    def _refill(self) -> None:
        now = self._clock()
        self._level = min(float(self._plan.burst), self._level + max(0.0, now - self._since) * self._plan.rate)
        self._since = now
