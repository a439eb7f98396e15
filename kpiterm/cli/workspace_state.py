"""What the list of workspaces reads of one: the figures of its state.json, and its open alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from kpiterm.analysis.pages.clients import AHEAD, Client, Deadline, Failing, Missed, Standing
from kpiterm.analysis.view import Target
from kpiterm.i18n import named, said

_VERSION = 1


class _Gauge(msgspec.Struct):
    id: str
    name: str
    channel: str
    unit: str
    state: str
    currency: str | None
    value: Decimal | None
    target: Target | None
    weight: Decimal | None
    data_through: date | None


class _Account(msgspec.Struct):
    name: str
    status: str
    last_sync: datetime | None
    error: str | None


class _Due(msgspec.Struct):
    day: date
    title: dict[str, str]


class State(msgspec.Struct):
    """The parts of state.json that a line of the list tells."""

    v: int
    as_of: datetime
    kpis: list[_Gauge]
    accounts: list[_Account]
    valid: tuple[str | None, str, list[list[Any]]]
    names: dict[str, dict[str, str]] = {}
    deadlines: list[_Due] = []


class _Version(msgspec.Struct):
    v: int


class _Alert(msgspec.Struct):
    severity: str | None


class _Alerts(msgspec.Struct):
    alerts: dict[str, _Alert]


class _Memory(msgspec.Struct):
    state: _Alerts


def read_state(file: Path) -> State | str:
    """The document, or why there is none that this version can read."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return said("not computed yet")
    try:
        if (version := msgspec.json.decode(text, type=_Version).v) != _VERSION:
            return said("computed by another version of kpiterm: its state has version {0}, not {1}", version, _VERSION)
        return msgspec.json.decode(text, type=State)
    except msgspec.DecodeError:
        return said("what was computed last cannot be read: {0} is damaged", file.name)


def open_alerts(file: Path) -> Mapping[str, int]:
    """How many are open, by severity; none where the file is damaged, as for whoever evaluates them."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_Memory).state.alerts.values()
    except (FileNotFoundError, msgspec.DecodeError):
        return {}
    return Counter(alert.severity for alert in found if alert.severity)


def figures(name: str, state: State, alerts: Mapping[str, int], now: datetime) -> Client:
    """A line with figures. As on the board, what has a target or a weight counts, once for each channel."""
    agreed = [gauge for gauge in state.kpis if gauge.target or gauge.weight] or state.kpis
    counts = Counter(gauge.state for gauge in agreed)
    synced = [account.last_sync for account in state.accounts if account.last_sync]
    today = now.date()
    return Client(
        name=name,
        standing=_worst(counts),
        counts=counts,
        missed=_heaviest(agreed, state.names),
        through=_through(agreed),
        computed=state.as_of,
        synced=max(synced, default=None),
        failing=tuple(
            Failing(a.name, a.status, a.error or "") for a in state.accounts if a.status in ("failed", "partial")
        ),
        alerts=alerts,
        due=next((Deadline(d.day, named(d.title)) for d in state.deadlines if today <= d.day <= today + AHEAD), None),
    )


def _worst(counts: Mapping[str, int]) -> Standing:
    gravest: tuple[Standing, ...] = ("breach", "watch", "ok")
    return next((state for state in gravest if counts.get(state)), "no_data")


def _heaviest(gauges: Sequence[_Gauge], names: Mapping[str, Mapping[str, str]]) -> Missed | None:
    for state in ("breach", "watch"):
        found = [gauge for gauge in gauges if gauge.state == state]
        if found:
            worst = max(found, key=lambda gauge: (gauge.weight or 0, gauge.channel == "all"))
            name = named(names[worst.id]) if worst.id in names else worst.name
            return Missed(
                id=worst.id, name=name, channel=worst.channel, value=worst.value, unit=worst.unit,
                currency=worst.currency, target=worst.target, weight=worst.weight,
            )  # fmt: skip
    return None


def _through(gauges: Sequence[_Gauge]) -> date | None:
    """The last day that all KPIs with weight have data of; without weights, that all with data have."""
    days = [gauge.data_through for gauge in gauges if gauge.data_through and gauge.weight]
    return min(days or [gauge.data_through for gauge in gauges if gauge.data_through], default=None)
