"""A KPI's value over a period, built from what was measured: growths, shares and nets of other KPIs included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import reduce

from kpiterm.analysis.kpi import outcome as o
from kpiterm.analysis.kpi.compile import Days
from kpiterm.analysis.kpi.coverage import QUIET
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.figures import Figures
from kpiterm.analysis.kpi.frame import Question, covers_of, earlier, is_state, windowed
from kpiterm.analysis.kpi.outcome import NO_DATA, Outcome, Part
from kpiterm.analysis.period import label
from kpiterm.analysis.view import Span
from kpiterm.i18n import named, said

MANY = Decimal("0.02")  # of the rows without the number that is added up: then the sum is not to be trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a value is asked in and of: `currency`, where amounts must be in one; only these accounts and channels."""

    currency: str | None = None
    only: frozenset[tuple[str, str]] | None = None


_ANY = Wanted()


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Values on one channel (None: all of them). `stand_ins` names, by KPI and channel, the channels on which the KPI
    named `instead` is read for one that has no rows there."""

    question: Question
    figures: Figures
    channel: str | None
    stand_ins: Mapping[str, frozenset[str]]
    today: date
    known: dict[tuple[str, Span, Wanted | None], Outcome] = field(default_factory=dict)

    def needed(self, definition: Definition, span: Span) -> Iterator[tuple[str, Days]]:
        """Every measured KPI and period that a value is computed from; nothing where no day has passed yet."""
        span = self._over(definition, span)
        if span.through < span.start:
            return
        spans = (span, earlier(definition, span)) if definition.kind == "growth" else (span,)
        for name in definition.refers:
            for part in spans:
                yield from self.needed(self.question.catalogue[name], part)
        if not definition.refers:
            yield definition.id, (span.start, span.through)
            if definition.instead and definition.id in self.stand_ins:
                yield definition.instead, (span.start, span.through)

    def value(self, definition: Definition, span: Span, wanted: Wanted | None = None) -> Outcome:
        """The outcome over `span`; `figures` must hold what is `needed`."""
        key = definition.id, span, wanted
        if (found := self.known.get(key)) is None:
            found = self.known[key] = self._value(definition, span, wanted or _ANY)
        return found

    def _value(self, definition: Definition, span: Span, wanted: Wanted) -> Outcome:
        span = self._over(definition, span)
        if span.through < span.start:
            return Outcome(reason=NO_DATA, base=None if definition.refers else definition)
        match definition.kind:
            case "growth":
                found = self._growth(definition, span, wanted)
            case "share":
                part, whole = self._alike(definition.refers, span, wanted)
                names = [self._name(name) for name in definition.refers]
                found = o.share(part, whole, (names[0], names[1]), money=definition.unit == "money")
            case "net":
                outcomes = self._alike(definition.refers, span, wanted)
                named = [(self._name(n), f) for n, f in zip(definition.refers, outcomes, strict=True)]
                found = o.net(named[: len(definition.plus)], named[len(definition.plus) :])
            case _:
                found = self._measured(definition, span, wanted)
        return self._per_day(definition, found, span) if definition.per_day else found

    def _over(self, definition: Definition, span: Span) -> Span:
        """The days that are read for a period. A reading is complete in itself: today's counts too."""
        if definition.window is None and not definition.is_reading:
            before = span.through < span.start and definition.refers
            return replace(span, start=span.through) if before and is_state(self.question.leaves(definition)) else span
        span = windowed(definition, span)
        if definition.is_reading and span.start <= self.today <= span.end:
            # In its first days a period may have no reading yet: the latest one holds until there is.
            return replace(span, start=min(span.start, self.today - QUIET), through=self.today)
        return span

    def _measured(self, definition: Definition, span: Span, wanted: Wanted) -> Outcome:
        parts = self._parts(definition, span)
        if wanted.only is not None:
            parts = [p for p in parts if (p.account, p.channel) in wanted.only]
        if definition.none_is_zero and not parts and self._was_read(definition, span):
            return Outcome(value=Decimal(0), numerator=Decimal(0))
        if definition.apart and self.channel is None and len({p.channel for p in parts if p.account is not None}) > 1:
            return Outcome(parts=tuple(parts), reason=said("each platform counts in its own way: see each channel"))
        found = o.evaluate(definition, parts, self.channel, rates=self.question.rates, currency=wanted.currency)
        lacks = () if found.value is None else _lacks(definition, found.parts)
        return found._replace(lacks=lacks) if lacks else found

    def _was_read(self, definition: Definition, span: Span) -> bool:
        """Whether a source was read beyond the start of the period: then no rows means that nothing happened."""
        covers = [c for c in self.question.covers(definition) if self.channel in {None, c.channel}]
        return any(c.first_day <= span.start and max(c.synced or c.last_day, c.last_day) > span.start for c in covers)

    def _parts(self, definition: Definition, span: Span) -> list[Part]:
        days = span.start, span.through
        channel = None if definition.none_is_zero else self.channel  # there is none only where no channel has one
        parts = self.figures.parts(definition.id, days, channel)
        elsewhere = self.stand_ins.get(definition.id)
        if not elsewhere or not definition.instead:
            return parts
        others = self.figures.parts(definition.instead, days, channel)
        return [p for p in parts if p.channel not in elsewhere] + [p for p in others if p.channel in elsewhere]

    def _growth(self, definition: Definition, span: Span, wanted: Wanted) -> Outcome:
        assert definition.of
        before, of = earlier(definition, span), self.question.catalogue[definition.of]
        if definition.like_for_like:
            wanted = replace(wanted, only=self._begun(definition, before))
        now, then = self.value(of, span, wanted), self.value(of, before, wanted)
        base = self.question.rates.base
        if base and now.currency != then.currency and None not in {now.value, then.value}:
            wanted = replace(wanted, currency=base)
            now, then = self.value(of, span, wanted), self.value(of, before, wanted)
        return o.growth(now, then, label(Span(before.start, before.through, before.through)))

    def _begun(self, definition: Definition, before: Span) -> frozenset[tuple[str, str]]:
        """Accounts and channels whose data had begun when the earlier period did."""
        leaves = self.question.leaves(definition)
        covers = [c for leaf in leaves for c in covers_of(self.question, leaf, self.stand_ins.get(leaf.id))]
        return frozenset((c.account, c.channel) for c in covers if c.first_day <= before.start + QUIET)

    def _alike(self, names: Sequence[str], span: Span, wanted: Wanted) -> list[Outcome]:
        """Outcomes that are added or divided: amounts of several currencies are first brought to one."""
        definitions = [self.question.catalogue[name] for name in names]
        found = [self.value(definition, span, wanted) for definition in definitions]
        currencies = {f.currency for f in found if f.value is not None and f.currency}
        if len(currencies) < 2:
            return found
        if base := self.question.rates.base:
            return [self.value(definition, span, replace(wanted, currency=base)) for definition in definitions]
        reason = said("amounts in {0}: no exchange rates, add them to fx.toml", _joined(sorted(currencies)))
        return [f._replace(value=None, reason=reason) if f.currency else f for f in found]

    def _per_day(self, definition: Definition, found: Outcome, span: Span) -> Outcome:
        """The mean of a day: of the days with a reading for what is read, of all days for what happens."""
        if found.value is None:
            return found
        days = (span.through - span.start).days + 1
        if definition.is_mean_reading:
            days = self.figures.days(definition.id, (span.start, span.through), self.channel)
        return found._replace(value=found.value / days, numerator=found.value, denominator=Decimal(days))

    def _name(self, kpi: str) -> str:
        return named(self.question.catalogue[kpi].name)


def _joined(currencies: Iterable[str]) -> str:
    return reduce(lambda one, other: said("{0} and {1}", one, other), currencies)


def _lacks(definition: Definition, parts: Sequence[Part]) -> tuple[str, ...]:
    """What the rows do not say: on some channels nothing at all, on others too little to be trusted."""
    if definition.kind == "distinct" or not any(p.missing for p in parts):
        return ()
    names = sorted(definition.measure.numerator.columns) if definition.measure else []
    wanted = reduce(lambda one, other: said("{0} or {1}", one, other), map(o.noun, names)) if names else said("number")
    silent = {p.channel for p in parts} - {p.channel for p in parts if p.missing < p.sample}
    rest = [p for p in parts if p.channel not in silent]
    missing, sample = sum(p.missing for p in rest), sum(p.sample for p in rest)
    notes = [said("{0} gives no {1}", channel, wanted) for channel in sorted(map(str, silent))]
    if missing > MANY * sample:
        notes.append(said("{0} of {1} rows give no {2}", missing, sample, wanted))
    return tuple(notes)
