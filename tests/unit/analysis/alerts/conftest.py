"""Boards to evaluate: gauges with the parts that rules look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kpiterm.analysis.view import Gauge, Span, Target, View

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
ACOS = Gauge(
    id="acos", name="ACoS", channel="all", period=Span(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 21)),
    value=Decimal("0.312"), numerator=Decimal(312), denominator=Decimal(1000), unit="ratio", direction="down",
    currency="USD", target=Target("<=", Decimal("0.28")), weight=Decimal(30), state="breach", reason=None,
    maturity="provisional", data_through=date(2026, 11, 21), sources=("amazon:us-main",), previous=None, change=None,
    history=(), definition_version=1, definition_hash="sha256:0",
)  # fmt: skip


def gauge(kpi: str = "acos", channel: str = "all", **values: Any) -> Gauge:
    """ACoS, in breach, under the contract, unless told otherwise."""
    return replace(ACOS, id=kpi, channel=channel, **values)


def view(*gauges: Gauge) -> View:
    return View(workspace="default", as_of=NOW, currency="USD", snapshot=None, gauges=gauges, accounts=())
