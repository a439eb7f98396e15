"""The workspaces of a home as an agency looks at them, one line each, the gravest first. Imports no library: a command
that is asked often shows the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.format import format_target, format_value
from kpiterm.analysis.view import Target
from kpiterm.i18n import N_, listing, said, told

Standing = Literal["fault", "breach", "watch", "ok", "no_data", "not_computed", "never_synced"]

STALE = timedelta(hours=26)
"""From this age of the last sync on the figures of a client are old: a daily sync has not come."""
AHEAD = timedelta(days=31)
"""How far ahead a deadline is told of."""
_RANKS: dict[Standing, int] = {
    "fault": 0, "breach": 1, "watch": 3, "not_computed": 4, "no_data": 5, "never_synced": 6, "ok": 7,
}  # fmt: skip
_NO_DATA_COME = 2
"""The rank of what stands better than in breach, but has accounts that fail or a sync that does not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A KPI in breach, or in watch where none is: of all such the one with most weight in the contract."""

    id: str
    name: str
    channel: str
    value: Decimal | None
    unit: str
    currency: str | None
    target: Target | None
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class Failing:
    """An account whose last sync failed, or did in part."""

    account: str
    status: str
    error: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next date of the contract, a day in its time zone."""

    day: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A workspace. Where no figures can be given `why` says so and `hint` what to type; `counts` is then empty.

    `computed` is the moment of the figures, `through` the last day that all KPIs with weight have data of, `alerts`
    the open ones by severity. A workspace that is `syncing` shows what it had before.
    """

    name: str
    standing: Standing
    why: str = ""
    hint: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    missed: Missed | None = None
    through: date | None = None
    computed: datetime | None = None
    synced: datetime | None = None
    syncing: bool = False
    failing: Sequence[Failing] = ()
    alerts: Mapping[str, int] = field(default_factory=dict)
    due: Deadline | None = None

    def stale(self, now: datetime) -> bool:
        """Whether its last sync is too long ago."""
        return self.synced is not None and now - self.synced > STALE


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """All workspaces of a home, by name, as they stood at `now` (UTC)."""

    clients: Sequence[Client]
    now: datetime

    def sorted(self, by: str = "gravity") -> list[Client]:
        """The gravest first, or in another of the orders of `SORTS`; equals stay as grave as they are."""
        gravest = sorted(self.clients, key=lambda client: gravity(client, self.now))
        return sorted(gravest, key=SORTS[by])


def gravity(client: Client, now: datetime) -> tuple[object, ...]:
    """A key to sort by: what has no figures because of a fault, then breaches, then data that do not come."""
    rank = _RANKS[client.standing]
    if client.failing or client.stale(now):
        rank = min(rank, _NO_DATA_COME)
    counts = (-client.counts.get("breach", 0), -client.alerts.get("critical", 0), -client.counts.get("watch", 0))
    return rank, *counts, client.name.casefold()


def _last_sync(client: Client) -> tuple[object, ...]:
    return (client.synced is not None, client.synced.timestamp() if client.synced else 0)


SORTS: dict[str, Callable[[Client], tuple[object, ...]]] = {
    N_("gravity"): lambda _: (),
    N_("name"): lambda client: (client.name.casefold(),),
    N_("last sync"): _last_sync,
    N_("alerts"): lambda client: tuple(-client.alerts.get(level, 0) for level in ("critical", "warning", "info")),
    N_("deadline"): lambda client: (client.due.day if client.due else date.max,),
}
"""What `o` goes round: the oldest sync, the most alerts and the nearest deadline come first."""


def missed_text(missed: Missed, language: str) -> str:
    """`ACoS · amazon.com 33.4 % (≤ 28 %)`; without a channel for the figure over all of them."""
    name = told(missed.name, language) + ("" if missed.channel == "all" else f" · {missed.channel}")
    value = format_value(missed.value, missed.unit, missed.currency, language)
    return f"{name} {value} ({format_target(missed.target, missed.unit, missed.currency, language)})"


def failing_text(client: Client) -> str:
    """`sync failing: us-main, jp-main`; empty where none does."""
    names = listing(failing.account for failing in client.failing)
    return said("sync failing: {0}", names) if names else ""
