"""Token buckets per operation and application, as the usage plans of the vendors describe them."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Plan(NamedTuple):
    """Requests per second, and how many may come at once."""

    rate: float
    burst: float


class Taken(NamedTuple):
    """A request that asked for a token at a moment of the protocol's clock, and whether there was one."""

    at: float
    operation: str
    client: str
    plan: Plan
    granted: bool


class Buckets:
    """Full at first, refilled at the plan's rate. `taken` is what was asked for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, Lock()
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}
        self.taken: deque[Taken] = deque(maxlen=100_000)

    def take(self, operation: str, client: str, plan: Plan) -> float:
        """0.0 when a token was there, else the seconds until the next one."""
        with self._lock:
            now = self._clock()
            level, since = self._levels.get((operation, client), (plan.burst, now))
            level = min(plan.burst, level + max(0.0, now - since) * plan.rate)
            granted = level >= 1
            self._levels[operation, client] = (level - granted, now)
            self.taken.append(Taken(now, operation, client, plan, granted))
            return 0.0 if granted else (1 - level) / plan.rate
