"""Gauges of the board: each KPI over all channels and over each, with its history and what may be doubted about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kpiterm.analysis.format import plain
from kpiterm.analysis.kpi import judge
from kpiterm.analysis.kpi.compile import Statement, compile_kpi
from kpiterm.analysis.kpi.coverage import QUIET, last_data_day
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.entries import entered
from kpiterm.analysis.kpi.explain import doubts, why_missing
from kpiterm.analysis.kpi.frame import ALL, HISTORY, Frame, Question, days, frames
from kpiterm.analysis.kpi.outcome import NO_DATA, Outcome, Parts, evaluate, growth, read_parts
from kpiterm.analysis.kpi.targets import targets_in_force
from kpiterm.analysis.period import comparison, label, past
from kpiterm.analysis.view import Gauge, Maturity, Span


@dataclass(frozen=True, slots=True)
class Reading:
    """What a KPI came to in a frame, from the data or entered by hand."""

    outcome: Outcome
    span: Span
    sources: tuple[str, ...]
    maturity: Maturity
    doubts: tuple[str, ...] = ()
    note: str | None = None


def all_gauges(question: Question) -> list[Gauge]:
    """Every KPI in the catalogue's order, for all channels and then for each where there are several."""
    groups: dict[str, list[Definition]] = {}
    for definition in question.catalogue.values():
        groups.setdefault(definition.of or definition.id, []).append(definition)
    found: dict[str, list[Gauge]] = {}
    for base, definitions in groups.items():
        found |= _group(question, question.catalogue[base], definitions)
    return [gauge for kpi in question.catalogue for gauge in found[kpi]]


def statement(question: Question, kpi: str, channel: str | None = None) -> Statement:
    """The SQL behind a KPI's gauge; that of a growth is its base's, over the periods that are compared."""
    definition = question.catalogue[kpi]
    base = question.catalogue[definition.of or kpi]
    frame = frames(question, base, (channel,) if channel else ())[-1]
    asked = sorted(days(definition, frame)) or [(frame.asked.start, frame.asked.end)]
    return compile_kpi(base, asked, as_of=question.reader.as_of, channel=channel)


def _group(question: Question, base: Definition, definitions: Sequence[Definition]) -> dict[str, list[Gauge]]:
    """KPIs of one measure share one statement. Where the measure has no rows, the one named `instead` is read."""
    ids = {definition.id for definition in definitions}
    typed = {channel for kpi, channel, *_ in question.entries if kpi in ids} - {ALL}
    bases = [base, question.catalogue[base.instead]] if base.instead else [base]
    names = sorted({c.channel for b in bases for c in question.covers(b)} | typed)
    candidates = [_read(question, b, definitions, names) for b in bases]
    everything, *channels = [_first_with_rows(pairs) for pairs in zip(*candidates, strict=True)]
    found = {}
    for definition in definitions:
        shown = [(f, parts) for f, parts in channels if _has_something(question, definition, f, parts)]
        chosen = (everything, *shown) if len(shown) > 1 else (everything,)
        found[definition.id] = [_gauge(question, definition, frame, parts) for frame, parts in chosen]
    return found


def _read(
    question: Question, base: Definition, definitions: Sequence[Definition], channels: Sequence[str]
) -> list[tuple[Frame, Parts]]:
    """The frames of a measure, for all channels and for each, with everything that was measured."""
    framed = frames(question, base, channels)
    wanted = {span for d in definitions for frame in framed for span in days(d, frame)}
    parts = read_parts(question.reader, base, sorted(wanted), question.reader.as_of) if framed[0].covers else {}
    return [(frame, parts) for frame in framed]


def _first_with_rows(candidates: Sequence[tuple[Frame, Parts]]) -> tuple[Frame, Parts]:
    for frame, parts in candidates:
        if any(
            p.channel == (frame.channel or p.channel) for p in parts.get((frame.span.start, frame.span.through), ())
        ):
            return frame, parts
    return candidates[0]


def _has_something(question: Question, definition: Definition, frame: Frame, parts: Parts) -> bool:
    """Whether the channel has rows in the period or in the one before, or an entry."""
    lately = past(frame.span, 2)
    seen = any(p.channel == frame.channel for s in lately for p in parts.get((s.start, s.through), ()))
    return seen or entered(question.entries, definition.id, frame.name, frame.asked) is not None


def _gauge(question: Question, definition: Definition, frame: Frame, parts: Parts) -> Gauge:
    reading = _reading(question, definition, frame, parts)
    outcome = reading.outcome
    day = min(frame.asked.end, frame.today)
    agreed = targets_in_force(question.catalogue, question.config, question.terms, day)[definition.id]
    # A total is agreed for all channels together; a ratio is held against its target on each.
    target = None if definition.kind == "sum" and frame.channel else agreed.target
    previous = _previous(question, definition, frame, parts)
    notes = (outcome.reason, *reading.doubts, reading.note)
    return Gauge(
        id=definition.id,
        name=definition.name[question.config.language],
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
        reason="; ".join(note for note in notes if note) or None,
        maturity=reading.maturity,
        data_through=last_data_day(frame.covers, frame.asked, readings=frame.readings),
        sources=reading.sources,
        previous=previous,
        change=None if outcome.value is None or previous is None else outcome.value - previous,
        history=(*_earlier(question, definition, frame, parts), outcome.value),
        definition_version=definition.version,
        definition_hash=definition.hash,
    )


def _reading(question: Question, definition: Definition, frame: Frame, parts: Parts) -> Reading:
    measured = _outcome(definition, frame, parts, frame.span)
    typed = entered(question.entries, definition.id, frame.name, frame.asked)
    if measured.value is None and typed is not None:
        return _typed(question, definition, frame, typed)
    if measured.value is None:
        measured = replace(measured, reason=why_missing(question, definition, frame, measured))
    return Reading(
        outcome=measured,
        span=frame.span,
        sources=tuple(sorted({f"{(p.source or '').partition('.')[0]}:{p.account}" for p in measured.parts})),
        maturity=judge.maturity(frame.span, frame.today, (p.source or "" for p in measured.parts), question.settles),
        doubts=() if measured.value is None else doubts(definition, frame),
        note=_note(question, definition, frame, typed),
    )


def _note(question: Question, definition: Definition, frame: Frame, typed: Decimal | None) -> str | None:
    if typed is not None:
        return f"{plain(typed)} was entered by hand; the value shown is from the data"
    if frame.base.id not in {definition.id, definition.of}:
        return f"nothing of its own to count: shown is “{frame.base.name[question.config.language]}”"
    return None


def _typed(question: Question, definition: Definition, frame: Frame, value: Decimal) -> Reading:
    currency = question.config.currency if definition.unit == "money" else None
    over = frame.asked.end < frame.today
    return Reading(Outcome(value, currency=currency), frame.asked, ("entered",), "final" if over else "provisional")


def _outcome(definition: Definition, frame: Frame, parts: Parts, span: Span) -> Outcome:
    now = _measured(frame, parts, span)
    if definition.kind != "growth":
        return now
    earlier = comparison(span)
    against = label(Span(earlier.start, earlier.through, earlier.through))
    return growth(now, _measured(frame, parts, earlier), against)


def _measured(frame: Frame, parts: Parts, span: Span) -> Outcome:
    if span.through < span.start:
        return Outcome(reason=NO_DATA)
    return evaluate(frame.base, parts.get((span.start, span.through), ()), frame.channel)


def _value(question: Question, definition: Definition, frame: Frame, parts: Parts, span: Span) -> Decimal | None:
    """The value of another period than the board's: from the data, else as entered."""
    value = _outcome(definition, frame, parts, span).value
    return value if value is not None else entered(question.entries, definition.id, frame.name, span)


def _previous(question: Question, definition: Definition, frame: Frame, parts: Parts) -> Decimal | None:
    span = comparison(frame.span)
    return None if _began_within(definition, frame, span) else _value(question, definition, frame, parts, span)


def _earlier(question: Question, definition: Definition, frame: Frame, parts: Parts) -> list[Decimal | None]:
    return [
        None if _began_within(definition, frame, span) else _value(question, definition, frame, parts, span)
        for span in past(frame.span, HISTORY)[:-1]
    ]


def _began_within(definition: Definition, frame: Frame, span: Span) -> bool:
    """Whether the data only began within a period that is added up: it would look like a slump, and then a boom."""
    if definition.kind not in {"sum", "growth"} or not frame.covers:
        return False
    needed = comparison(span) if definition.kind == "growth" else span
    return min(c.first_day for c in frame.covers) > needed.start + QUIET
