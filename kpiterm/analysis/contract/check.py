"""What is doubtful about terms that can be read: each doubt with the arithmetic behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import pairwise

from kpiterm.analysis.contract import commission
from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.check_growth import growth_doubts
from kpiterm.analysis.contract.model import Commission, Contract, KpiTerms, TermsVersion
from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.targets import estimate_behind
from kpiterm.config.toml import did_you_mean
from kpiterm.errors import ConfigError
from kpiterm.i18n import N_, said, word

Catalogue = Mapping[str, Definition]
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A warning about one key of a contract file."""

    key: str
    text: str


def check_kpis(contract: Contract, catalogue: Catalogue) -> None:
    """ConfigError where a KPI does not exist, is an estimate, or is not the definition that was signed."""
    for number, terms in enumerate(contract.terms, 1):
        for kpi, agreed in terms.kpis.items():
            where = f"{contract.origin}: terms[{number}].kpis.{kpi}"
            if kpi not in catalogue:
                raise ConfigError(f"{where}: unknown KPI", hint=did_you_mean(kpi, catalogue.keys()))
            if estimated := estimate_behind(kpi, catalogue):
                raise ConfigError(
                    f"{where}: {estimated} is an estimate, which no party can sign",
                    hint="agree on a figure of the marketplace or of the shop; an estimate may stand beside it",
                )
            _pinned(where, agreed, catalogue[kpi])


def _pinned(where: str, agreed: KpiTerms, definition: Definition) -> None:
    hint = "sign the definition that is in force, or put back the KPI file of the one that was signed"
    if agreed.definition not in {None, definition.version}:
        raise ConfigError(f"{where}.definition: {agreed.definition}, in force is {definition.version}", hint=hint)
    if agreed.hash not in {None, definition.hash}:
        raise ConfigError(f"{where}.hash: {agreed.hash}, in force is {definition.hash}", hint=hint)


def doubts(contract: Contract, catalogue: Catalogue) -> list[Doubt]:
    """Every doubt about every version of the terms; the KPIs have passed `check_kpis`."""
    found: list[Doubt] = []
    with localcontext(prec=28):
        for number, terms in enumerate(contract.terms, 1):
            for key, text in _version(contract, terms, catalogue):
                found.append(Doubt(f"terms[{number}].{key}", text))
    return found


def _version(contract: Contract, terms: TermsVersion, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    if contract.signed_at and terms.effective_from < contract.signed_at:
        days = (contract.signed_at - terms.effective_from).days
        when = terms.effective_from, days, contract.signed_at
        yield "effective_from", said("retroactive: in force from {0}, signed {1} days later on {2}", *when)
    yield from _pool(terms)
    yield from _weights(terms)
    for kpi, agreed in terms.kpis.items():
        definition = catalogue[kpi]
        growth = growth_doubts(agreed, definition, catalogue.get(definition.of or ""))
        for key, text in (*_points(agreed), *growth, *_one_defect(agreed, definition)):
            yield f"kpis.{kpi}.{key}", text
    if terms.commission:
        for key, text in _commission(terms.commission, terms):
            yield f"commission.{key}", text


def _pool(terms: TermsVersion) -> Iterator[tuple[str, str]]:
    pool, score = terms.base_fee * terms.pool_share, terms.score
    if terms.pool_share > 1:
        text = said("a pool of {0} is larger than the fee of {1}", digits(pool), digits(terms.base_fee))
        if score:
            taken, added = digits(pool * score.penalty_max), digits(pool * score.bonus_max)
            text = said("{0}: the penalty may take {1}, the bonus add {2}", text, taken, added)
        yield "pool_share", text
    if terms.kpis and not pool and not terms.commission:
        yield "pool_share", said("the KPIs move no money: base_fee x pool_share is 0")


def _weights(terms: TermsVersion) -> Iterator[tuple[str, str]]:
    total = sum((k.weight for k in terms.kpis.values()), Decimal(0))
    if terms.kpis and total != 100:
        kpi, most = max(terms.kpis.items(), key=lambda item: item[1].weight)
        counts = (100 * most.weight / total).quantize(Decimal("0.1"))
        text = N_(
            "the weights sum to {0}, not to 100: they are taken relative to their sum, "
            "so that {1} with {2} counts {3} %"
        )
        yield "kpis", said(text, digits(total), kpi, digits(most.weight), counts)


def _points(agreed: KpiTerms) -> Iterator[tuple[str, str]]:
    target = agreed.target.value
    goal = f"{agreed.target.op} {digits(target)}"
    if agreed.floor is None:
        yield "floor", said("none: all or nothing, one step past {0} costs the whole weight", digits(target))
    elif _worse(agreed, target, agreed.floor) or agreed.floor == target:
        yield "floor", _wrong_floor(agreed, agreed.floor, goal)
    if agreed.stretch is not None and _worse(agreed, agreed.stretch, target):
        easier = N_("{0} contradicts the target {1}: it is easier, so that no more than 1 is ever earned")
        yield "stretch", said(easier, digits(agreed.stretch), goal)
    if agreed.gate and agreed.gate.met_by(target):
        gate = f"{agreed.gate.op} {digits(agreed.gate.value)}"
        yield "gate", said("{0} holds at the target itself: no bonus is ever paid", gate)


def _wrong_floor(agreed: KpiTerms, floor: Decimal, goal: str) -> str:
    text = N_("{0} contradicts the target {1}: nothing is earned there, so that it must lie below it")
    if agreed.lower_is_better:
        text = N_("{0} contradicts the target {1}: nothing is earned there, so that it must lie above it")
    return said(text, digits(floor), goal)


def _worse(agreed: KpiTerms, one: Decimal, other: Decimal) -> bool:
    return one > other if agreed.lower_is_better else one < other


def _one_defect(agreed: KpiTerms, definition: Definition) -> Iterator[tuple[str, str]]:
    """A rate of defects that a single one breaks while few are counted."""
    target = agreed.target.value
    measure = definition.measure
    counted = definition.kind in RATIOS and definition.unit == "ratio" and measure is not None and not measure.is_money
    if not counted or not agreed.lower_is_better or not 0 < target < 1:
        return
    fewest = (1 / target).to_integral_value(ROUND_FLOOR) + (1 if agreed.target.op == "<" or 1 % target else 0)
    if agreed.min_n is None or agreed.min_n < fewest:
        before = fewest - 1
        goal = f"{agreed.target.op} {digits(100 * target)} %"
        shown = f"1 / {before} = {_percent(1 / before)} %, 1 / {fewest} = {_percent(1 / fewest)} %"
        yield "min_n", said("one defect breaks {0} below {1} orders: {2}; agree on min_n = {1}", goal, fewest, shown)


def _commission(terms: Commission, version: TermsVersion) -> Iterator[tuple[str, str]]:
    if terms.method == "slab":
        yield from _cliffs(terms)
    rates = [tier.rate for tier in terms.tiers]
    if any(later < earlier for earlier, later in pairwise(rates)) and terms.method == "slab":
        yield "tiers", said("the rate falls from one slab to the next: selling more pays less at each bound")
    if not terms.refund_window_days:
        never = said("none: commission on sales that are refunded after the month is never taken back")
        yield "refund_window_days", never
    if terms.base != "incremental_net_sales" and not terms.exclude.channels and not terms.attribution:
        text = N_("{0}: all sales of all channels count, also those that the provider has no part in")
        yield "base", said(text, word(terms.base))
    if version.caps.commission_max is None and version.caps.total_max is None:
        yield "tiers", said("no limit: neither caps.commission_max nor caps.total_max is agreed")


def _cliffs(terms: Commission) -> Iterator[tuple[str, str]]:
    for tier in terms.tiers[1:]:
        below, at = (commission.slab(x, terms.tiers).quantize(_CENT) for x in (tier.start - _CENT, tier.start))
        if below != at:
            even = commission.marginal(tier.start, terms.tiers).quantize(_CENT)
            jump = said("one cent more of sales moves the commission from {0} to {1} ({2:+})", below, at, at - below)
            yield "tiers", said("a cliff at {0}: {1}; marginal it would be {2}", digits(tier.start), jump, even)


def _percent(value: Decimal) -> str:
    return digits((100 * value).quantize(Decimal("0.0001")))
