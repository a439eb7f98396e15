"""What became of alerts: when each opened, got worse, was acknowledged and was over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kpiterm.analysis.alerts.rules import Severity
from kpiterm.analysis.alerts.state import Acknowledged, Alert, State, public_id, rank

MOST = 300
"""Entries that are kept, the newest."""
Event = Literal["opened", "worse", "acknowledged", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An entry. `by`, `note` and `until` are of an acknowledgement; `kpi` "*" stands for all figures of a channel."""

    at: datetime
    event: Event
    id: str
    kpi: str
    channel: str
    name: str
    severity: Severity
    reasons: tuple[str, ...]
    since: datetime | None
    by: str = ""
    note: str = ""
    until: date | None = None


def extended(history: Sequence[Past], new: Iterator[Past]) -> tuple[Past, ...]:
    """With what is new, without the oldest beyond `MOST`."""
    return (*history, *new)[-MOST:]


def changes(before: State, after: State, now: datetime) -> Iterator[Past]:
    """What one evaluation changed, told or not."""
    for name in sorted(before.alerts.keys() | after.alerts.keys()):
        old, new = before.alerts.get(name), after.alerts.get(name)
        was, severity = old.severity if old else None, new.severity if new else None
        if new and severity and rank(severity) > rank(was):
            yield _past(new, severity, "worse" if was else "opened", now)
        elif old and was and severity is None:
            yield _past(old, was, "over", now)


def acknowledged(alert: Alert, given: Acknowledged) -> Past:
    """The entry of an acknowledgement."""
    return _past(alert, given.severity, "acknowledged", given.at, given)


def _past(alert: Alert, severity: Severity, event: Event, at: datetime, given: Acknowledged | None = None) -> Past:
    about = alert.situation
    return Past(
        at=at, event=event, id=public_id(about), kpi=about.kpi, channel=about.channel, name=about.name,
        severity=severity, reasons=alert.reasons, since=alert.since or at,
        by=given.by if given else "", note=given.note if given else "", until=given.until if given else None,
    )  # fmt: skip
