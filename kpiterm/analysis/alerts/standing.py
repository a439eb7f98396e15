"""How an alert stands, for people: open, or how many readings of how many speak for it."""

from __future__ import annotations

from kpiterm.analysis.alerts.rules import Rules, Severity
from kpiterm.analysis.alerts.state import Alert, rank
from kpiterm.i18n import said


def status(alert: Alert, rules: Rules) -> str:
    """open, or how many readings of how many speak for it; empty where nothing does."""
    if alert.severity:
        return "open"
    needed = {rule.id: rule.holds for rule in rules.rules}
    counted = [(streak.bad, needed[name]) for name, streak in alert.streaks.items() if streak.bad and name in needed]
    return said("pending {0} of {1}", *max(counted, key=lambda pair: pair[0] / pair[1])) if counted else ""


def reasons(alert: Alert, rules: Rules) -> list[str]:
    """The conditions that hold."""
    if alert.severity:
        return list(alert.reasons)
    return list(dict.fromkeys(str(r.when) for r in rules.rules if (s := alert.streaks.get(r.id)) and s.bad))


def severity(alert: Alert, rules: Rules) -> Severity:
    """Of an open alert its own, of a pending one what it would open with."""
    if alert.severity:
        return alert.severity
    levels: list[Severity] = [rule.severity for rule in rules.rules if (s := alert.streaks.get(rule.id)) and s.bad]
    return max(levels, key=rank, default="info")


def gravest_first(alert: Alert) -> tuple[int, str, str]:
    """A key to sort by."""
    return -rank(alert.severity), alert.situation.kpi, alert.situation.channel
