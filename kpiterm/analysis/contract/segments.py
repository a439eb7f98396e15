"""The months of a contract: how many of their days count, and which terms hold on which of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from kpiterm.analysis.contract.model import Contract, TermsVersion
from kpiterm.analysis.period import label, parse_period, whole
from kpiterm.analysis.view import Span
from kpiterm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of a month, first to last, on which one version of the terms holds."""

    terms: TermsVersion
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring segments that agree in what is settled; `share` is their part of the period."""

    segments: tuple[Segment, ...]
    days: int
    of: int

    @property
    def terms(self) -> TermsVersion:
        return self.segments[-1].terms

    @property
    def share(self) -> Decimal:
        return Decimal(self.days) / Decimal(self.of)


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is settled. `active` of `of` days count."""

    span: Span
    segments: tuple[Segment, ...]
    active: int
    of: int

    @property
    def name(self) -> str:
        return label(self.span)

    @property
    def terms(self) -> TermsVersion:
        return self.segments[-1].terms

    @property
    def share(self) -> Decimal:
        return Decimal(self.active) / Decimal(self.of)

    def groups(self, key: Callable[[TermsVersion], object]) -> list[Group]:
        """Neighbouring segments taken together where `key` of their terms is equal, so that a change elsewhere in the
        contract does not cut what it leaves alone."""
        total = sum(s.days for s in self.segments)
        found = [tuple(same) for _, same in groupby(self.segments, lambda s: key(s.terms))]
        days = [sum(s.days for s in same) * self.active for same in found]
        shrink = total if all(n % total == 0 for n in days) else 1  # 20 of 30 days, and not 600 of 900
        return [Group(same, n // shrink, self.of * total // shrink) for same, n in zip(found, days, strict=True)]


def month_of(contract: Contract, period: str, days: tuple[int, int] | None = None, suspended: int = 0) -> Month:
    """The month `2026-10` of a contract; UsageError where it is none, or where no terms hold in it."""
    span = whole_month(period)
    segments = _segments(contract, span)
    if not segments:
        ends = f", ends on {contract.until}" if contract.until else ""
        raise UsageError(
            f"no terms of {contract.id} hold in {period}: it starts on {contract.start}{ends}",
            hint="name a month of the contract: --period 2026-10",
        )
    active, of = days or (sum(s.days for s in segments), (span.end - span.start).days + 1)
    return Month(span, segments, max(0, active - suspended), of)


def whole_month(period: str) -> Span:
    """A month by its name; a contract is settled by the month and by nothing else."""
    if not re.fullmatch(r"\d{4}-\d\d", period):
        raise UsageError(f"period {period!r} is no month", hint="a contract is settled by the month: --period 2026-10")
    return whole(parse_period(period, date.max))


def _segments(contract: Contract, span: Span) -> tuple[Segment, ...]:
    first, last = max(span.start, contract.start), min(span.end, contract.until or span.end)
    ends = [t.effective_from - timedelta(days=1) for t in contract.terms[1:]] + [last]
    found: Sequence[Segment] = [
        Segment(terms, max(first, terms.effective_from), min(last, end))
        for terms, end in zip(contract.terms, ends, strict=True)
    ]
    return tuple(s for s in found if s.first <= s.last)
