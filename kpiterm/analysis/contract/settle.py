"""Settles a month: from the figures and the terms to the lines of a statement, each party's claim for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation, Overflow, localcontext
from typing import Literal

from kpiterm.analysis.contract.amounts import digits, rounded
from kpiterm.analysis.contract.earnings import settle_commission, true_up_lines
from kpiterm.analysis.contract.lines import Case, Line, adjustment_lines, base_lines, cap_lines
from kpiterm.analysis.contract.model import ZERO, Contract
from kpiterm.analysis.contract.pool import settle_pool
from kpiterm.analysis.contract.results import KpiResult, kpi_results
from kpiterm.analysis.contract.segments import Month, month_of
from kpiterm.analysis.contract.values import SALES, Amount, Measured, Values
from kpiterm.errors import UsageError
from kpiterm.i18n import said

Status = Literal["draft", "final", "held", "disputed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """The tax on a statement, which stands apart from its total."""

    name: str
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A settled month. The lines add up to `total`, what is paid now; `escrow` waits for the end of a dispute."""

    month: Month
    status: Status
    score: Decimal | None
    coverage: Decimal
    kpis: tuple[KpiResult, ...]
    lines: tuple[Line, ...]
    total: Decimal
    commission_base: Decimal
    escrow: Decimal = ZERO
    tax: Taxed | None = None
    scenario: str | None = None
    scenarios: Mapping[str, Settled] = field(default_factory=dict)
    due: date | None = None


def settle(contract: Contract, period: str, values: Values) -> Settled:
    """The statement of a month. Where parties claim other figures, the least of their claims is paid now and the
    difference to the largest is kept in escrow. Raises UsageError where figures or terms for the month are missing."""
    try:
        with localcontext(Context(prec=50)):
            month = month_of(contract, period, values.days, values.suspended_days)
            _check(contract, values)
            claims = {party: _one(contract, month, claimed) for party, claimed in _scenarios(values).items()}
            found = next(iter(claims.values())) if len(claims) == 1 else _disputed(claims, month, values)
            return _taxed(contract, found)
    except (InvalidOperation, Overflow):
        raise UsageError("the figures are too large to be settled to the cent", hint="check their units") from None


def _check(contract: Contract, values: Values) -> None:
    known = {kpi for terms in contract.terms for kpi in terms.kpis}
    named = {r.kpi for r in values.relief} | {k for claim in values.claims.values() for k in claim if k not in SALES}
    for kpi in sorted(named - known):
        raise UsageError(f"{kpi} is no KPI of {contract.id}", hint=f"its KPIs are {', '.join(sorted(known))}")


def _scenarios(values: Values) -> dict[str, Values]:
    """The figures as each party has them; one that claims nothing stands by what was measured."""
    found = {party: _claimed(values, claim) for party, claim in sorted(values.claims.items())}
    return found if len(found) > 1 else {"measured": values, **found}


def _claimed(values: Values, claim: Mapping[str, Decimal]) -> Values:
    kpis = {k: Measured(value=v) for k, v in claim.items() if k not in SALES}
    whole = replace(values.whole, kpis={**values.whole.kpis, **kpis})
    if "net_sales" in claim:
        whole = replace(whole, net_sales=(Amount(amount=claim["net_sales"]),))
    if "refunds_in_window" in claim:
        whole = replace(whole, refunds=(Amount(amount=claim["refunds_in_window"]),))
    segments = {
        version: replace(figures, kpis={k: m for k, m in figures.kpis.items() if k not in kpis})
        for version, figures in values.segments.items()
    }
    return replace(values, whole=whole, segments=segments)


def _one(contract: Contract, month: Month, values: Values) -> Settled:
    kpis = kpi_results(month, values)
    case = Case(contract=contract, month=month, values=values, kpis={result.id: result for result in kpis})
    pool, earnings = settle_pool(case), settle_commission(case)
    lines = [*base_lines(case), *pool.lines, *earnings.lines, *true_up_lines(case), *adjustment_lines(case)]
    held = pool.held or earnings.held
    lines += cap_lines(case, lines, held=held)
    return Settled(
        month=month,
        status="held" if held else "draft",
        score=pool.score,
        coverage=pool.coverage,
        kpis=kpis,
        lines=tuple(lines),
        total=sum((line.amount for line in lines), ZERO),
        commission_base=earnings.base,
    )


def _disputed(claims: Mapping[str, Settled], month: Month, values: Values) -> Settled:
    most = max(claims, key=lambda party: claims[party].total)
    claimed, pay = claims[most], min(found.total for found in claims.values())
    escrow = claimed.total - pay
    opened = values.opened or month.span.end
    line = Line(
        code="escrow",
        amount=-escrow,
        formula=said("least claim - largest claim, withheld until the dispute ends"),
        inputs={party: digits(found.total) for party, found in claims.items()},
    )
    return replace(
        claimed,
        status="held" if claimed.status == "held" else "disputed",
        lines=(*claimed.lines, *((line,) if escrow else ())),
        total=pay,
        escrow=escrow,
        scenario=most,
        scenarios=claims,
        due=opened + timedelta(days=month.terms.dispute_days),
    )


def _taxed(contract: Contract, found: Settled) -> Settled:
    terms = found.month.terms
    if terms.tax is None:
        return found
    amount = rounded(found.total * terms.tax.rate, contract.currency, terms.rounding)
    return replace(found, tax=Taxed(name=terms.tax.name, rate=terms.tax.rate, amount=amount))
