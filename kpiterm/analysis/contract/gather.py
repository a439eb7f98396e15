"""The figures of a month from the store: KPIs by their definitions, sales by their lines, claims by the operation log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.check import check_kpis
from kpiterm.analysis.contract.evidence import evidence
from kpiterm.analysis.contract.ledger import Ledger
from kpiterm.analysis.contract.model import Contract, KpiTerms
from kpiterm.analysis.contract.sales import Days, net_sales
from kpiterm.analysis.contract.segments import Month, month_of
from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.fx import RatesMissing
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.analysis.view import Gauge, Span

Document = dict[str, Any]
_DAY = timedelta(days=1)
_TOTALS = frozenset({"sum", "distinct", "net"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What figures are gathered from. `statements` are those closed before, by month."""

    contract: Contract
    question: Question
    ledger: Ledger
    statements: Mapping[str, Mapping[str, Any]]


def gather(source: Source, period: str) -> Document:
    """The values of a month, in the shape of `--values`. Raises ConfigError where a KPI of the terms is unknown."""
    contract, ledger = source.contract, source.ledger
    check_kpis(contract, source.question.catalogue)
    month = month_of(contract, period)
    suspended = ledger.suspended(_active(month))
    found: Document = {
        "period": period,
        "suspended_days": len(suspended),
        "kpis": _kpis(source, month),
        "claims": ledger.open_claims(period),
        "relief": [_formed(source, relief) for relief in ledger.relief(period)],
    }
    if opened := ledger.disputed_on(period):
        found["disputed_on"] = f"{opened}"
    found |= _segments(source, month, suspended)
    if any(s.terms.commission for s in month.segments):
        found |= _sales(source, month, suspended)
    for kpi, value in ledger.agreed(period).items():
        if kpi in found["kpis"]:
            found["kpis"][kpi] |= {"measured": found["kpis"][kpi]["value"], "value": value, "note": "as resolved"}
        else:
            found[kpi] = value
    return found


def _kpis(source: Source, month: Month) -> Document:
    ids = dict.fromkeys(kpi for segment in month.segments for kpi in segment.terms.kpis)
    return {kpi: measure(source, kpi, month, _active(month)) for kpi in ids}


def measure(source: Source, kpi: str, month: Month, days: Span) -> Document:
    """One KPI over the days, with its definition, its evidence, and the reason where it cannot be judged."""
    definition = source.question.catalogue[kpi]
    whole = (days.start, days.end) == (month.span.start, month.span.end)
    asked = replace(source.question, period=month.name if whole else f"{days.start}..{days.end}")
    gauge = next(g for g in all_gauges(asked, only=kpi) if g.channel == "all")
    reason = _reason(source, definition, month, gauge, whole=whole)
    value = None if reason else _monthly(definition, month, gauge, days)
    found: Document = {
        "value": None if value is None else digits(value),
        "numerator": _optional(gauge.numerator),
        "denominator": _optional(gauge.denominator),
        "definition": definition.version,
        "hash": definition.hash,
        "data_through": f"{gauge.data_through}" if gauge.data_through else None,
        "sources": list(gauge.sources),
        **evidence(asked, definition, gauge.period),
    }
    if definition.kind in RATIOS or definition.kind == "percentile":
        found["n"] = _optional(gauge.denominator)
    if reason:
        found["reason"] = reason
    elif gauge.reason:
        found["note"] = gauge.reason
    return found


def _reason(source: Source, definition: Definition, month: Month, gauge: Gauge, *, whole: bool) -> str | None:
    """Why a value cannot be settled on. A month that is over must be covered to its end."""
    if gauge.value is None:
        return gauge.reason or "no data"
    if definition.kind == "growth" and not whole and month.segments[0].first > month.span.start:
        return f"the contract's first month is not whole: it starts on {month.segments[0].first}"
    over = gauge.period.end < min(source.question.clock.today(c) for c in _channels(gauge))
    if over and gauge.period.through < gauge.period.end and "entered" not in gauge.sources:
        return f"data through {gauge.period.through} only"
    return None


def _channels(gauge: Gauge) -> Sequence[str]:
    return [gauge.channel]


def _monthly(definition: Definition, month: Month, gauge: Gauge, days: Span) -> Decimal | None:
    """A total over part of a month is taken at its monthly rate, since its target is that of a month."""
    if gauge.value is None or definition.kind not in _TOTALS or definition.per_day or definition.window:
        return gauge.value
    counted = (days.end - days.start).days + 1
    return gauge.value * month.of / counted


def _segments(source: Source, month: Month, suspended: set[date]) -> Document:
    """Figures by version of the terms, of what changed within the month."""
    if len(month.segments) == 1:
        return {}
    by_version: dict[int, Document] = {s.terms.version: {} for s in month.segments}
    for kpi in dict.fromkeys(kpi for s in month.segments for kpi in s.terms.kpis):
        groups = [g for g in month.groups(lambda t, kpi=kpi: t.kpis.get(kpi)) if kpi in g.terms.kpis]  # type: ignore[misc]
        # A growth compares months; its value is the whole month's, held against each version's target.
        if len(groups) < 2 or source.question.catalogue[kpi].kind == "growth":
            continue
        for group in groups:
            days = Span(group.segments[0].first, group.segments[-1].last, group.segments[-1].last)
            by_version[group.terms.version].setdefault("kpis", {})[kpi] = measure(source, kpi, month, days)
    commissions = month.groups(lambda t: t.commission)
    for group in commissions if len(commissions) > 1 else ():
        if terms := group.terms.commission:
            days = Span(group.segments[0].first, group.segments[-1].last, group.segments[-1].last)
            by_version[group.terms.version]["net_sales"] = net_sales(
                source.question.reader, terms, _without(days, suspended), currency=source.contract.currency,
                month_end=month.span.end, known=month.span.end,
            )  # fmt: skip
    found = [{"version": version, **figures} for version, figures in by_version.items() if figures]
    return {"segments": found} if found else {}


def _sales(source: Source, month: Month, suspended: set[date]) -> Document:
    """Net sales of the month and of earlier ones whose refunds may still come; None where the data do not reach."""
    terms = next(s.terms.commission for s in reversed(month.segments) if s.terms.commission)
    sales = measure(source, "net_sales", month, _active(month))
    found: Document = {"data_through": sales["data_through"]}
    if sales["value"] is None:
        found["notes"] = [f"net sales: {sales['reason']}"]
        return found
    found["net_sales"] = net_sales(
        source.question.reader, terms, _without(_active(month), suspended), currency=source.contract.currency,
        month_end=month.span.end, known=month.span.end,
    )  # fmt: skip
    found["earlier"] = [e for e in (_earlier(source, m, month) for m in _months_before(source.contract, month)) if e]
    found["rates"] = _rates(source, month, [*found["net_sales"], *(a for e in found["earlier"] for a in e["now"])])
    return found


def _earlier(source: Source, before: Month, month: Month) -> Document | None:
    """A month settled before whose refund window reaches into this one: as billed, and as known by this one's end."""
    terms = before.groups(lambda t: t.commission)[-1].terms.commission
    if terms is None or terms.base == "gmv":
        return None
    if before.span.end + timedelta(days=terms.refund_window_days) < month.span.start:
        return None
    currency, reader = source.contract.currency, source.question.reader
    days = _without(_active(before), source.ledger.suspended(_active(before)))
    until = {"currency": currency, "month_end": before.span.end}
    now = net_sales(reader, terms, days, known=month.span.end, **until)  # type: ignore[arg-type]
    billed = _billed(source, before.name, month.name)
    if billed is None:
        billed = net_sales(reader, terms, days, known=month.span.start - _DAY, **until)  # type: ignore[arg-type]
    return {"period": before.name, "billed": [_plain(a) for a in billed], "now": now}


def _billed(source: Source, period: str, month: str) -> list[Document] | None:
    """What the last closed statement before `month` says of a month's sales."""
    for name in sorted((n for n in source.statements if period <= n < month), reverse=True):
        values = source.statements[name]["values"]
        if name == period:
            found = values.get("net_sales")
            return found if isinstance(found, list) else None
        for earlier in values.get("earlier", ()):
            if earlier["period"] == period:
                return list(earlier["now"])
    return None


def _plain(amount: Mapping[str, Any]) -> Document:
    return {key: amount.get(key) for key in ("channel", "currency", "amount")}


def _months_before(contract: Contract, month: Month) -> list[Month]:
    """The months of the contract before this one, oldest first."""
    found: list[Month] = []
    end = month.span.start - _DAY
    while end >= contract.start and len(found) < 24:
        found.append(month_of(contract, f"{end:%Y-%m}"))
        end = end.replace(day=1) - _DAY
    return found[::-1]


def _rates(source: Source, month: Month, amounts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The month's frozen rates into the contract's currency; one that is missing is told of when it is needed."""
    found = {}
    for currency in sorted({str(a["currency"]) for a in amounts} - {source.contract.currency}):
        try:
            rate = source.question.rates.rate(currency, source.contract.currency, month.span.start)
        except RatesMissing:
            continue
        found[currency] = digits(rate)
    return found


def _formed(source: Source, relief: Mapping[str, object]) -> Document:
    kind = source.question.catalogue[str(relief["kpi"])].kind
    return {**relief, "form": "growth" if kind == "growth" else "total"}


def _active(month: Month) -> Span:
    first, last = month.segments[0].first, month.segments[-1].last
    return Span(first, last, last)


def _without(span: Span, suspended: set[date]) -> list[Days]:
    """The stretches of a period that are left without the suspended days."""
    stops = [span.start - _DAY, *sorted(d for d in suspended if span.start <= d <= span.end), span.end + _DAY]
    return [(a + _DAY, b - _DAY) for a, b in pairwise(stops) if (b - a).days > 1]


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else digits(value)


__all__ = ["KpiTerms", "Source", "gather", "measure"]
