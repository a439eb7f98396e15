"""What is left of the vendors' quotas, as a screen shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """Of one operation: requests that would pass at once, how many there are at most, seconds until the next one."""

    operation: str
    left: int
    burst: int
    wait: float


@dataclass(frozen=True, slots=True)
class QuotasPage:
    """By account; an account that was never synced has none."""

    by_account: Mapping[str, tuple[Quota, ...]]
