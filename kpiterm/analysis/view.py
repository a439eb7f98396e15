"""Everything that a screen or a status line needs, frozen, from one snapshot of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

State = Literal["ok", "watch", "breach", "no_data"]
Maturity = Literal["provisional", "settling", "final"]
AccountStatus = Literal["ok", "partial", "failed", "never"]


@dataclass(frozen=True, slots=True)
class Span:
    """A period in business days, both ends included; `through` is the last day that counts so far."""

    start: date
    end: date
    through: date


@dataclass(frozen=True, slots=True)
class Target:
    """What was agreed: `value` compared by `op`."""

    op: Literal["<", "<=", ">", ">="]
    value: Decimal

    def met_by(self, value: Decimal) -> bool:
        """Whether `value` meets the target; strict operators are strict."""
        match self.op:
            case "<":
                return value < self.value
            case "<=":
                return value <= self.value
            case ">":
                return value > self.value
            case ">=":
                return value >= self.value


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a KPI will stand at the period's end: the median, an 80 % interval, and the probability of the target."""

    value: Decimal
    low: Decimal
    high: Decimal
    p_hit: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may still go wrong before a target is missed, in the numerator's own unit (defects, misses, money).

    `left` is negative once it is overspent. `burn_rate` 1 uses up exactly the whole period's allowance; `days_left` is
    None while the recent days use up no more than they earn.
    """

    allowed: Decimal
    used: Decimal
    left: Decimal
    burn_rate: Decimal | None = None
    days_left: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which rates the true one lies with 95 %, and whether that settles the target; None without a target."""

    low: Decimal
    high: Decimal
    verdict: Literal["proven", "not proven"] | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a value that may still be restated will probably settle at, as so many earlier days did."""

    value: Decimal
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One KPI of one channel in one period. `reason` says why a value is missing or not to be trusted."""

    id: str
    name: str
    channel: str
    period: Span
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: Literal["ratio", "money", "count", "hours", "days"]
    direction: Literal["up", "down"]
    currency: str | None
    target: Target | None
    weight: Decimal | None
    state: State
    reason: str | None
    maturity: Maturity
    data_through: date | None
    sources: tuple[str, ...]
    previous: Decimal | None
    change: Decimal | None
    history: tuple[Decimal | None, ...]  # oldest first, the last entry is this period
    definition_version: int
    definition_hash: str
    group: str = "other"
    projection: Projection | None = None
    expected: Expected | None = None
    budget: Budget | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStatus:
    """The last run of one stream of an account; `note` is what it, or an earlier run that read further back, had to say
    of the data, such as that history is truncated."""

    name: str
    status: Literal["ok", "skipped", "failed", "never"]
    last_run: datetime | None
    watermark: datetime | None
    rows: int
    error: str | None
    hint: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatusView:
    """An account with its last sync, and each of its streams."""

    name: str
    connector: str
    last_sync: datetime | None
    status: AccountStatus
    error: str | None
    streams: tuple[StreamStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The board: what `kpiterm status` prints and the TUI draws."""

    workspace: str
    as_of: datetime
    currency: str
    snapshot: str | None
    gauges: tuple[Gauge, ...]
    accounts: tuple[AccountStatusView, ...]


def headlines(gauges: Sequence[Gauge]) -> tuple[Gauge, ...]:
    """The gauges to look at first: each channel of what has a target; of the rest the total, if there is one, else
    each channel that has a value."""
    totals = {g.id for g in gauges if g.channel == "all" and g.value is not None}

    def counts(gauge: Gauge) -> bool:
        return gauge.value is not None and (gauge.channel == "all" or gauge.id not in totals)

    agreed = {g.id for g in gauges if g.target or g.weight}
    return tuple(g for g in gauges if g.id in agreed or counts(g))
