"""What a KPI is held against: the agreed target, or the platform's own standard of that day; and what is left of it."""

from __future__ import annotations

from datetime import date

from kpiterm.analysis.kpi.budget import budget
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Frame, Question
from kpiterm.analysis.kpi.interval import interval
from kpiterm.analysis.kpi.outcome import Outcome
from kpiterm.analysis.kpi.outlook import Outlook
from kpiterm.analysis.thresholds import metric_of, standard
from kpiterm.analysis.view import Budget, Interval, Target

_TOTALS = frozenset({"sum", "distinct", "net"})


def target_of(question: Question, of: Frame) -> Target | None:
    """A total is agreed for all channels together; a ratio is held against its target on each. Where nothing was
    agreed about a platform's own rate, the platform's standard of the day counts: a past month has its own."""
    definition, day = of.definition, judged_on(of)
    agreed = None if definition.kind in _TOTALS and of.channel else question.agreement(definition.id, day).target
    if agreed or definition.measure is None:
        return agreed
    where = definition.measure.where
    metric = metric_of(definition.measure.table, where.sql if where else None)
    place = of.channel or _only_place(of)
    found = standard(place, metric, day, reported=question.reported(day)) if metric and place else None
    return found.target if found else None


def judged_on(of: Frame) -> date:
    """The day whose agreement and standards count."""
    return min(of.asked.end, of.today)


def budget_of(
    definition: Definition, of: Frame, target: Target | None, outcome: Outcome, ahead: Outlook
) -> Budget | None:
    """How much may still go wrong before the target is missed."""
    if outcome.value is None or not _is_counted(definition):
        return None
    span = of.span
    rolling = definition.is_reading or definition.window is not None
    days = None if rolling else ((span.through - span.start).days + 1, (span.end - span.start).days + 1)
    return budget(
        target, outcome.numerator, outcome.denominator, kind=definition.kind, currency=outcome.currency, days=days,
        expected=ahead.denominator, daily=ahead.daily,
    )  # fmt: skip


def interval_of(definition: Definition, target: Target | None, outcome: Outcome) -> Interval | None:
    """What a rate of so few cases proves."""
    if outcome.value is None or not _is_counted(definition):
        return None
    return interval(target, outcome.numerator, outcome.denominator, kind=definition.kind, currency=outcome.currency)


def _is_counted(definition: Definition) -> bool:
    """Whether the denominator is a count or an amount, and not a mere weight of rates that a platform states."""
    measure = definition.measure
    return measure is None or measure.denominator is None or "coalesce(denominator" not in measure.denominator.sql


def _only_place(of: Frame) -> str | None:
    """The channel of a KPI that only one of them has."""
    channels = {c.channel for c in of.covers}
    return channels.pop() if len(channels) == 1 else None
