"""Sales of a month for its commission: its own, and those of earlier months whose refunds may still come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.model import ZERO, Commission, Contract
from kpiterm.analysis.contract.sales import net_sales
from kpiterm.analysis.contract.segments import Month, month_of
from kpiterm.analysis.contract.settle import settle
from kpiterm.analysis.contract.source import DAY, Document, Source, active, days_of, without
from kpiterm.analysis.contract.values import read_values
from kpiterm.analysis.kpi.fx import RatesMissing
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.analysis.view import Gauge, Span
from kpiterm.i18n import said


def gather_sales(source: Source, month: Month) -> Document:
    """`net_sales`, `earlier`, `rates` and `year_to_date` of the values; without `net_sales` where data are missing."""
    terms = _terms(month)
    if terms is None:
        return {}
    days = active(month)
    asked = replace(source.question, period=f"{days.start}..{days.end}")
    gauges = {gauge.channel: gauge for gauge in all_gauges(asked, only="net_sales")}
    through = gauges["all"].data_through
    found: Document = {"data_through": f"{through}" if through else None}
    own = _lines(source, month, terms, month.span.end)
    if why := _unknown(source, days.end, gauges, own):
        return {**found, "notes": [f"net sales: {why}"]}
    earlier = [e for before in _months_before(source.contract, month) if (e := _earlier(source, before, month))]
    found |= {"net_sales": own, "earlier": earlier}
    found["rates"] = _rates(source, month, [*own, *(a for e in earlier for key in ("billed", "now") for a in e[key])])
    if terms.reset == "annual":
        found["year_to_date"] = digits(_year_to_date(source, month))
    return found


def sales_by_version(source: Source, month: Month) -> dict[int, list[Document]]:
    """Net sales of each part of a month in which the commission changes."""
    groups = month.groups(lambda t: t.commission)
    if len(groups) < 2:
        return {}
    return {
        group.terms.version: _lines(source, month, terms, month.span.end, days_of(group))
        for group in groups
        if (terms := group.terms.commission)
    }


def _terms(month: Month) -> Commission | None:
    return next((s.terms.commission for s in reversed(month.segments) if s.terms.commission), None)


def _lines(source: Source, month: Month, terms: Commission, known: date, days: Span | None = None) -> list[Document]:
    stretches = without(days or active(month), source.suspended(month))
    return net_sales(
        source.question.reader, terms, stretches, currency=source.contract.currency,
        month_end=month.span.end, known=known,
    )  # fmt: skip


def _unknown(source: Source, end: date, gauges: Mapping[str, Gauge], lines: Sequence[Document]) -> str | None:
    """Why net sales are not known: no data, not to the end of a month that is over, or channels that have sales in
    reports and none in order lines."""
    through = gauges["all"].data_through
    if through is None:
        return gauges["all"].reason or said("no data")
    if source.is_over(end) and through < end:
        return said("data through {0} only", through)
    known = {line["channel"] for line in lines}
    silent = [
        name for name, gauge in gauges.items() if gauge.value and name not in known and (name != "all" or not known)
    ]
    return said("no order lines of {0}, only reports", ", ".join(silent)) if silent else None


def _earlier(source: Source, before: Month, month: Month) -> Document | None:
    """A month settled before whose refund window reaches into this one: as billed, and as known by this one's end."""
    terms = before.groups(lambda t: t.commission)[-1].terms.commission
    if terms is None or terms.base == "gmv":
        return None
    if before.span.end + timedelta(days=terms.refund_window_days) < month.span.start:
        return None
    billed = _billed(source, before.name, month.name)
    if billed is None:
        billed = _lines(source, before, terms, month.span.start - DAY)
    found: Document = {
        "period": before.name,
        "billed": [{key: amount.get(key) for key in ("channel", "currency", "amount")} for amount in billed],
        "now": _lines(source, before, terms, month.span.end),
    }
    if terms.reset == "annual":
        found["year_to_date"] = digits(_year_to_date(source, before))
    return found


def _billed(source: Source, period: str, month: str) -> list[Document] | None:
    """What the last statement closed for a month before `month` says of the sales of `period`."""
    for name in sorted((n for n in source.statements if period <= n < month), reverse=True):
        values = source.statements[name]["values"]
        if name == period:
            found = values.get("net_sales")
            return found if isinstance(found, list) else None
        for earlier in values.get("earlier", ()):
            if earlier["period"] == period:
                return list(earlier["now"])
    return None


def _year_to_date(source: Source, month: Month) -> Decimal:
    """What counted for the commission in the months before, since the contract's last anniversary."""
    total = ZERO
    for before in _months_before(source.contract, month):
        terms = _terms(before)
        if terms is None or _year(source.contract, before) != _year(source.contract, month):
            continue
        lines = _lines(source, before, terms, before.span.end)
        values: Document = {
            "net_sales": lines,
            "rates": _rates(source, before, lines),
            "suspended_days": len(source.suspended(before)),
            "segments": [{"version": v, "net_sales": s} for v, s in sales_by_version(source, before).items()],
        }
        total += settle(source.contract, before.name, read_values(values, "values")).commission_base
    return total


def _year(contract: Contract, month: Month) -> int:
    """The number of the contract's year in which a month lies; years begin with the month of its start."""
    return month.span.start.year - (month.span.start.month < contract.start.month)


def _months_before(contract: Contract, month: Month) -> list[Month]:
    """The months of the contract before this one, at most two years of them, oldest first."""
    found: list[Month] = []
    end = month.span.start - DAY
    while end >= contract.start and len(found) < 24:
        found.append(month_of(contract, f"{end:%Y-%m}"))
        end = end.replace(day=1) - DAY
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
