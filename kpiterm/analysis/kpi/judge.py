"""How a value stands against its target, and how far it may still change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.outcome import Outcome
from kpiterm.analysis.view import Maturity, Span, State, Target

NEAR = Decimal("0.1")  # of the target


def state(target: Target | None, value: Decimal | None, *, provisional: bool, small: bool, doubtful: bool) -> State:
    """ok: met. breach: missed. watch: too close or too uncertain to call.

    A target that is met is on watch within a tenth of it; one that is missed, within a tenth of it while the value is
    provisional; either, when the sample is too small or when the value carries a reason to doubt it.
    """
    if value is None:
        return "no_data"
    if target is None:
        return "ok"
    if small or doubtful:
        return "watch"
    near = target.value != 0 and abs(value - target.value) <= NEAR * _scale(target)
    if target.met_by(value):
        return "watch" if near else "ok"
    return "watch" if near and provisional else "breach"


def _scale(target: Target) -> Decimal:
    """What a distance from the target is measured by: of a share that is to stay high, the misses that it allows."""
    if target.op in {">", ">="} and Decimal("0.5") < target.value < 1:
        return 1 - target.value
    return abs(target.value)


def is_small(definition: Definition, outcome: Outcome) -> bool:
    """Whether fewer were counted than the definition asks for before a target is judged."""
    if definition.minimum is None or not outcome.parts:  # entered by hand: whoever entered it vouches for it
        return False
    counted = outcome.denominator if definition.kind in RATIOS else Decimal(outcome.sample)
    return counted is not None and counted < definition.minimum


def maturity(span: Span, today: date, sources: Iterable[str], settles: Mapping[str, timedelta]) -> Maturity:
    """provisional until the period is over and covered, settling while its sources may restate it, then final."""
    if span.end >= today or span.through < span.end:
        return "provisional"
    slowest = max((settles.get(source, timedelta(0)) for source in sources), default=timedelta(0))
    return "final" if span.end + slowest < today else "settling"
