"""What a contract would have paid on known months, what moves its fee, and from where on it takes no penalty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kpiterm.analysis.contract.commission import Scale, baseline
from kpiterm.analysis.contract.model import ONE, ZERO, Contract, KpiTerms
from kpiterm.analysis.contract.settle import Settled, settle
from kpiterm.analysis.contract.values import Amount, Measured, Values

_STEPS = 40  # halvings: far below any digit that is shown
SHARES = (Decimal("0.5"), ONE, Decimal("1.5"))


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the month's total becomes when one KPI moves by a tenth of the way between floor and stretch."""

    kpi: str
    step: Decimal
    worse: Decimal
    better: Decimal


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From which value of a KPI no penalty is taken, the others as measured; None where no value reaches that."""

    kpi: str
    op: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """Months as they would have been settled; the rest is about the last of them. `sales_needed` is where commission
    begins, `at_shares` the total at half, all and one and a half times the sales."""

    contract: Contract
    months: tuple[Settled, ...]
    sensitivity: tuple[Sensitivity, ...]
    break_even: tuple[BreakEven, ...]
    sales_needed: Decimal | None
    at_shares: Mapping[Decimal, Decimal]

    @property
    def total(self) -> Decimal:
        return sum((month.total for month in self.months), ZERO)


def as_if_in_force(contract: Contract, since: date) -> Contract:
    """The contract with its latest terms in force since a day, so that past months can be settled on them."""
    return replace(contract, terms=(replace(contract.terms[-1], effective_from=since),), until=None)


def simulate(contract: Contract, months: Sequence[tuple[str, Values]]) -> Simulation:
    """Settle months, oldest first, on their figures."""
    found = tuple(settle(contract, period, values) for period, values in months)
    period, values = months[-1]
    terms = contract.terms[-1]
    return Simulation(
        contract=contract,
        months=found,
        sensitivity=tuple(
            s for kpi, agreed in terms.kpis.items() if (s := _sensitivity(contract, period, values, kpi, agreed))
        ),
        break_even=tuple(
            BreakEven(kpi, "<=" if agreed.lower_is_better else ">=", _break_even(contract, period, values, kpi, agreed))
            for kpi, agreed in terms.kpis.items()
            if agreed.floor is not None and agreed.stretch is not None
        ),
        sales_needed=baseline(terms.commission, Scale(period, ONE))
        if terms.commission and terms.commission.base == "incremental_net_sales"
        else None,
        at_shares={share: _total(contract, period, _with_sales(values, share)) for share in SHARES}
        if values.whole.net_sales
        else {},
    )


def _sensitivity(contract: Contract, period: str, values: Values, kpi: str, agreed: KpiTerms) -> Sensitivity | None:
    measured = values.whole.kpis.get(kpi)
    if measured is None or measured.value is None or agreed.floor is None or agreed.stretch is None:
        return None
    step = (agreed.stretch - agreed.floor) / 10
    worse, better = (_total(contract, period, _with_kpi(values, kpi, measured.value + way)) for way in (-step, step))
    return Sensitivity(kpi, abs(step), worse, better)


def _break_even(contract: Contract, period: str, values: Values, kpi: str, agreed: KpiTerms) -> Decimal | None:
    assert agreed.floor is not None
    assert agreed.stretch is not None

    def penalised(value: Decimal) -> bool:
        found = settle(contract, period, _with_kpi(values, kpi, value))
        return found.score is None or any(line.code == "modifier" and line.amount < 0 for line in found.lines)

    low, high = agreed.floor, agreed.stretch
    if penalised(high):
        return None
    if not penalised(low):
        return low
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if penalised(middle) else (low, middle)
    return high


def _total(contract: Contract, period: str, values: Values) -> Decimal:
    return settle(contract, period, values).total


def _with_kpi(values: Values, kpi: str, value: Decimal) -> Values:
    return replace(values, whole=replace(values.whole, kpis={**values.whole.kpis, kpi: Measured(value=value)}))


def _with_sales(values: Values, share: Decimal) -> Values:
    sales: tuple[Amount, ...] = tuple(replace(a, amount=a.amount * share) for a in values.whole.net_sales or ())
    return replace(values, whole=replace(values.whole, net_sales=sales))
