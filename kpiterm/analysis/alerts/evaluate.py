"""One evaluation: from the board and what is remembered to what is remembered next and what people should hear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from kpiterm.analysis.alerts.conditions import Finding, finding, subjects
from kpiterm.analysis.alerts.rules import Rule, Rules, Severity
from kpiterm.analysis.alerts.state import Alert, Change, Notification, Situation, State, Streak, key, rank, situation
from kpiterm.analysis.view import View

_Findings = Mapping[str, Finding]


def evaluate(view: View, state: State, rules: Rules, now: datetime) -> tuple[State, tuple[Notification, ...]]:
    """What is remembered after this reading of the board, and what to tell; the gravest first.

    An alert is told of when it opens, when it gets worse, now and then while it lasts, and when it is over; but, unless
    it gets worse, at most once in `rules.window`, however its condition flaps. One that somebody has acknowledged is
    told of when it gets worse and when it is over.
    """
    found, seen = _look(view, rules, now)
    known = {rule.id: rule for rule in rules.rules}
    alerts: dict[str, Alert] = {}
    notes: list[Notification] = []
    for name in sorted(found.keys() | state.alerts.keys()):
        before = state.alerts.get(name) or Alert(situation=seen[name])
        findings = found.get(name, {})
        alert = _step(replace(before, situation=seen.get(name, before.situation)), findings, known)
        alert, note = _tell(_heeded(alert, now), rules, now)
        if note:
            notes.append(note)
        if not _is_over(alert, rules, now):
            alerts[name] = alert
    return State(alerts), tuple(sorted(notes, key=lambda n: (-rank(n.severity), n.key)))


def _look(view: View, rules: Rules, now: datetime) -> tuple[dict[str, dict[str, Finding]], dict[str, Situation]]:
    """What each rule finds, by alert and rule, and the situation of each alert."""
    found: dict[str, dict[str, Finding]] = {}
    seen: dict[str, Situation] = {}
    today = now.astimezone(UTC).date()
    for rule in rules.rules:
        for kpi, gauge in subjects(rule, view):
            name = key(kpi, gauge.channel)
            found.setdefault(name, {})[rule.id] = finding(rule.when, gauge, today)
            seen.setdefault(name, situation(gauge, kpi))
    return found, seen


def _step(alert: Alert, findings: _Findings, rules: Mapping[str, Rule]) -> Alert:
    """The streaks after one more reading. A rule that is gone is forgotten; a gauge that is gone counts as good."""
    names = [name for name in rules if name in findings or name in alert.streaks]
    streaks = {n: _next(alert.streaks.get(n, Streak()), findings.get(n, "good"), rules[n]) for n in names}
    active = [rules[name] for name in names if streaks[name].active]
    severity: Severity | None = max((rule.severity for rule in active), key=rank, default=None)
    # What held is still told when it is over.
    reasons = tuple(dict.fromkeys(str(rule.when) for rule in active)) or alert.reasons
    return replace(alert, streaks=streaks, severity=severity, reasons=reasons)


def _next(streak: Streak, found: Finding, rule: Rule) -> Streak:
    match found:
        case "bad":
            bad = streak.bad + 1
            return Streak(bad, 0, streak.active or bad >= rule.holds)
        case "good":
            good = streak.good + 1
            return Streak(0, good, streak.active and good < rule.clear_after)
        case "between":
            return Streak(0, 0, streak.active)


def _heeded(alert: Alert, now: datetime) -> Alert:
    """Without its acknowledgement where that no longer holds: it is over, graver than it was, or the day has come."""
    given = alert.acknowledged
    holds = given is not None and alert.severity is not None and rank(alert.severity) <= rank(given.severity)
    late = given is not None and given.until is not None and now.astimezone(UTC).date() >= given.until
    return alert if holds and not late else replace(alert, acknowledged=None)


def _tell(alert: Alert, rules: Rules, now: datetime) -> tuple[Alert, Notification | None]:
    """The alert as people know it from now on, and what to tell them."""
    severity = alert.severity or alert.told
    if severity is None:
        return replace(alert, since=None), None
    alert = replace(alert, since=alert.since or now)
    change = _change(alert, rules, now)
    if change is None:
        return alert, None
    assert alert.since
    note = Notification(
        change=change, severity=severity, reasons=alert.reasons, since=alert.since, at=now, situation=alert.situation
    )
    since = alert.since if alert.severity else None
    return replace(alert, told=alert.severity, told_at=now, since=since), note


def _change(alert: Alert, rules: Rules, now: datetime) -> Change | None:
    quiet = alert.told_at is not None and now - alert.told_at < rules.window
    if alert.told is None:
        return "opened" if alert.severity and not quiet and not alert.acknowledged else None
    if alert.severity is None:
        return None if quiet else "closed"
    if rank(alert.severity) > rank(alert.told):
        return None if alert.acknowledged else "worse"
    due = alert.told_at is None or now - alert.told_at >= rules.remind
    lasts = any(streak.active and streak.bad for streak in alert.streaks.values())
    heeded = alert.acknowledged is not None or alert.severity == "info"
    return "reminder" if due and lasts and not heeded else None


def _is_over(alert: Alert, rules: Rules, now: datetime) -> bool:
    """Whether there is nothing left to remember."""
    if alert.severity or alert.told or any(s.bad for s in alert.streaks.values()):
        return False
    return alert.told_at is None or now - alert.told_at >= rules.window
