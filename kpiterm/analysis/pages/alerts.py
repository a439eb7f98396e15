"""Alerts as a screen shows them: open, acknowledged, about to open, what became of them, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kpiterm.analysis.alerts.history import Past
from kpiterm.analysis.alerts.rules import EVERY, Rules, Severity
from kpiterm.analysis.alerts.standing import gravest_first, reasons, severity, status
from kpiterm.analysis.alerts.state import Acknowledged, Alert, Situation, State, public_id
from kpiterm.i18n import named, said

Names = Mapping[str, Mapping[str, str]]
"""KPI names by id and language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert. `id` is what `kpiterm alerts ack` takes; `status` is open or pending 1 of 2; `told` is when people
    heard of it."""

    id: str
    situation: Situation
    name: str
    severity: Severity
    status: str
    reasons: tuple[str, ...]
    since: datetime | None
    told: datetime | None
    acknowledged: Acknowledged | None = None


@dataclass(frozen=True, slots=True)
class PastRow:
    """An entry of the history, with the name in all languages."""

    past: Past
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """`open` are those that nobody has taken on. `history` has the newest first. `waiting` counts, by channel, messages
    that were held back or not taken; `failing` channels and since when."""

    open: tuple[AlertRow, ...]
    acknowledged: tuple[AlertRow, ...]
    pending: tuple[AlertRow, ...]
    history: tuple[PastRow, ...]
    waiting: Mapping[str, int]
    failing: Mapping[str, datetime]
    rules: int


def alerts_page(
    now: State,
    remembered: State,
    rules: Rules,
    names: Names,
    *,
    history: Sequence[Past],
    waiting: Mapping[str, int],
    failing: Mapping[str, datetime],
) -> AlertsPage:
    """`now` is what an evaluation comes to; when people were told is only in what the last sync `remembered`."""
    rows = [
        _row(alert, remembered.alerts.get(key), rules, names)
        for key, alert in sorted(now.alerts.items(), key=lambda pair: gravest_first(pair[1]))
    ]
    opened = [row for row in rows if row.status == "open"]
    return AlertsPage(
        open=tuple(row for row in opened if not row.acknowledged),
        acknowledged=tuple(row for row in opened if row.acknowledged),
        pending=tuple(row for row in rows if row.status.startswith("pending")),
        history=tuple(PastRow(past, _name(past.kpi, past.name, names)) for past in reversed(history)),
        waiting=waiting,
        failing=failing,
        rules=len(rules.rules),
    )


def _row(alert: Alert, before: Alert | None, rules: Rules, names: Names) -> AlertRow:
    return AlertRow(
        id=public_id(alert.situation),
        situation=alert.situation,
        name=_name(alert.situation.kpi, alert.situation.name, names),
        severity=severity(alert, rules),
        status=status(alert, rules),
        reasons=tuple(reasons(alert, rules)),
        since=alert.since,
        told=before.told_at if before else None,
        acknowledged=alert.acknowledged,
    )


def _name(kpi: str, given: str, names: Names) -> str:
    if kpi == EVERY:
        return said("data")
    return named(names[kpi]) if kpi in names else given
