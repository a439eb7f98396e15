"""Everything that a screen or a status line needs, frozen, from one snapshot of the store."""

from __future__ import annotations

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
