"""Whether a condition is met, gone, or neither: an alert opens at one threshold and closes at another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.alerts.rules import CONTRACT, EVERY, ORDERS, Rule, When
from kpiterm.analysis.view import Gauge, View

Finding = Literal["bad", "between", "good"]
P_MARGIN = Decimal("0.1")
DAYS_MARGIN = Decimal("1.25")


def finding(when: When, gauge: Gauge, today: date) -> Finding:
    """bad: the condition holds. good: so far from it that an alert may close. between: neither, or not known."""
    match when.kind:
        case "breach":
            return _standing(gauge, {"breach"})
        case "watch":
            return _standing(gauge, {"breach", "watch"})
        case "no data":
            return "bad" if gauge.state == "no_data" else "good"
        case "p_hit":
            return _chance(gauge, when.limit)
        case "budget":
            return _budget(gauge)
        case "stale":
            return _age(gauge, when.limit, today)
        case "order_by":
            return "bad" if gauge.value is not None and gauge.value <= when.limit else "good"


def subjects(rule: Rule, view: View) -> Iterator[tuple[str, Gauge]]:
    """The gauges that a rule looks at, each with the KPI that its alert is about.

    Old data concern a channel and not each of its KPIs, so that a rule for many of these looks at the oldest.
    """
    chosen = [g for g in view.gauges if _is_meant(rule, g)]
    if rule.when.kind == "order_by" and rule.kpi == EVERY:
        chosen = [g for g in view.gauges if g.id == ORDERS and rule.channel in {EVERY, g.channel}]
    if rule.when.kind != "stale" or rule.kpi not in {EVERY, CONTRACT}:
        yield from ((g.id, g) for g in chosen)
        return
    channels = sorted({g.channel for g in chosen if g.data_through})
    for channel in channels if channels == ["all"] or rule.channel != EVERY else [c for c in channels if c != "all"]:
        yield EVERY, min((g for g in chosen if g.channel == channel and g.data_through), key=_oldest)


def _is_meant(rule: Rule, gauge: Gauge) -> bool:
    if rule.channel not in {EVERY, gauge.channel}:
        return False
    if rule.kpi == CONTRACT:
        return gauge.weight is not None
    return gauge.target is not None if rule.kpi == EVERY else gauge.id == rule.kpi


def _oldest(gauge: Gauge) -> date:
    return gauge.data_through or date.max


def _standing(gauge: Gauge, bad: set[str]) -> Finding:
    if gauge.state in bad:
        return "bad"
    return "good" if gauge.state == "ok" else "between"


def _chance(gauge: Gauge, limit: Decimal) -> Finding:
    p_hit = gauge.projection.p_hit if gauge.projection else None
    if p_hit is None:
        return "between"
    return "bad" if p_hit < limit else "good" if p_hit >= min(limit + P_MARGIN, Decimal("0.99")) else "between"


def _budget(gauge: Gauge) -> Finding:
    """Whether the budget is used up before the period is over."""
    budget, remaining = gauge.budget, (gauge.period.end - gauge.period.through).days
    if budget is None:
        return "between"
    if budget.left < 0 or (budget.left == 0 and remaining > 0):
        return "bad"
    if budget.days_left is None or remaining <= 0:
        return "good"
    if budget.days_left < remaining:
        return "bad"
    return "good" if budget.days_left >= DAYS_MARGIN * remaining else "between"


def _age(gauge: Gauge, limit: Decimal, today: date) -> Finding:
    if gauge.data_through is None:
        return "between"
    days = (today - gauge.data_through).days
    return "bad" if days > limit else "good" if days < limit else "between"
