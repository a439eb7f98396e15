"""The lines of commission, and of what refunds take back from it in the month in which they are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kpiterm.analysis.contract import commission
from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.commission import Scale
from kpiterm.analysis.contract.lines import Case, Line, days
from kpiterm.analysis.contract.model import ONE, ZERO, Commission
from kpiterm.analysis.contract.segments import Group, month_of
from kpiterm.analysis.contract.values import Amount, Earlier, Figures
from kpiterm.errors import UsageError
from kpiterm.i18n import said, sentences

_BASES = {
    "incremental_net_sales": "max(0, net_sales - baseline x seasonal_index x availability x days / of)",
    "net_sales": "net_sales",
    "gmv": "gmv",
}


@dataclass(frozen=True, slots=True)
class Earned:
    """A commission, exact, with the sales and the base that it is computed on."""

    terms: Commission
    scale: Scale
    sales: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Earnings:
    """The lines, what counts towards the year, and whether sales were missing."""

    lines: tuple[Line, ...]
    base: Decimal
    held: bool


def settle_commission(case: Case) -> Earnings:
    """Commission and clawback of the month itself, by the days on which each version of the commission held. Raises
    UsageError where the commission changes within the month and the sales are not given for each part."""
    lines: list[Line] = []
    counted, held = ZERO, False
    for group, figures in _groups(case):
        terms = group.terms.commission
        if terms is None:
            continue
        if figures.net_sales is None:
            held = True
            unknown = said("held: {0}", said("net sales are not known"))
            lines.append(Line(code="commission", amount=ZERO, formula=unknown))
            continue
        scale = Scale(case.month.name, group.share, case.values.availability, case.values.year_to_date + counted)
        earned = _earned(case, terms, scale, _sales(case, terms, figures.net_sales))
        counted += earned.base
        lines.append(_line(case, earned, figures, group))
        if figures.refunds:
            now = earned.sales - _sales(case, terms, figures.refunds)
            lines += _difference(case, earned, now, case.month.name, figures.refunds)
    return Earnings(tuple(lines), counted, held)


def true_up_lines(case: Case) -> list[Line]:
    """What months that were settled before come to as they are known now, less what was billed."""
    return [line for earlier in case.values.earlier for line in _true_up(case, earlier)]


def _groups(case: Case) -> Iterator[tuple[Group, Figures]]:
    groups = case.month.groups(lambda t: t.commission)
    for group in groups:
        own = case.values.segments.get(group.terms.version)
        if len(groups) == 1:
            yield group, case.values.whole
        elif own is not None and own.net_sales is not None:
            yield group, own
        elif group.terms.commission and case.values.whole.net_sales is not None:
            raise UsageError(
                f"the commission changes on {groups[-1].segments[0].first}, so that each part needs its own net sales",
                hint=f'give them by version: "segments": [{{"version": {group.terms.version}, "net_sales": "…"}}]',
            )
        else:
            yield group, case.values.whole


def _true_up(case: Case, earlier: Earlier) -> list[Line]:
    month = month_of(case.contract, earlier.period)
    terms = month.groups(lambda t: t.commission)[-1].terms.commission
    if terms is None:
        return []
    scale = Scale(earlier.period, month.share, before=earlier.year_to_date)
    billed = _earned(case, terms, scale, _sales(case, terms, earlier.billed))
    return _difference(case, billed, _sales(case, terms, earlier.now), earlier.period, earlier.now)


def _difference(case: Case, billed: Earned, now: Decimal, period: str, amounts: tuple[Amount, ...]) -> list[Line]:
    known = _earned(case, billed.terms, billed.scale, now)
    before, after = case.rounded(billed.amount), case.rounded(known.amount)
    if before == after:
        return []
    inputs = {
        "period": period,
        "sales_billed": digits(billed.sales),
        "sales_now": digits(now),
        "base_billed": digits(billed.base),
        "base_now": digits(known.base),
        "commission_billed": digits(before),
        "commission_now": digits(after),
    }
    return [
        Line(
            code="adjustment" if after > before else "clawback",
            amount=after - before,
            formula=said("commission on sales known now - commission billed"),
            inputs=inputs,
            evidence=_evidence(amounts),
        )
    ]


def _earned(case: Case, terms: Commission, scale: Scale, counted: Decimal) -> Earned:
    base = commission.base_of(counted, terms, scale)
    amount, most = commission.earned(base, terms, scale), case.month.terms.caps.commission_max
    return Earned(terms, scale, counted, base, amount if most is None else min(amount, most * scale.share))


def _sales(case: Case, terms: Commission, amounts: tuple[Amount, ...]) -> Decimal:
    return commission.sales(amounts, terms, case.values.rates, case.contract.currency)


def _line(case: Case, earned: Earned, figures: Figures, group: Group) -> Line:
    terms, scale, amounts = earned.terms, earned.scale, figures.net_sales or ()
    rows = [a.rows for a in amounts if a.rows is not None]
    scaled = ONE if terms.reset == "annual" else scale.share
    inputs = {
        "sales": digits(earned.sales),
        "base": digits(earned.base),
        "tiers": sentences(said("{0} from {1}", digits(t.rate), digits(t.start * scaled)) for t in terms.tiers),
        **days(group),
    }
    if rows:
        inputs["rows"] = str(sum(rows))
    if terms.base == "incremental_net_sales":
        inputs |= {
            "baseline": digits(terms.baseline),
            "seasonal_index": digits(terms.seasonal_index.get(scale.period, ONE)),
            "availability": digits(scale.availability),
        }
    year = "tiers(X)"
    if terms.reset == "annual":
        inputs["year_to_date"] = digits(scale.before)
        year = "tiers(year_to_date + X) - tiers(year_to_date)"
    return Line(
        code="commission",
        amount=case.rounded(earned.amount),
        formula=f"{terms.method} {year}, X = {_BASES[terms.base]}",
        inputs=inputs,
        evidence=_evidence(amounts),
    )


def _evidence(amounts: tuple[Amount, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e for a in amounts for e in a.evidence))
