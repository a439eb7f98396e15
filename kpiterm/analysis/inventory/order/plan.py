"""What one run of the order engine found: its lines, what moves and what it will cost, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpiterm.analysis.inventory.order.line import Excess, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class CashWeek:
    """Expected money of a week, by currency: paid to suppliers and forwarders, and what sales bring after fees."""

    week: date
    currency: str
    paid: Decimal
    earned: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`today` by channel, the business day that dates count from; `review`, days to the next one; `without`, SKUs of
    which nothing can be said, and why."""

    as_of: datetime
    today: Mapping[str, date]
    review: int
    lines: tuple[Line, ...]
    excess: tuple[Excess, ...]
    cash: tuple[CashWeek, ...]
    notes: tuple[str, ...] = ()
