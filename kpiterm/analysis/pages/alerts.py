"""Alerts as a screen shows them: open, about to open, lately over, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kpiterm.analysis.alerts.rules import Rules, Severity
from kpiterm.analysis.alerts.standing import gravest_first, reasons, severity, status
from kpiterm.analysis.alerts.state import Alert, Situation, State


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert. `status` is open, pending 1 of 2, or empty for one that is over; `told` is when people heard of it."""

    situation: Situation
    name: str
    severity: Severity
    status: str
    reasons: tuple[str, ...]
    since: datetime | None
    told: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """`waiting` counts, by channel, messages that were held back or not taken; `failing` channels and since when."""

    open: tuple[AlertRow, ...]
    pending: tuple[AlertRow, ...]
    over: tuple[AlertRow, ...]
    waiting: Mapping[str, int]
    failing: Mapping[str, datetime]
    rules: int


def alerts_page(
    now: State,
    remembered: State,
    rules: Rules,
    names: Mapping[str, Mapping[str, str]],
    language: str,
    *,
    waiting: Mapping[str, int],
    failing: Mapping[str, datetime],
) -> AlertsPage:
    """`now` is what an evaluation comes to; when people were told is only in what the last sync `remembered`."""
    rows = [
        _row(alert, remembered.alerts.get(key), rules, names, language)
        for key, alert in sorted(now.alerts.items(), key=lambda pair: gravest_first(pair[1]))
    ]
    return AlertsPage(
        open=tuple(row for row in rows if row.status == "open"),
        pending=tuple(row for row in rows if row.status.startswith("pending")),
        over=tuple(row for row in rows if not row.status),
        waiting=waiting,
        failing=failing,
        rules=len(rules.rules),
    )


def _row(
    alert: Alert, before: Alert | None, rules: Rules, names: Mapping[str, Mapping[str, str]], language: str
) -> AlertRow:
    kpi = alert.situation.kpi
    general = "数据" if language == "zh" else "data"
    return AlertRow(
        situation=alert.situation,
        name=general if kpi == "*" else names.get(kpi, {}).get(language, alert.situation.name),
        severity=severity(alert, rules),
        status=status(alert, rules),
        reasons=tuple(reasons(alert, rules)),
        since=alert.since,
        told=before.told_at if before else None,
    )
