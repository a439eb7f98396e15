"""The question that a board asks, and the days that it comes to on each channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from kpiterm.analysis.clock import Clock
from kpiterm.analysis.contract.terms import Agreement, Terms
from kpiterm.analysis.kpi.catalogue import Catalogue
from kpiterm.analysis.kpi.coverage import Cover, Kept, Watermarks, covered_through, read_coverage
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.entries import Entries
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.kpi.targets import targets_in_force
from kpiterm.analysis.kpi.told_twice import Twice, still_twice
from kpiterm.analysis.period import comparison, parse_period, past, upto, year_before
from kpiterm.analysis.reader import Reader
from kpiterm.analysis.thresholds import Reported, reported_standards
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
    kept: Kept
    settles: Mapping[str, timedelta]
    entries: Entries
    rates: Rates = NO_RATES
    coverage: dict[tuple[str, str, str | None], list[Cover]] = field(default_factory=dict)
    _reported: dict[date, Reported] = field(default_factory=dict)
    _targets: dict[date, Mapping[str, Agreement]] = field(default_factory=dict)
    _through: dict[tuple[tuple[int, ...], Span, date], date | None] = field(default_factory=dict)
    _twice: dict[Span, list[Twice]] = field(default_factory=dict)

    def covers(self, leaf: Definition) -> list[Cover]:
        """The sources of a measure's table, read once for all KPIs of that table."""
        measure = leaf.measure
        assert measure is not None
        key = measure.table, measure.day, measure.timezone
        if key not in self.coverage:
            self.coverage[key] = read_coverage(
                self.reader, measure.table, measure.day, watermarks=self.watermarks, accounts=self.accounts,
                clock=self.clock, kept=self.kept, zone=measure.timezone,
            )  # fmt: skip
        found = self.coverage[key]
        return [c for c in found if c.source in measure.sources] if measure.sources else found

    def through(self, covers: Sequence[Cover], span: Span, today: date) -> date | None:
        """`covered_through`, found out once: most KPIs come from a few tables."""
        key = tuple(map(id, covers)), span, today  # covers live as long as the question, and are slow to compare
        if key not in self._through:
            self._through[key] = covered_through(covers, span, today=today)
        return self._through[key]

    def leaves(self, definition: Definition) -> tuple[Definition, ...]:
        """The measured KPIs that a KPI comes from; itself, where it is one."""
        if not definition.refers:
            return (definition,)
        found = (leaf for name in definition.refers for leaf in self.leaves(self.catalogue[name]))
        return tuple({leaf.id: leaf for leaf in found}.values())

    def reported(self, day: date) -> Reported:
        """The standards that the platforms themselves had stated by a day."""
        if day not in self._reported:
            self._reported[day] = reported_standards(self.reader, day)
        return self._reported[day]

    def told_twice(self, span: Span) -> list[Twice]:
        """The orders of a period that two accounts have on days of their own."""
        if span not in self._twice:
            self._twice[span] = still_twice(self.reader, span)
        return self._twice[span]

    def agreement(self, kpi: str, day: date) -> Agreement:
        """Target and weight of a KPI on a day."""
        if day not in self._targets:
            self._targets[day] = targets_in_force(self.catalogue, self.config, self.terms, day)
        return self._targets[day][kpi]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A KPI on one channel (None: all of them): its sources, and the period as far as they cover it."""

    definition: Definition
    leaves: Sequence[Definition]
    channel: str | None
    covers: Sequence[Cover]
    today: date
    asked: Span
    span: Span
    begun: date | None
    """The first day of which any source has rows."""
    readings: bool
    """Whether a row is a reading of a state, complete in itself, rather than something that happened on a day."""

    @property
    def name(self) -> str:
        return self.channel or ALL


StandIns = Mapping[str, frozenset[str]]
"""By KPI, the channels on which the one named `instead` is read."""


def frame(question: Question, definition: Definition, channel: str | None, stand_ins: StandIns | None = None) -> Frame:
    """The days of a KPI on a channel: those that everything which it is computed from covers."""
    leaves = question.leaves(definition)
    by_leaf = [
        (leaf, [c for c in covers_of(question, leaf, (stand_ins or {}).get(leaf.id)) if channel in {None, c.channel}])
        for leaf in leaves
    ]
    covers = list(dict.fromkeys(c for _, mine in by_leaf for c in mine))
    places = {(c.channel, leaf.measure.timezone) for leaf, mine in by_leaf for c in mine if leaf.measure}
    today = min(question.clock.today(*place) for place in (places or {(channel or ALL, None)}))
    asked = parse_period(question.period, today)
    throughs = []
    for leaf, mine in by_leaf:
        if leaf.is_reading:
            throughs.append(today)  # each account's last reading counts, however old; today's is complete in itself
        elif (covered := question.through(mine, asked, today)) is not None:
            throughs.append(min(today - timedelta(days=1), covered))
    return Frame(
        definition=definition,
        leaves=leaves,
        channel=channel,
        covers=covers,
        today=today,
        asked=asked,
        span=_through(asked, min(throughs), leaves) if throughs else asked,
        begun=min((c.first_day for c in covers), default=None),
        readings=all(leaf.is_reading for leaf in leaves),
    )


def is_state(leaves: Iterable[Definition]) -> bool:
    """Whether a KPI sets readings beside windows that end with them, so that it needs no day of the period itself."""
    kinds = {"reading" if leaf.is_reading else "window" if leaf.window else "day" for leaf in leaves}
    return kinds == {"reading", "window"}


def _through(asked: Span, day: date, leaves: Sequence[Definition]) -> Span:
    """The period as far as it is covered by `day`; of a state, up to that day, be it before the period."""
    return replace(asked, through=min(asked.end, day)) if is_state(leaves) else upto(asked, day)


def covers_of(question: Question, leaf: Definition, elsewhere: frozenset[str] | None) -> list[Cover]:
    """The sources of a measured KPI; on the channels `elsewhere`, those of the one named `instead`."""
    found = question.covers(leaf)
    if elsewhere and leaf.instead:
        others = question.covers(question.catalogue[leaf.instead])
        found = [c for c in found if c.channel not in elsewhere] + [c for c in others if c.channel in elsewhere]
    return found


def windowed(definition: Definition, span: Span) -> Span:
    """What is read for a period: the period, or the days of the window that ends with it."""
    if definition.window is None or span.through < span.start:
        return span
    return Span(span.through - timedelta(days=definition.window - 1), span.through, span.through)


def earlier(definition: Definition, span: Span) -> Span:
    """What a growth is compared with."""
    return year_before(span) if definition.against == "year" else comparison(span)


def spans(frame: Frame) -> Iterator[Span]:
    """Every period that a KPI's gauge shows: its history, and the one before over as many days."""
    yield from past(frame.span, HISTORY)
    yield comparison(frame.span)
