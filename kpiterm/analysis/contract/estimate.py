"""What a contract would cost a shop that is not connected yet, from what its owner tells at onboarding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.contract.model import ONE, ZERO, Contract, KpiTerms
from kpiterm.analysis.contract.settle import Settled, settle
from kpiterm.analysis.contract.simulate import as_if_in_force
from kpiterm.analysis.contract.values import Amount, Figures, Measured, Values
from kpiterm.config.toml import Section

Case = Literal["floor", "target", "stretch"]
CASES: tuple[Case, ...] = ("floor", "target", "stretch")
GROWTH = "gmv_mom"
_LEAST, _HALVINGS, _MOST = 3, 60, Decimal(5)
_STRICTLY = Decimal("0.01")  # how far inside a strict target "just met" is


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Net sales of a month, and the share of them that is left after goods, fees and ads."""

    name: str
    net_sales: Decimal
    margin: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Onboarding:
    """What a seller tells before anything is connected; amounts are in the contract's currency."""

    platforms: tuple[str, ...]
    skus: int
    ad_spend: Decimal
    months: tuple[Month, ...]

    @property
    def sales(self) -> Decimal:
        """Net sales of a mean month."""
        return sum((m.net_sales for m in self.months), ZERO) / len(self.months)

    @property
    def margin(self) -> Decimal:
        """Margin over all months: a ratio of sums."""
        return sum((m.net_sales * m.margin for m in self.months), ZERO) / sum((m.net_sales for m in self.months), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A month in which every KPI stands at its floor, its target or its stretch."""

    case: Case
    growth: Decimal
    sales: Decimal
    settled: Settled

    @property
    def fee(self) -> Decimal:
        return self.settled.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`worth_it_from` is the growth from which the margin on the added sales pays the whole fee, or None."""

    contract: Contract
    told: Onboarding
    outcomes: tuple[Outcome, ...]
    worth_it_from: Decimal | None

    @property
    def per_sku(self) -> Decimal:
        """The fee at target for each SKU."""
        return self.outcomes[1].fee / self.told.skus


def read_onboarding(file: Section) -> Onboarding:
    """The answers as a TOML document. ConfigError names file, key and remedy."""
    months = tuple(sorted(_months(file), key=lambda month: month.name))
    if len(months) < _LEAST:
        file.fail("months", f"{len(months)} found", f"tell at least {_LEAST} months, better six: [[months]]")
    if len({month.name for month in months}) < len(months):
        file.fail("months", "a month stands twice", "one [[months]] for each month")
    found = Onboarding(
        platforms=file.texts("platforms", like="platforms such as amazon.com"),
        skus=file.integer("skus", least=1),
        ad_spend=file.decimal("ad_spend", ZERO),
        months=months,
    )
    file.finish()
    if found.sales <= 0:
        file.fail("months", "no sales at all", "tell net_sales of each month")
    return found


def _months(file: Section) -> Iterator[Month]:
    for section in file.tables("months"):
        name = section.text("month", pattern=r"\d{4}-(0[1-9]|1[0-2])", like='a month, such as "2026-10"')
        net_sales, margin = section.decimal("net_sales"), section.decimal("margin")
        if net_sales < 0:
            section.fail("net_sales", "below zero", "write what was sold less what was refunded")
        if not -1 <= margin <= 1:
            section.fail("margin", f"{margin}", 'write a share, such as "0.32" for 32 %')
        section.finish()
        yield Month(name=name, net_sales=net_sales, margin=margin)


def estimate(contract: Contract, told: Onboarding) -> Estimate:
    """The month after the last one that was told, settled three times on the contract's latest terms."""
    year, number = (int(part) for part in told.months[-1].name.split("-"))
    after = date(year + number // 12, number % 12 + 1, 1)
    draft = as_if_in_force(contract, after.replace(year=after.year - 1))
    month = f"{after:%Y-%m}"
    outcomes = tuple(_outcome(draft, told, month, case) for case in CASES)
    return Estimate(contract=draft, told=told, outcomes=outcomes, worth_it_from=_worth_it(draft, told, month))


def _outcome(contract: Contract, told: Onboarding, month: str, case: Case) -> Outcome:
    kpis = {kpi: _stand(agreed, case) for kpi, agreed in contract.terms[-1].kpis.items()}
    growth = kpis.get(GROWTH, ZERO)
    sales = told.sales * (ONE + growth)
    return Outcome(case=case, growth=growth, sales=sales, settled=_settled(contract, month, kpis, sales))


def _stand(agreed: KpiTerms, case: Case) -> Decimal:
    """A KPI's value in a case; where the contract names no floor or stretch, its target."""
    if case == "floor" and agreed.floor is not None:
        return agreed.floor
    if case == "stretch" and agreed.stretch is not None:
        return agreed.stretch
    inside = _STRICTLY if agreed.target.op in {"<", ">"} else ZERO
    return agreed.target.value * (ONE - inside if agreed.lower_is_better else ONE + inside)


def _settled(contract: Contract, month: str, kpis: Mapping[str, Decimal], sales: Decimal) -> Settled:
    measured = {kpi: Measured(value=value, n=Decimal(10**6)) for kpi, value in kpis.items()}
    return settle(contract, month, Values(whole=Figures(kpis=measured, net_sales=(Amount(amount=sales),))))


def _worth_it(contract: Contract, told: Onboarding, month: str) -> Decimal | None:
    """The other KPIs at target, ad spend as it is."""
    others = {kpi: _stand(agreed, "target") for kpi, agreed in contract.terms[-1].kpis.items()}

    def pays(growth: Decimal) -> bool:
        kpis = others | ({GROWTH: growth} if GROWTH in others else {})
        fee = _settled(contract, month, kpis, told.sales * (ONE + growth)).total
        return told.sales * growth * told.margin >= fee

    low, high = ZERO, _MOST
    if not pays(high):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if pays(middle) else (middle, high)
    return high.quantize(Decimal("0.0001"))
