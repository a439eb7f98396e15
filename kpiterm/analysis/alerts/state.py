"""What is remembered of alerts between evaluations, and what people are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.alerts.rules import EVERY, LEVELS, Severity
from kpiterm.analysis.view import Budget, Gauge, Span, Target
from kpiterm.analysis.view import State as Standing

Change = Literal["opened", "worse", "reminder", "closed"]


@dataclass(frozen=True, slots=True)
class Streak:
    """How often in a row one rule's condition was met, or was gone, and whether the rule is in force."""

    bad: int = 0
    good: int = 0
    active: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A gauge as an alert tells of it. `kpi` "*" stands for all figures of a channel. No figure of a customer."""

    kpi: str
    channel: str
    name: str
    unit: str
    currency: str | None
    value: Decimal | None
    target: Target | None
    weight: Decimal | None
    state: Standing
    period: Span
    p_hit: Decimal | None
    budget: Budget | None
    data_through: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Somebody has taken an alert on, as grave as it was at `at`: channels are left alone until it gets graver, or
    until the day `until` begins (UTC)."""

    by: str
    at: datetime
    severity: Severity
    note: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One KPI on one channel. `told` is what people last heard (None: nothing, or that it is over)."""

    situation: Situation
    streaks: Mapping[str, Streak] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    severity: Severity | None = None
    since: datetime | None = None
    told: Severity | None = None
    told_at: datetime | None = None
    acknowledged: Acknowledged | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All alerts that are open, about to open, or were closed a moment ago; by `key`."""

    alerts: Mapping[str, Alert] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What to tell about one alert. `reasons` are the conditions that hold, or held."""

    change: Change
    severity: Severity
    reasons: tuple[str, ...]
    since: datetime
    at: datetime
    situation: Situation

    @property
    def key(self) -> str:
        return key(self.situation.kpi, self.situation.channel)


def key(kpi: str, channel: str) -> str:
    """What makes an alert itself."""
    return f"{kpi}@{channel}"


def public_id(situation: Situation) -> str:
    """What a person types to name an alert; a shell would take the `*` of `key` for a pattern."""
    return key("data" if situation.kpi == EVERY else situation.kpi, situation.channel)


def rank(severity: Severity | None) -> int:
    """info 1, warning 2, critical 3; nothing 0."""
    return 0 if severity is None else LEVELS.index(severity) + 1


def situation(gauge: Gauge, kpi: str) -> Situation:
    """The gauge, told under the name `kpi`."""
    return Situation(
        kpi=kpi,
        channel=gauge.channel,
        name=gauge.name,
        unit=gauge.unit,
        currency=gauge.currency,
        value=gauge.value,
        target=gauge.target,
        weight=gauge.weight,
        state=gauge.state,
        period=gauge.period,
        p_hit=gauge.projection.p_hit if gauge.projection else None,
        budget=gauge.budget,
        data_through=gauge.data_through,
    )
