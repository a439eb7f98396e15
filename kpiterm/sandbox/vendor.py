"""What a vendor's simulator is to the server: accounts that it accepts and the hosts that it answers for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpiterm.sandbox.clock import Clock
    from kpiterm.sandbox.limits import Buckets
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.wire import Request, Response


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


@dataclass(frozen=True)
class Vendor:
    """The accounts and, per host name, the function that answers; `outages` are the vendor's own error answers to the
    faults `500` and `503`, where it has any."""

    accounts: tuple[SandboxAccount, ...]
    hosts: Mapping[str, Callable[[Request], Response]]
    outages: Mapping[str, Response] = field(default_factory=dict)
