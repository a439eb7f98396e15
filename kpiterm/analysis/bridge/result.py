"""A bridge as it is shown: a source's number, the steps to ours, and the residual that they leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.view import Span, State

Kind = Literal["report", "orders", "statement", "estimate", "ads", "fees", "payout", "none"]


class Note(NamedTuple):
    """A remark without its words: `words.said` puts it into a language."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one cause moves on the way from the source's number to ours; `example` is an order, day or statement."""

    code: str
    amount: Decimal
    rows: int
    example: str | None
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The other number: of a stream or file kind (`name`), through `accounts`. `value` is None without rows."""

    name: str
    kind: Kind
    accounts: tuple[str, ...] = ()
    value: Decimal | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Our number and the rows that it counts; `name` is what they are: `order_line`, or the source that stands in."""

    name: str
    value: Decimal | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which something is left unexplained, with both sides' figures of that day."""

    day: date
    residual: Decimal
    source: Decimal
    ours: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """source.value + the steps + residual = ours.value, exactly. `days` has the largest residuals first."""

    kpi: str
    channel: str
    currency: str | None
    period: Span
    source: Source
    ours: Ours
    steps: tuple[Step, ...] = ()
    residual: Decimal | None = None
    residual_share: Decimal | None = None
    state: State = "no_data"
    days: tuple[DayOff, ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A residual alarms above both `share` of our number and `absolute`, in the KPI's own unit."""

    share: Decimal = Decimal("0.005")
    absolute: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is being reconciled; `currency` is None for a KPI that counts things. `rates` bring other amounts to it."""

    kpi: str
    channel: str
    currency: str | None
    span: Span
    tolerance: Tolerance = field(default_factory=Tolerance)
    rates: Rates = NO_RATES
