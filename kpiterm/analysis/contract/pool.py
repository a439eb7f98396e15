"""The at-risk pool: what part of it the score earns or costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits, fixed
from kpiterm.analysis.contract.attain import Weighed, modifier, score
from kpiterm.analysis.contract.lines import Case, Line, days
from kpiterm.analysis.contract.model import ONE, ZERO, TermsVersion
from kpiterm.analysis.contract.segments import Group
from kpiterm.i18n import said


@dataclass(frozen=True, slots=True)
class Scored:
    """The month's score (None: nothing can be decided), how much of the weights it covers, and the lines it earns."""

    score: Decimal | None
    coverage: Decimal
    lines: tuple[Line, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class _Pool:
    """The pool of one group of days. `share` None: held."""

    group: Group
    score: Decimal | None
    coverage: Decimal
    share: Decimal | None
    bars: tuple[str, ...]

    @property
    def amount(self) -> Decimal:
        return self.group.terms.base_fee * self.group.terms.pool_share * self.group.share


def settle_pool(case: Case) -> Scored:
    """Score and modifier, by the days on which each version of pool, weights and curve held."""
    pools = [_pool(case, group) for group in case.month.groups(_pool_terms)]
    amounts = case.split((pool.share or ZERO) * pool.amount for pool in pools)
    value, coverage = _month_score(pools)
    return Scored(
        score=value,
        coverage=coverage,
        lines=tuple(_line(case, p, amount) for p, amount in zip(pools, amounts, strict=True) if p.group.terms.score),
        held=any(pool.share is None for pool in pools),
    )


def _pool(case: Case, group: Group) -> _Pool:
    terms = group.terms
    weighed = [
        Weighed(k.weight, case.kpis[kpi].attainment, k.missing or terms.missing) for kpi, k in terms.kpis.items()
    ]
    value, coverage = score(weighed) if weighed else (None, ONE)
    if terms.score and coverage < terms.score.min_coverage:
        value = None
    bars = tuple(kpi for kpi in terms.kpis if case.kpis[kpi].barred)
    bars += tuple(event for event in case.values.events if event in terms.gates)
    return _Pool(group, value, coverage, _share(terms, value, barred=bool(bars)), bars)


def _share(terms: TermsVersion, value: Decimal | None, *, barred: bool) -> Decimal | None:
    if terms.score is None or not terms.kpis:
        return ZERO
    if value is None:
        return None
    share = modifier(terms.score, value)
    return min(share, ZERO) if barred else share


def _line(case: Case, pool: _Pool, amount: Decimal) -> Line:
    inputs = {"coverage": digits(pool.coverage), "pool": digits(pool.amount), **days(pool.group)}
    if pool.share is None or pool.score is None:
        formula: str = said("held: {0}", said("only {0} of the weights could be evaluated", digits(pool.coverage)))
    else:
        formula = "modifier(score) x pool"
        inputs |= {"score": fixed(pool.score, 6), "modifier": fixed(pool.share, 6)}
    if pool.bars:
        inputs["no_bonus"] = ", ".join(pool.bars)
    evidence = tuple(dict.fromkeys(e for kpi in pool.group.terms.kpis for e in case.kpis[kpi].evidence))
    return Line(code="modifier", amount=amount, formula=formula, inputs=inputs, evidence=evidence)


def _month_score(pools: Sequence[_Pool]) -> tuple[Decimal | None, Decimal]:
    """Those of the groups, weighted by their days."""
    if len(pools) == 1:
        return pools[0].score, pools[0].coverage
    total = sum(pool.group.days for pool in pools) or 1
    coverage = sum((pool.group.days * pool.coverage for pool in pools), ZERO) / total
    if any(pool.score is None for pool in pools):
        return None, coverage
    return sum((pool.group.days * (pool.score or ZERO) for pool in pools), ZERO) / total, coverage


def _pool_terms(terms: TermsVersion) -> object:
    """What the modifier depends on; a change of a target alone does not cut it."""
    weights = {kpi: (k.weight, k.missing) for kpi, k in terms.kpis.items()}
    return terms.base_fee, terms.pool_share, terms.score, terms.missing, terms.gates, weights
