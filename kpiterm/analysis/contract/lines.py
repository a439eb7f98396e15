"""The lines of a statement: what each books, how it was computed, and from what. Here the fee and the caps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.contract.amounts import digits, rounded, split_rounded
from kpiterm.analysis.contract.model import ZERO, Contract
from kpiterm.analysis.contract.results import KpiResult
from kpiterm.analysis.contract.segments import Group, Month
from kpiterm.analysis.contract.values import Values

Code = Literal["base", "modifier", "commission", "clawback", "adjustment", "cap", "escrow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount of a statement, rounded; `evidence` are fingerprints of what the inputs were read from."""

    code: Code
    amount: Decimal
    formula: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that one scenario of a month is settled on."""

    contract: Contract
    month: Month
    values: Values
    kpis: Mapping[str, KpiResult]

    def rounded(self, amount: Decimal) -> Decimal:
        """An amount as the contract rounds it."""
        return rounded(amount, self.contract.currency, self.month.terms.rounding)

    def split(self, amounts: Iterable[Decimal]) -> list[Decimal]:
        """Amounts rounded so that they add up to their rounded sum."""
        return split_rounded(amounts, self.contract.currency, self.month.terms.rounding)


def base_lines(case: Case) -> list[Line]:
    """The base fee, by the days on which each of its versions held."""
    groups = case.month.groups(lambda t: t.base_fee)
    amounts = case.split(group.terms.base_fee * group.share for group in groups)
    return [
        Line(
            code="base",
            amount=amount,
            formula="base_fee x days / of",
            inputs={"base_fee": digits(group.terms.base_fee), **days(group)},
        )
        for group, amount in zip(groups, amounts, strict=True)
    ]


def adjustment_lines(case: Case) -> list[Line]:
    """What resolutions and agreements book in this month."""
    return [
        Line(
            code="adjustment",
            amount=case.rounded(found.amount),
            formula=found.reason,
            inputs={"period": found.period} if found.period else {},
            evidence=found.evidence,
        )
        for found in case.values.adjustments
    ]


def cap_lines(case: Case, lines: Sequence[Line], *, held: bool) -> list[Line]:
    """The line that brings the total within its limits; what is held is not made up to a minimum."""
    caps, total = case.month.terms.caps, sum((line.amount for line in lines), ZERO)
    limit = None
    if caps.total_max is not None:
        limit = min(total, case.rounded(caps.total_max * case.month.share))
    if caps.total_min is not None and not held:
        limit = max(total if limit is None else limit, case.rounded(caps.total_min * case.month.share))
    if limit is None or limit == total:
        return []
    name = "total_max" if limit < total else "total_min"
    inputs = {"total": digits(total), name: digits(limit)}
    return [Line(code="cap", amount=limit - total, formula=f"{name} - total", inputs=inputs)]


def days(group: Group) -> dict[str, str]:
    """What part of the month a line is for."""
    return {"days": str(group.days), "of": str(group.of)}
