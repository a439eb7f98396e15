"""The figures of a month from the store: KPIs by their definitions, sales by their lines, claims by the log."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.check import check_kpis
from kpiterm.analysis.contract.evidence import evidence
from kpiterm.analysis.contract.gather_sales import gather_sales, sales_by_version
from kpiterm.analysis.contract.resolutions import adjustments
from kpiterm.analysis.contract.segments import Month, month_of
from kpiterm.analysis.contract.source import Document, Source, active, days_of
from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.analysis.view import Gauge, Span
from kpiterm.i18n import said

_TOTALS = frozenset({"sum", "distinct", "net"})


def gather(source: Source, period: str) -> Document:
    """The values of a month, in the shape of `--values`. Raises ConfigError where a KPI of the terms is unknown."""
    ledger, month = source.ledger, month_of(source.contract, period)
    check_kpis(source.contract, source.question.catalogue)
    found: Document = {
        "period": period,
        "suspended_days": len(source.suspended(month)),
        "kpis": _kpis(source, month),
        "claims": ledger.open_claims(period),
        "relief": [_formed(source, relief) for relief in ledger.relief(period)],
        "adjustments": adjustments(source, month),
        **gather_sales(source, month),
    }
    if opened := ledger.disputed_on(period):
        found["disputed_on"] = f"{opened}"
    if segments := _segments(source, month):
        found["segments"] = segments
    for name, value in ledger.agreed(period).items():
        if name in found["kpis"]:
            found["kpis"][name] |= {"measured": found["kpis"][name]["value"], "value": value, "note": "as resolved"}
        else:
            found[name] = value
    return found


def measure(source: Source, kpi: str, month: Month, days: Span) -> Document:
    """One KPI over the days, with its definition, its evidence, and the reason where it cannot be judged."""
    definition = source.question.catalogue[kpi]
    whole = (days.start, days.end) == (month.span.start, month.span.end)
    asked = replace(source.question, period=month.name if whole else f"{days.start}..{days.end}")
    gauge = next(g for g in all_gauges(asked, only=kpi) if g.channel == "all")
    reason = _reason(source, definition, month, gauge)
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


def _kpis(source: Source, month: Month) -> Document:
    ids = dict.fromkeys(kpi for segment in month.segments for kpi in segment.terms.kpis)
    return {kpi: measure(source, kpi, month, active(month)) for kpi in ids}


def _reason(source: Source, definition: Definition, month: Month, gauge: Gauge) -> str | None:
    """Why a value cannot be settled on. A month that is over must be covered to its end."""
    if gauge.value is None:
        return gauge.reason or said("no data")
    if definition.kind == "growth" and month.segments[0].first > month.span.start:
        return said("the contract's first month is not whole: it starts on {0}", month.segments[0].first)
    short = gauge.period.through < gauge.period.end and "entered" not in gauge.sources
    late = short and source.is_over(gauge.period.end)
    return said("data through {0} only", gauge.period.through) if late else None


def _monthly(definition: Definition, month: Month, gauge: Gauge, days: Span) -> Decimal | None:
    """A total over part of a month is taken at its monthly rate, since its target is that of a month."""
    if gauge.value is None or definition.kind not in _TOTALS or definition.per_day or definition.window:
        return gauge.value
    counted = (days.end - days.start).days + 1
    return gauge.value * month.of / counted


def _segments(source: Source, month: Month) -> list[Document]:
    """Figures by version of the terms, of what changed within the month."""
    found: dict[int, Document] = {segment.terms.version: {} for segment in month.segments}
    for kpi in dict.fromkeys(kpi for s in month.segments for kpi in s.terms.kpis):
        groups = [g for g in month.groups(lambda t, kpi=kpi: t.kpis.get(kpi)) if kpi in g.terms.kpis]  # type: ignore[misc]
        # A growth compares months; its value is the whole month's, held against each version's target.
        if len(groups) < 2 or source.question.catalogue[kpi].kind == "growth":
            continue
        for group in groups:
            found[group.terms.version].setdefault("kpis", {})[kpi] = measure(source, kpi, month, days_of(group))
    for version, sales in sales_by_version(source, month).items():
        found[version]["net_sales"] = sales
    return [{"version": version, **figures} for version, figures in found.items() if figures]


def _formed(source: Source, relief: Document) -> Document:
    kind = source.question.catalogue[str(relief["kpi"])].kind
    return {**relief, "form": "growth" if kind == "growth" else "total"}


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else digits(value)
