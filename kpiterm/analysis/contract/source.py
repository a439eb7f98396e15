"""What the figures of a contract's months are gathered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from kpiterm.analysis.contract.ledger import Ledger
from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.segments import Group, Month
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.view import Span

Document = dict[str, Any]
Days = tuple[date, date]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The store, the operation log, and the statements closed before, by month."""

    contract: Contract
    question: Question
    ledger: Ledger
    statements: Mapping[str, Mapping[str, Any]]

    def is_over(self, day: date) -> bool:
        """Whether a day has ended in the contract's own time zone."""
        return day < self.question.clock.now.astimezone(ZoneInfo(self.contract.timezone)).date()

    def suspended(self, month: Month) -> set[date]:
        """The days of the contract's part of a month on which the service was suspended."""
        return self.ledger.suspended(active(month))


def active(month: Month) -> Span:
    """The days of a month on which terms hold."""
    return Span(month.segments[0].first, month.segments[-1].last, month.segments[-1].last)


def days_of(group: Group) -> Span:
    return Span(group.segments[0].first, group.segments[-1].last, group.segments[-1].last)


def without(span: Span, suspended: set[date]) -> list[Days]:
    """The stretches of a period that are left without the suspended days."""
    stops = [span.start - DAY, *sorted(d for d in suspended if span.start <= d <= span.end), span.end + DAY]
    return [(a + DAY, b - DAY) for a, b in pairwise(stops) if (b - a).days > 1]
