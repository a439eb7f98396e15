"""From a KPI's value to its attainment, from attainments to a score, from a score to a part of the at-risk pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.contract.model import ONE, ZERO, KpiTerms, Missing, Score
from kpiterm.analysis.view import Target

Form = Literal["growth", "total"]


def attainment(terms: KpiTerms, value: Decimal) -> Decimal:
    """0 up to the floor, 1 at the target, `max_attainment` from the stretch on, and straight lines between them."""
    target = terms.target.value
    if terms.floor is None:
        if not terms.target.met_by(value):
            return ZERO
    elif _below(terms, value, terms.floor) or value == terms.floor:
        return ZERO
    elif _below(terms, value, target):
        return (value - terms.floor) / (target - terms.floor)
    if terms.stretch is None or not _below(terms, target, terms.stretch):
        return ONE
    extra = (terms.max_attainment - 1) * (value - target) / (terms.stretch - target)
    return min(terms.max_attainment, 1 + max(ZERO, extra))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A KPI's attainment (None: not evaluable), its weight, and what is done without a value."""

    weight: Decimal
    attainment: Decimal | None
    missing: Missing


def score(weighed: Sequence[Weighed]) -> tuple[Decimal | None, Decimal]:
    """The weighted attainment, None where nothing counts, and the share of the weights that could be evaluated."""
    total = sum((w.weight for w in weighed), ZERO)
    evaluated = sum((w.weight for w in weighed if w.attainment is not None), ZERO)
    counted = [(w.weight, counts_as(w)) for w in weighed]
    weights = sum((weight for weight, found in counted if found is not None), ZERO)
    coverage = evaluated / total if total else ZERO
    if not weights:
        return None, coverage
    return sum((weight * found for weight, found in counted if found is not None), ZERO) / weights, coverage


def counts_as(weighed: Weighed) -> Decimal | None:
    """What a KPI counts as: its attainment, else what the missing-data policy says."""
    if weighed.attainment is not None:
        return weighed.attainment
    return {"reweight": None, "neutral": ONE, "zero": ZERO}[weighed.missing]


def modifier(terms: Score, value: Decimal) -> Decimal:
    """The share of the at-risk pool that a score earns or costs."""
    away = value - 1
    if abs(away) <= terms.dead_band:
        return ZERO
    if away < 0:
        lost = (1 - terms.dead_band - value) / (1 - terms.dead_band - terms.floor)
        return -min(terms.penalty_max, terms.penalty_max * lost)
    won = (away - terms.dead_band) / (terms.stretch - 1 - terms.dead_band)
    return min(terms.bonus_max, terms.bonus_max * won)


def relieved(terms: KpiTerms, share: Decimal, form: Form) -> KpiTerms:
    """The terms with target, floor and stretch moved to what could be reached without `share` of the expected sales."""

    def moved(point: Decimal) -> Decimal:
        return (1 + point) * (1 - share) - 1 if form == "growth" else point * (1 - share)

    return replace(
        terms,
        target=Target(terms.target.op, moved(terms.target.value)),
        floor=None if terms.floor is None else moved(terms.floor),
        stretch=None if terms.stretch is None else moved(terms.stretch),
    )


def most_relief(terms: KpiTerms, cap: Decimal, form: Form) -> Decimal:
    """The largest share that takes no more than `cap` of the target off it."""
    target = terms.target.value
    if form == "total":
        return cap
    return cap * target / (1 + target) if target > 0 else ZERO


def _below(terms: KpiTerms, value: Decimal, point: Decimal) -> bool:
    """Whether `value` is worse than `point`."""
    return value > point if terms.lower_is_better else value < point
