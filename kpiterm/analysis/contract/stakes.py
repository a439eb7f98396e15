"""What each KPI would add to the fee, or cost, if it stood elsewhere while all the others stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.results import KpiResult
from kpiterm.analysis.contract.segments import month_of
from kpiterm.analysis.contract.settle import settle
from kpiterm.analysis.contract.values import Figures, Measured, Values


@dataclass(frozen=True, slots=True)
class Stake:
    """One KPI of the month: how it stands, and by how much the fee would differ at its floor, target and stretch.
    None: not agreed."""

    result: KpiResult
    floor: Decimal | None
    target: Decimal
    stretch: Decimal | None


def stakes(contract: Contract, period: str, values: Values) -> tuple[Stake, ...]:
    """One for each KPI of the month's terms, in their order. Raises UsageError as `settle` does."""
    now = settle(contract, period, values)
    agreed = month_of(contract, period).terms.kpis

    def moved(kpi: str, value: Decimal) -> Decimal:
        return settle(contract, period, _with(values, kpi, value)).total - now.total

    def at(kpi: str, value: Decimal | None) -> Decimal | None:
        return None if value is None else moved(kpi, value)

    return tuple(
        Stake(
            result,
            at(result.id, agreed[result.id].floor),
            moved(result.id, result.target.value),
            at(result.id, agreed[result.id].stretch),
        )
        for result in now.kpis
        if result.id in agreed
    )


def _with(values: Values, kpi: str, value: Decimal) -> Values:
    def changed(figures: Figures) -> Figures:
        kpis: Mapping[str, Measured] = {**figures.kpis, kpi: Measured(value=value)}
        return replace(figures, kpis=kpis)

    segments = {version: changed(figures) for version, figures in values.segments.items()}
    return replace(values, whole=changed(values.whole), segments=segments)
