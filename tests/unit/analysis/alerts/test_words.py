"""What people read: what happened, what it means, what to type next; in the language of who reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest

from kpiterm.analysis.alerts import DEFAULTS, Notification, words
from kpiterm.analysis.alerts.rules import Kind, When
from kpiterm.analysis.alerts.state import Change, situation
from kpiterm.analysis.view import Budget, Projection
from tests.unit.analysis.alerts.conftest import NOW, gauge

NAMES = {"acos": {"en": "ACoS", "zh": "广告费占比"}}


def note(*reasons: str, change: Change = "opened", kpi: str = "acos", **values: Any) -> Notification:
    return Notification(
        change=change, severity="critical", reasons=reasons or ("breach",), since=NOW - timedelta(days=1), at=NOW,
        situation=situation(gauge(**values), kpi),
    )  # fmt: skip


def message(*notes: Notification, language: words.Language = "en", workspace: str = "default") -> tuple[str, str]:
    return words.message(notes, language, workspace=workspace, zone="Asia/Shanghai", names=NAMES)


def test_one_alert_says_what_happened_what_it_means_and_what_to_type() -> None:
    title, body = message(note(channel="amazon.com"), workspace="acme")
    assert title == "kpiterm acme: critical: ACoS (amazon.com)"
    assert body.splitlines() == [
        "ACoS (amazon.com) missed its target: it is 31.2 %, the target ≤ 28 %.",
        "It counts in the contract with weight 30; the period ends on 2026-11-30.",
        "Next: kpiterm --workspace acme kpi show acos --channel amazon.com",
    ]


def test_the_same_in_chinese() -> None:
    title, body = message(note(), language="zh")
    assert title == "kpiterm default：严重：广告费占比"
    assert body.splitlines() == [
        "广告费占比未达目标：31.2 %，目标 ≤ 28 %。",
        "合同考核项，权重 30；本期于 2026-11-30 结束。",
        "下一步：kpiterm kpi show acos",
    ]


def test_the_other_conditions() -> None:
    chance = Projection(Decimal("0.3"), Decimal("0.28"), Decimal("0.33"), Decimal("0.12"))
    spending = Budget(allowed=Decimal(280), used=Decimal(260), left=Decimal(20), days_left=Decimal("3.5"))
    said = {
        "watch": note("watch"),
        "chance 12.0 %": note("p_hit < 0.3", projection=chance),
        "$260.00 of $280.00 used, 3.5 days left": note("budget", budget=spending),
        "used up its budget: $281.00 of": note(
            "budget", budget=replace(spending, used=Decimal(281), left=Decimal(-1), days_left=Decimal(0))
        ),
        "no value": note("no data", value=None),
        "The data of amazon.com end on 2026-11-21.": note("data older than 3 days", kpi="*", channel="amazon.com"),
    }
    said["too close to its target"] = said.pop("watch")
    for expected, about in said.items():
        assert expected in message(about)[1]


def test_a_missed_target_is_not_also_called_uncertain() -> None:
    assert message(note("watch", "breach")) == message(note("breach"))


def test_the_end_of_an_alert_tells_how_long_it_lasted_in_the_readers_zone() -> None:
    title, body = message(note(change="closed", value=Decimal("0.25")))
    assert title == "kpiterm default: critical over: ACoS"
    assert body.splitlines()[:2] == [
        "The alert on ACoS is over: it is 25.0 %, the target ≤ 28 %.",
        "It had lasted since 2026-11-22 04:00.",
    ]
    fresh = message(note("data older than 3 days", change="closed", kpi="*", data_through=date(2026, 11, 22)))
    assert "up to date again, through 2026-11-22" in fresh[1]


def test_many_alerts_are_one_message_the_gravest_first() -> None:
    mild = replace(note("watch", channel="walmart.com"), severity="warning")
    title, body = message(mild, note(channel="amazon.com"), note(change="closed"))
    assert title == "kpiterm default: 3 alerts, 1 critical"
    lines = body.splitlines()
    assert [line.partition("]")[0] for line in lines[:3]] == ["- [critical", "- [critical over", "- [warning"]
    assert lines[-1] == "Next: kpiterm alerts list"


def test_of_very_many_the_rest_is_counted() -> None:
    many = [note(channel=f"shop{number}.example") for number in range(words.MOST + 7)]
    lines = message(*many)[1].splitlines()
    assert len(lines) == words.MOST + 2
    assert lines[-2] == "and 7 more"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("change", get_args(Change))
def test_every_condition_has_words_in_both_languages(language: words.Language, change: Change) -> None:
    kinds = {rule.when.kind: str(rule.when) for rule in DEFAULTS.rules} | {"no data": str(When("no data"))}
    assert kinds.keys() == set(get_args(Kind))
    for kind, reason in kinds.items():
        title, body = message(note(reason, change=change, kpi="*" if kind == "stale" else "acos"), language=language)
        assert "{" not in title + body
        assert len(body.splitlines()) == 3


def test_a_kpi_that_is_no_longer_defined_keeps_its_last_name() -> None:
    assert message(note(kpi="gone", name="Old KPI"), language="zh")[0] == "kpiterm default：严重：Old KPI"
