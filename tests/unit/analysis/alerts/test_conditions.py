"""An alert opens at one threshold and closes at another; what is not known does neither."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpiterm.analysis.alerts.conditions import finding, subjects
from kpiterm.analysis.alerts.rules import Rule, When
from kpiterm.analysis.view import Budget, Projection, Span
from tests.unit.analysis.alerts.conftest import gauge, view

TODAY = date(2026, 11, 22)  # nine days of the month are left after the 21st


def chance(p_hit: str | None) -> dict[str, Any]:
    value = Decimal("0.3")
    return {"projection": Projection(value, value, value, None if p_hit is None else Decimal(p_hit))}


def left(amount: str, days: str | None) -> dict[str, Any]:
    days_left = None if days is None else Decimal(days)
    return {"budget": Budget(allowed=Decimal(20), used=20 - Decimal(amount), left=Decimal(amount), days_left=days_left)}


@pytest.mark.parametrize(
    ("when", "values", "expected"),
    [
        (When("breach"), {"state": "breach"}, "bad"),
        (When("breach"), {"state": "watch"}, "between"),
        (When("breach"), {"state": "no_data"}, "between"),
        (When("breach"), {"state": "ok"}, "good"),
        (When("watch"), {"state": "watch"}, "bad"),
        (When("watch"), {"state": "breach"}, "bad"),
        (When("watch"), {"state": "ok"}, "good"),
        (When("no data"), {"state": "no_data"}, "bad"),
        (When("no data"), {"state": "breach"}, "good"),
        (When("p_hit", Decimal("0.3")), chance("0.29"), "bad"),
        (When("p_hit", Decimal("0.3")), chance("0.30"), "between"),
        (When("p_hit", Decimal("0.3")), chance("0.39"), "between"),
        (When("p_hit", Decimal("0.3")), chance("0.40"), "good"),
        (When("p_hit", Decimal("0.95")), chance("0.99"), "good"),
        (When("p_hit", Decimal("0.3")), chance(None), "between"),
        (When("p_hit", Decimal("0.3")), {}, "between"),
        (When("budget"), {}, "between"),
        (When("budget"), left("6", "8.9"), "bad"),
        (When("budget"), left("6", "9"), "between"),
        (When("budget"), left("6", "11.3"), "good"),
        (When("budget"), left("6", None), "good"),
        (When("budget"), left("0", "0"), "bad"),
        (When("budget"), left("-1", "0"), "bad"),
        (When("stale", Decimal(3)), {"data_through": date(2026, 11, 18)}, "bad"),
        (When("stale", Decimal(3)), {"data_through": date(2026, 11, 19)}, "between"),
        (When("stale", Decimal(3)), {"data_through": date(2026, 11, 20)}, "good"),
        (When("stale", Decimal(3)), {"data_through": None}, "between"),
    ],
)
def test_what_a_condition_finds(when: When, values: dict[str, Any], expected: str) -> None:
    assert finding(when, gauge(**values), TODAY) == expected


def test_a_budget_that_lasts_to_the_last_day_is_no_alarm() -> None:
    over = Span(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 30))
    assert finding(When("budget"), gauge(period=over, **left("0", "0")), TODAY) == "good"
    assert finding(When("budget"), gauge(period=over, **left("-1", "0")), TODAY) == "bad"


BOARD = view(
    gauge("acos"),
    gauge("acos", "amazon.com", data_through=date(2026, 11, 20)),
    gauge("acos", "walmart.com"),
    gauge("odr", "amazon.com", weight=None, data_through=date(2026, 11, 10)),
    gauge("gmv", "amazon.com", weight=None, target=None, data_through=date(2026, 10, 1)),
)


@pytest.mark.parametrize(
    ("kpi", "channel", "expected"),
    [
        ("acos", "*", ["acos@all", "acos@amazon.com", "acos@walmart.com"]),
        ("acos", "walmart.com", ["acos@walmart.com"]),
        ("contract", "amazon.com", ["acos@amazon.com"]),
        ("*", "amazon.com", ["acos@amazon.com", "odr@amazon.com"]),
        ("gmv", "all", []),
        ("gmv", "*", ["gmv@amazon.com"]),
    ],
)
def test_which_gauges_a_rule_looks_at(kpi: str, channel: str, expected: list[str]) -> None:
    rule = Rule(kpi=kpi, channel=channel, when=When("breach"), severity="info")
    assert [f"{name}@{g.channel}" for name, g in subjects(rule, BOARD)] == expected


def test_old_data_are_one_alert_for_each_channel_told_by_the_oldest_kpi() -> None:
    def seen(kpi: str, channel: str = "*") -> list[tuple[str, str, str]]:
        rule = Rule(kpi=kpi, channel=channel, when=When("stale", Decimal(3)), severity="info")
        return [(name, g.channel, g.id) for name, g in subjects(rule, BOARD)]

    assert seen("*") == [("*", "amazon.com", "odr"), ("*", "walmart.com", "acos")]
    assert seen("contract") == [("*", "amazon.com", "acos"), ("*", "walmart.com", "acos")]
    assert seen("*", "all") == [("*", "all", "acos")]
    assert seen("gmv") == [("gmv", "amazon.com", "gmv")]
    alone = Rule(kpi="*", when=When("stale", Decimal(3)), severity="info")
    assert [g.channel for _, g in subjects(alone, view(gauge("acos")))] == ["all"]
