"""What each KPI came to in a month: blended over the segments of its terms, relieved, or missing with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.attain import attainment, most_relief, relieved
from kpiterm.analysis.contract.model import ZERO, KpiTerms, Missing
from kpiterm.analysis.contract.segments import Group, Month
from kpiterm.analysis.contract.values import Measured, Relief, Values
from kpiterm.analysis.view import Target
from kpiterm.i18n import listing, said, word

NOTHING = Measured(value=None, reason=said("no value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A relief on a KPI: the share that was applied, or why it was not; `amount` is the relieved target in money."""

    share: Decimal
    applied: Decimal
    target: Decimal
    amount: Decimal | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A KPI over the days on which one version of its terms held."""

    version: int
    days: int
    value: Decimal | None
    target: Target
    attainment: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiResult:
    """A KPI of a statement. `policy` says what is done for want of a value; `barred` that its gate stops a bonus."""

    id: str
    weight: Decimal
    value: Decimal | None
    target: Target
    attainment: Decimal | None
    policy: Missing | None
    reason: str | None
    met: bool | None
    barred: bool
    relief: Granted | None
    parts: tuple[Stretch, ...]
    evidence: tuple[str, ...]


def kpi_results(month: Month, values: Values) -> tuple[KpiResult, ...]:
    """Every KPI that the month's terms name, in their order."""
    ids = dict.fromkeys(kpi for segment in month.segments for kpi in segment.terms.kpis)
    return tuple(_result(kpi, month, values) for kpi in ids)


def _result(kpi: str, month: Month, values: Values) -> KpiResult:
    groups = [g for g in month.groups(lambda t: t.kpis.get(kpi)) if kpi in g.terms.kpis]
    found = [_stretch(kpi, group, values, whole=len(groups) == 1) for group in groups]
    parts = tuple(part for part, _, _ in found)
    terms, last = groups[-1].terms.kpis[kpi], found[-1]
    whole = values.whole.kpis.get(kpi, last[1])
    blended = _blend(parts)
    value = parts[0].value if len(parts) == 1 else whole.value
    seen = [v for v in (value, *(p.value for p in parts)) if v is not None]
    return KpiResult(
        id=kpi,
        weight=terms.weight,
        value=value,
        target=parts[-1].target,
        attainment=blended,
        policy=(terms.missing or groups[-1].terms.missing) if blended is None else None,
        reason=_reason(terms, last[1]) if blended is None else None,
        met=None if blended is None else all(p.target.met_by(p.value) for p in parts if p.value is not None),
        barred=terms.gate is not None and any(terms.gate.met_by(v) for v in seen),
        relief=last[2],
        parts=parts,
        evidence=tuple(dict.fromkeys(e for _, measured, _ in found for e in measured.evidence)),
    )


def _stretch(kpi: str, group: Group, values: Values, *, whole: bool) -> tuple[Stretch, Measured, Granted | None]:
    """A KPI over one group: its own figures where the terms changed, else those of the whole period."""
    terms = group.terms.kpis[kpi]
    own = values.segments.get(group.terms.version)
    measured = values.whole.kpis.get(kpi, NOTHING)
    if own and kpi in own.kpis and not (whole and kpi in values.whole.kpis):
        measured = own.kpis[kpi]
    asked = next((r for r in values.relief if r.kpi == kpi), None)
    granted = _granted(terms, group.terms.relief_cap, asked, measured) if asked else None
    held_to = relieved(terms, granted.applied, asked.form) if granted and asked else terms
    value = measured.value if _reason(terms, measured) is None else None
    part = Stretch(
        version=group.terms.version,
        days=group.days,
        value=value,
        target=held_to.target,
        attainment=None if value is None else attainment(held_to, value),
        denominator=measured.denominator,
    )
    return part, measured, granted


def _blend(parts: tuple[Stretch, ...]) -> Decimal | None:
    """Attainments weighted by their denominators where all have one, else by days."""
    counted = [p for p in parts if p.attainment is not None]
    if len(counted) == 1:
        return counted[0].attainment
    weights = [p.denominator or ZERO for p in counted]
    if not all(weights):
        weights = [Decimal(p.days) for p in counted]
    total = sum(weights, ZERO)
    if not total:
        return None
    return sum((w * (p.attainment or ZERO) for w, p in zip(weights, counted, strict=True)), ZERO) / total


def _reason(terms: KpiTerms, measured: Measured) -> str | None:
    """Why a KPI cannot be judged."""
    if measured.value is None:
        return measured.reason or said("no value")
    if terms.min_n is not None and measured.n is not None and measured.n < terms.min_n:
        return said("{0} counted, at least {1} agreed", digits(measured.n), digits(terms.min_n))
    return None


def _granted(terms: KpiTerms, cap: Decimal | None, asked: Relief, measured: Measured) -> Granted:
    reason, applied = _refusal(cap, asked), ZERO
    if reason is None and cap is not None:
        applied = min(asked.share, most_relief(terms, cap, asked.form))
        if applied < asked.share:
            reason = said("capped: no more than {0} of the target may come off it", digits(cap))
    target = relieved(terms, applied, asked.form).target.value
    before = measured.denominator if asked.form == "growth" else None
    return Granted(
        share=asked.share,
        applied=applied,
        target=target,
        amount=None if before is None else before * (1 + target),
        reason=reason,
    )


def _refusal(cap: Decimal | None, asked: Relief) -> str | None:
    if cap is None:
        return said("the terms agree on no relief")
    if asked.fault == "provider":
        return said("the provider's own fault gives no relief")
    if len(set(asked.approvals)) < 2:
        given = listing(map(word, sorted(set(asked.approvals)))) or said("nobody")
        return said("both parties must approve; approved by {0}", given)
    return None
