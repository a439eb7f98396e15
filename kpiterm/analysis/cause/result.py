"""The cause of a change, frozen: its parts over all lines, the lines that matter most, and the rest of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from kpiterm.analysis.kpi.definition import Unit
from kpiterm.analysis.view import Span

By = Literal["channel", "sku", "campaign"]
Kind = Literal["both", "new", "lost", "out_of_stock", "restocked"]
KINDS = ("new", "lost", "out_of_stock", "restocked")
Amounts = Mapping[str, Decimal]

# The order in which factors are told.
FACTORS = (
    "traffic", "mix", "conversion", "volume", "price", "cpc", "cvr", "aov", "rate", "amount", "new", "restocked",
    "lost", "out_of_stock", "unsold", "other",
)  # fmt: skip


class Outage(NamedTuple):
    """On how many days of either period a SKU had nothing to sell; the first and the last of this one, and about how
    many units more it would have sold in it, where the weeks before tell."""

    before: int = 0
    after: int = 0
    first: date | None = None
    last: date | None = None
    lost: Decimal | None = None


NO_OUTAGE = Outage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One channel, SKU or campaign; `key` is None where the source names none. `change` is its part in the change.

    `before` and `after` are its own values: an amount, or a ratio (None where it is undefined). `kind` tells a line
    that has only one side; `prices` are what a unit brought before and after, of sales only.
    """

    channel: str
    key: str | None
    name: str
    title: str | None
    kind: Kind
    before: Decimal | None
    after: Decimal | None
    change: Decimal
    parts: Amounts
    out: Outage = NO_OUTAGE
    prices: tuple[Decimal, Decimal] | None = None

    @property
    def days_out(self) -> tuple[int, int]:
        """The days, before and after, on which every stock reading said nothing left."""
        return self.out.before, self.out.after


@dataclass(frozen=True, slots=True)
class Rest:
    """All lines that are not told one by one."""

    lines: int
    change: Decimal
    parts: Amounts


@dataclass(frozen=True, slots=True)
class Note:
    """What is missing or doubtful: a code that the story puts into words, with what it is about."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """before + Σ parts = after, and likewise for each line, exactly. `unit` is that of the amounts; `is_ratio`
    tells sums over sums, whose lines have values of their own beside their part in it.

    `growth` is the relative change, of a growth KPI only. `levels` are a factor's values before and after over all
    lines. `rises` and `falls` are the sums of the lines' changes of either sign. `components` are the names of the KPIs
    that a net or share is made of: these are its parts. `leads` are the lines with the largest price, new and lost
    parts.
    """

    kpi: str
    name: str
    unit: Unit
    is_ratio: bool
    direction: Literal["up", "down"]
    currency: str | None
    by: By
    channel: str | None
    period: Span
    against: Span
    before: Decimal
    after: Decimal
    growth: Decimal | None
    parts: Amounts
    levels: Mapping[str, tuple[Decimal, Decimal]]
    lines: tuple[Line, ...]
    rest: Rest | None
    counts: Mapping[Kind, int]
    rises: Decimal
    falls: Decimal
    risen: int
    fallen: int
    out: int
    out_change: Decimal
    out_lost: Decimal
    notes: tuple[Note, ...]
    components: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, Line] = field(default_factory=dict)

    @property
    def change(self) -> Decimal:
        return self.after - self.before
