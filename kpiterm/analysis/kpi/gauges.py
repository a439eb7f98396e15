"""Gauges of the board: each KPI over all channels and over each, with its history and what may be doubted about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby

from kpiterm.analysis.format import plain
from kpiterm.analysis.kpi import judge
from kpiterm.analysis.kpi.compile import Days, Statement, compile_kpi
from kpiterm.analysis.kpi.coverage import QUIET, last_data_day
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.entries import entered
from kpiterm.analysis.kpi.evaluate import Evaluator
from kpiterm.analysis.kpi.explain import doubts, why_missing
from kpiterm.analysis.kpi.figures import Figures
from kpiterm.analysis.kpi.frame import ALL, HISTORY, Frame, Question, StandIns, earlier, frame, spans, windowed
from kpiterm.analysis.kpi.outcome import Outcome
from kpiterm.analysis.kpi.outlook import NOTHING, Ahead, Outlook, can_be_paced, projections
from kpiterm.analysis.kpi.restated import Restatement, expected, learn
from kpiterm.analysis.kpi.standing import budget_of, interval_of, judged_on, target_of
from kpiterm.analysis.period import comparison, past
from kpiterm.analysis.view import Expected, Gauge, Maturity, Span
from kpiterm.errors import UsageError
from kpiterm.i18n import named, said, sentences

_ADDED_UP = frozenset({"sum", "distinct", "net", "growth"})
Evaluators = Callable[[str | None, date], Evaluator]


@dataclass(frozen=True, slots=True)
class Case:
    """A KPI on a channel: its frame, and how its values are found."""

    frame: Frame
    evaluator: Evaluator

    @property
    def definition(self) -> Definition:
        return self.frame.definition

    def outcome(self, span: Span) -> Outcome:
        return self.evaluator.value(self.definition, span)

    def needed(self, span: Span) -> Iterable[tuple[str, Days]]:
        return self.evaluator.needed(self.definition, span)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a KPI came to in a frame, from the data or entered by hand."""

    outcome: Outcome
    span: Span
    sources: tuple[str, ...]
    maturity: Maturity
    doubts: tuple[str, ...] = ()
    note: str | None = None


def all_gauges(question: Question, only: str | None = None) -> list[Gauge]:
    """Every KPI (or `only` one) in the catalogue's order: all channels together, then each where there are several."""
    figures = figures_of(question)
    chosen = [d for d in question.catalogue.values() if only in {None, d.id}]
    stand_ins = _stand_ins(question, figures, chosen)
    evaluators = _evaluators(question, figures, stand_ins)
    cases = [
        _case(question, evaluators, definition, channel, stand_ins)
        for definition in chosen
        for channel in (None, *_channels(question, definition))
    ]
    # What is needed does not depend on the channel.
    alike = {(case.definition.id, case.frame.span, case.frame.today): case for case in cases}.values()
    _read(figures, question, (need for case in alike for s in spans(case.frame) for need in case.needed(s)))
    shown = _shown(question, cases)
    ahead = projections(question, [_ahead(question, case) for case in shown if _is_paced(question, case)])
    restatement = _learn(question, shown)
    return [
        gauge(question, case, ahead.get((case.definition.id, case.frame.name), NOTHING), restatement) for case in shown
    ]


def _learn(question: Question, cases: Sequence[Case]) -> Restatement:
    watched = {case.definition.id: case for case in cases if _is_watched(question, case)}
    today = max((case.frame.today for case in watched.values()), default=question.clock.now.date())
    return learn(question, [case.definition for case in watched.values()], today)


def statement(question: Question, kpi: str, channel: str | None = None) -> Statement:
    """The SQL behind a KPI's gauge; that of a growth is its base's, over the periods that are compared."""
    definition, figures = question.catalogue[kpi], figures_of(question)
    stand_ins = _stand_ins(question, figures, [definition])
    case = _case(question, _evaluators(question, figures, stand_ins), definition, channel, stand_ins)
    asked: dict[str, set[Days]] = {}
    for leaf, days in (need for span in spans(case.frame) for need in case.needed(span)):
        asked.setdefault(leaf, set()).add(days)
    leaves = {leaf.id: leaf for leaf in question.leaves(definition)}
    if channel:
        leaves = {
            (leaf.instead if leaf.instead and channel in stand_ins.get(name, ()) else name): leaf
            for name, leaf in leaves.items()
        }
    if len(leaves) > 1:
        names = ", ".join(sorted(leaves))
        raise UsageError(f"{kpi} is computed from several KPIs: {names}", hint="ask for the SQL of one of those")
    (leaf,) = leaves
    whole = {(case.frame.asked.start, case.frame.asked.end)}
    return compile_kpi(
        question.catalogue[leaf], sorted(asked.get(leaf) or whole), as_of=question.reader.as_of, channel=channel
    )


def figures_of(question: Question) -> Figures:
    """Nothing measured yet."""
    return Figures(question.reader, zone=question.clock.fallback, by_month=question.rates.base is not None)


def _evaluators(question: Question, figures: Figures, stand_ins: StandIns) -> Evaluators:
    """One for each channel and day: KPIs are made of one another, and each value is computed once."""
    return cache(lambda channel, today: Evaluator(question, figures, channel, stand_ins, today))


def _case(
    question: Question, evaluators: Evaluators, definition: Definition, channel: str | None, stand_ins: StandIns
) -> Case:
    found = frame(question, definition, channel, stand_ins)
    return Case(found, evaluators(channel, found.today))


def _channels(question: Question, definition: Definition) -> list[str]:
    leaves = _with_stand_ins(question, question.leaves(definition))
    typed = {channel for kpi, channel, *_ in question.entries if kpi == definition.id} - {ALL}
    return sorted({c.channel for leaf in leaves for c in question.covers(leaf)} | typed)


def _with_stand_ins(question: Question, leaves: Iterable[Definition]) -> list[Definition]:
    return [d for leaf in leaves for d in (leaf, *([question.catalogue[leaf.instead]] if leaf.instead else []))]


def _stand_ins(question: Question, figures: Figures, definitions: Iterable[Definition]) -> dict[str, frozenset[str]]:
    """The channels on which a KPI has no rows in the period and the one named `instead` has some."""
    leaves = {leaf.id: leaf for d in definitions for leaf in question.leaves(d) if leaf.instead}
    probes: dict[tuple[str, str], list[tuple[str, Days]]] = {}
    for leaf in leaves.values():
        for channel in _channels(question, leaf):
            for candidate in _with_stand_ins(question, [leaf]):
                span = windowed(candidate, frame(question, candidate, channel).span)
                probes.setdefault((leaf.id, channel), []).append((candidate.id, (span.start, span.through)))
    _read(figures, question, (probe for pair in probes.values() for probe in pair if probe[1][0] <= probe[1][1]))
    found: dict[str, set[str]] = {}
    for (kpi, channel), pair in probes.items():
        has = [
            days[0] <= days[1] and any(p.channel == channel for p in figures.parts(name, days)) for name, days in pair
        ]
        if has == [False, True]:
            found.setdefault(kpi, set()).add(channel)
    return {kpi: frozenset(channels) for kpi, channels in found.items()}


def _read(figures: Figures, question: Question, needs: Iterable[tuple[str, Days]]) -> None:
    wanted: dict[str, set[Days]] = {}
    for leaf, days in needs:
        wanted.setdefault(leaf, set()).add(days)
    figures.read(wanted, question.catalogue)


def _shown(question: Question, cases: Sequence[Case]) -> list[Case]:
    """All channels together, then each channel that has something, where more than one has."""
    found: list[Case] = []
    for _, (total, *mine) in groupby(cases, key=lambda case: case.definition.id):
        busy = [case for case in mine if _has_something(question, case)]
        found += [total, *(busy if len(busy) > 1 else ())]
    return found


def _has_something(question: Question, case: Case) -> bool:
    """Whether the channel has rows in the period or in the one before, or an entry."""
    seen = any(case.outcome(span).parts for span in past(case.frame.span, 2))
    return seen or entered(question.entries, case.definition.id, case.frame.name, case.frame.asked) is not None


def _is_paced(question: Question, case: Case) -> bool:
    """Of what has a target, and of sales: where the period will end."""
    return _is_watched(question, case) and can_be_paced(question, case.definition)


def _is_watched(question: Question, case: Case) -> bool:
    """Whether it is worth more than its value: what has a target, and sales."""
    return case.definition.id in {"gmv", "net_sales"} or target_of(question, case.frame) is not None


def _ahead(question: Question, case: Case) -> Ahead:
    return Ahead(frame=case.frame, evaluator=case.evaluator, target=target_of(question, case.frame))


def gauge(question: Question, case: Case, ahead: Outlook, restatement: Restatement) -> Gauge:
    """The KPI as the board shows it."""
    frame, definition = case.frame, case.definition
    reading = _reading(question, case)
    outcome = reading.outcome
    agreed = question.agreement(definition.id, judged_on(frame))
    target = target_of(question, frame)
    previous = _previous(question, case)
    notes = (outcome.reason, *reading.doubts, reading.note)
    return Gauge(
        id=definition.id,
        name=named(definition.name, question.config.language),
        channel=frame.name,
        period=reading.span,
        value=outcome.value,
        numerator=outcome.numerator,
        denominator=outcome.denominator,
        unit=definition.unit,
        direction=definition.direction,
        currency=outcome.currency,
        target=target,
        weight=agreed.weight,
        state=judge.state(
            target,
            outcome.value,
            provisional=reading.maturity == "provisional",
            small=judge.is_small(definition, outcome),
            doubtful=bool(reading.doubts),
        ),
        reason=sentences(note for note in notes if note) or None,
        maturity=reading.maturity,
        data_through=last_data_day(frame.covers, frame.asked, readings=frame.readings),
        sources=reading.sources,
        previous=previous,
        change=None if outcome.value is None or previous is None else outcome.value - previous,
        history=(*_history(question, case), outcome.value),
        projection=ahead.projection if outcome.value is not None else None,
        budget=budget_of(definition, frame, target, outcome, ahead),
        interval=interval_of(definition, target, outcome),
        expected=_expected(question, case, reading, restatement),
        group=definition.group,
        definition_version=definition.version,
        definition_hash=definition.hash,
    )


def _expected(question: Question, case: Case, reading: Reading, restatement: Restatement) -> Expected | None:
    """Of what has a target and is not final: what it will probably settle at."""
    if (
        reading.maturity == "final"
        or case.evaluator.stand_ins.get(case.definition.id)
        or not _is_watched(question, case)
    ):
        return None
    return expected(question, restatement, case.definition, case.frame, reading.outcome)


def _reading(question: Question, case: Case) -> Reading:
    frame, definition = case.frame, case.definition
    measured = case.outcome(frame.span)
    typed = entered(question.entries, definition.id, frame.name, frame.asked)
    if measured.value is None and typed is not None:
        return _typed(question, case, typed)
    if measured.value is None:
        measured = measured._replace(reason=why_missing(question, frame, measured))
    sources = {p.source or "" for p in measured.parts}
    return Reading(
        outcome=measured,
        span=frame.span,
        sources=tuple(sorted({f"{(p.source or '').partition('.')[0]}:{p.account}" for p in measured.parts})),
        maturity=judge.maturity(frame.span, frame.today, sources, question.settles),
        doubts=() if measured.value is None else (*measured.lacks, *doubts(question, frame)),
        note=_note(question, case, typed),
    )


def _note(question: Question, case: Case, typed: Decimal | None) -> str | None:
    if typed is not None:
        return said("{0} was entered by hand; the value shown is from the data", plain(typed))
    shown = []
    for leaf in case.frame.leaves:
        channels = case.evaluator.stand_ins.get(leaf.id, frozenset())
        if leaf.instead and (case.frame.channel or next(iter(channels), None)) in channels:
            name = named(question.catalogue[leaf.instead].name)
            if case.frame.channel or _everywhere(question, leaf, channels):
                shown.append(said("nothing of its own to count: shown is “{0}”", name))
            else:
                where = ", ".join(sorted(channels))
                shown.append(said("nothing of its own to count on {0}: shown is “{1}”", where, name))
    return sentences(shown) or None


def _everywhere(question: Question, leaf: Definition, channels: frozenset[str]) -> bool:
    return {c.channel for c in question.covers(leaf)} <= channels


def _typed(question: Question, case: Case, value: Decimal) -> Reading:
    currency = question.config.currency if case.definition.unit == "money" else None
    over = case.frame.asked.end < case.frame.today
    return Reading(
        Outcome(value, currency=currency), case.frame.asked, ("entered",), "final" if over else "provisional"
    )


def _value(question: Question, case: Case, span: Span) -> Decimal | None:
    """The value of another period than the board's: from the data, else as entered."""
    if _began_within(case, span):
        return None
    value = case.outcome(span).value
    return value if value is not None else entered(question.entries, case.definition.id, case.frame.name, span)


def _previous(question: Question, case: Case) -> Decimal | None:
    return _value(question, case, comparison(case.frame.span))


def _history(question: Question, case: Case) -> list[Decimal | None]:
    return [_value(question, case, span) for span in past(case.frame.span, HISTORY)[:-1]]


def _began_within(case: Case, span: Span) -> bool:
    """Whether the data only began within a period that is added up: it would look like a slump, and then a boom."""
    definition = case.definition
    if definition.kind not in _ADDED_UP or case.frame.begun is None or case.frame.readings:
        return False
    span = windowed(definition, span)
    needed = earlier(definition, span) if definition.kind == "growth" else span
    return case.frame.begun > needed.start + QUIET
