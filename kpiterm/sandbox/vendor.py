"""What a vendor's simulator is to the server: accounts that it accepts and the hosts that it answers for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpiterm.sandbox.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpiterm.sandbox.clock import Clock
    from kpiterm.sandbox.limits import Buckets
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.wire import Request, Response


YOUNG_SECONDS = 10.0
"""A token that is refused so soon after it was given out would speak of wrong credentials."""


@dataclass(frozen=True)
class SandboxAccount:
    """An account that the sandbox accepts, in the shape in which a user would configure it."""

    name: str
    connector: str
    settings: dict[str, str]
    secrets: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class World:
    """Everything that a vendor's simulator works with."""

    shop: Shop
    clock: Clock
    buckets: Buckets
    throttle: bool
    token_seconds: int
    report_seconds: float
    throttled: Counter[str] = field(default_factory=Counter)
    faults: Faults = field(default_factory=Faults)
    longest_page: int = 1_000_000

    def page(self, size: int) -> int:
        """How many items a page holds at most where `size` were asked for."""
        return min(size, self.longest_page)

    def ends_early(self, issued: float, where: str) -> bool:
        """Whether a token of some age ends now, long before the moment that its answer named."""
        return self.clock.time() - issued > YOUNG_SECONDS and self.faults.strikes("expired", where)

    def after(self, offset: int, size: int, where: str) -> int:
        """Where the page after that of `size` items at `offset` begins; `where` names the list."""
        return offset + size - self.faults.overlap(size, where)


@dataclass(frozen=True)
class Vendor:
    """The accounts and, per host name, the function that answers; `outages` are the vendor's own error answers to the
    faults `500` and `503`, where it has any. `storms` has a refusal for each host whose quota may be gone for a while,
    given the seconds that this lasts and the protocol's time."""

    accounts: tuple[SandboxAccount, ...]
    hosts: Mapping[str, Callable[[Request], Response]]
    outages: Mapping[str, Response] = field(default_factory=dict)
    storms: Mapping[str, Callable[[float, float], Response]] = field(default_factory=dict)
