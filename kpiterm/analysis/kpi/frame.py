"""The question that a board asks, and the days that it comes to on each channel."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kpiterm.analysis.clock import Clock
from kpiterm.analysis.contract.terms import Terms
from kpiterm.analysis.kpi.catalogue import Catalogue
from kpiterm.analysis.kpi.compile import Days
from kpiterm.analysis.kpi.coverage import Cover, Watermarks, covered_through, read_coverage
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.entries import Entries
from kpiterm.analysis.period import comparison, parse_period, past, upto
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.view import Span
from kpiterm.config.model import Config

ALL = "all"
HISTORY = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that the gauges of one board depend on. `period` None means the current month of each channel."""

    reader: Reader
    catalogue: Catalogue
    config: Config
    terms: Sequence[Terms]
    clock: Clock
    period: str | None
    accounts: Collection[str]
    watermarks: Watermarks
    settles: Mapping[str, timedelta]
    entries: Entries
    coverage: dict[tuple[str, str], list[Cover]] = field(default_factory=dict)

    def covers(self, base: Definition) -> list[Cover]:
        """The sources of a measure's table, read once for all KPIs of that table."""
        assert base.measure is not None
        key = base.measure.table, base.measure.day
        if key not in self.coverage:
            self.coverage[key] = read_coverage(
                self.reader, *key, watermarks=self.watermarks, accounts=self.accounts, clock=self.clock
            )
        return self.coverage[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A measure on one channel (None: all of them): its sources, and the period as far as they cover it."""

    base: Definition
    channel: str | None
    covers: Sequence[Cover]
    today: date
    asked: Span
    span: Span

    @property
    def name(self) -> str:
        return self.channel or ALL

    @property
    def readings(self) -> bool:
        """Whether a row is a reading of a state, complete in itself, rather than something that happened on a day."""
        return self.base.kind == "last_ratio"


def frames(question: Question, base: Definition, channels: Sequence[str]) -> list[Frame]:
    """One frame for all channels together, then one for each."""
    covers = question.covers(base)
    return [_frame(question, base, channel, covers) for channel in (None, *channels)]


def spans(definition: Definition, span: Span) -> Iterator[Span]:
    """Every span that a KPI's gauge is computed from: its history, and what each is compared with."""
    history = past(span, HISTORY)
    yield from history
    yield comparison(span)
    if definition.kind == "growth":
        yield from map(comparison, history)
        yield comparison(comparison(span))


def days(definition: Definition, frame: Frame) -> set[Days]:
    """The same as first and last days, without those of which no day has passed yet."""
    return {(s.start, s.through) for s in spans(definition, frame.span) if s.through >= s.start}


def _frame(question: Question, base: Definition, channel: str | None, covers: Sequence[Cover]) -> Frame:
    mine = [c for c in covers if channel in {None, c.channel}]
    today = min(question.clock.today(name) for name in ({c.channel for c in mine} or {channel or ALL}))
    asked = parse_period(question.period, today)
    if base.kind == "last_ratio":
        span = upto(asked, today)  # each account's last reading counts, however old; today's is complete in itself
    else:
        covered = covered_through(mine, asked, today=today)
        span = asked if covered is None else upto(asked, min(today - timedelta(days=1), covered))
    return Frame(base=base, channel=channel, covers=mine, today=today, asked=asked, span=span)
