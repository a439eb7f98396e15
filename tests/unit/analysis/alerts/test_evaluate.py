"""Alerts over time: they open when something lasts, close when it is over, and nobody is told the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.alerts import DEFAULTS, Acknowledged, Notification, Rule, Rules, State, When, evaluate
from kpiterm.analysis.alerts.history import MOST, changes, extended
from kpiterm.analysis.alerts.rules import Severity
from kpiterm.analysis.view import Gauge, Projection
from tests.unit.analysis.alerts.conftest import NOW, gauge, view

HOUR = timedelta(hours=1)


def rules(*given: Rule, window: int = 4, remind: int = 24) -> Rules:
    return Rules(rules=given, window=window * HOUR, remind=remind * HOUR)


def breach(severity: Severity = "warning", *, holds: int = 1, clear_after: int = 1) -> Rule:
    return Rule(kpi="acos", when=When("breach"), severity=severity, holds=holds, clear_after=clear_after)


class Story:
    """Readings of the board one after the other; `told` is all that was said."""

    def __init__(self, given: Rules) -> None:
        self.rules, self.state, self.now = given, State(), NOW
        self.told: list[Notification] = []

    def read(self, *gauges: Gauge, after: timedelta = HOUR) -> list[str]:
        """What is told of a reading."""
        self.now += after
        self.state, notes = evaluate(view(*gauges), self.state, self.rules, self.now)
        self.told += notes
        return [f"{n.change} {n.severity} {n.key}" for n in notes]

    def states(self, states: str, after: timedelta = HOUR) -> list[str]:
        """One reading for each letter: b(reach), w(atch), o(k), n(o data), - (not on the board)."""
        names = {"b": "breach", "w": "watch", "o": "ok", "n": "no_data"}
        return [
            ", ".join(self.read(*([gauge(state=names[letter])] if letter in names else []), after=after)) or "."
            for letter in states
        ]


def test_it_opens_once_it_lasts_and_closes_once_it_is_over() -> None:
    story = Story(rules(breach(holds=3, clear_after=2)))
    assert story.states("bbobbb") == [".", ".", ".", ".", ".", "opened warning acos@all"]
    opened = story.now
    assert story.states("bbb") == [".", ".", "."]
    assert story.states("ooo") == [".", "closed warning acos@all", "."]
    closed = story.told[-1]
    assert (closed.since, closed.at, closed.reasons) == (opened, story.now - HOUR, ("breach",))


def test_near_the_target_it_neither_opens_nor_closes() -> None:
    story = Story(rules(breach(clear_after=2)))
    assert story.states("wnw") == [".", ".", "."]
    assert story.states("bwowown") == ["opened warning acos@all", *"......"]
    assert story.states("oo") == [".", "closed warning acos@all"]


def test_it_is_told_again_when_it_gets_worse_and_never_when_it_gets_better() -> None:
    worse = Rule(kpi="acos", when=When("breach"), severity="critical", holds=3, clear_after=1)
    story = Story(rules(Rule(kpi="acos", when=When("watch"), severity="warning", clear_after=2), worse))
    assert story.states("wbbb") == ["opened warning acos@all", ".", ".", "worse critical acos@all"]
    assert story.told[-1].reasons == ("watch", "breach")
    assert story.states("owbbb") == [".", ".", ".", ".", "."]


def test_one_that_lasts_is_told_once_a_day_but_not_while_it_is_only_near() -> None:
    story = Story(rules(breach()))
    assert story.states("bbbbb", after=12 * HOUR) == [
        "opened warning acos@all", ".", "reminder warning acos@all", ".", "reminder warning acos@all",
    ]  # fmt: skip
    assert story.states("wwww", after=12 * HOUR) == [".", ".", ".", "."]
    assert story.states("b", after=12 * HOUR) == ["reminder warning acos@all"]


def test_a_note_is_told_once() -> None:
    story = Story(rules(breach("info")))
    assert story.states("bbbb", after=24 * HOUR) == ["opened info acos@all", ".", ".", "."]


def test_what_flaps_is_told_once_in_a_window() -> None:
    story = Story(rules(breach()))
    assert story.states("bobobobo") == [
        "opened warning acos@all", ".", ".", ".", ".", "closed warning acos@all", ".", ".",
    ]  # fmt: skip
    assert story.states("b", after=4 * HOUR) == ["opened warning acos@all"]


def test_a_gauge_that_leaves_the_board_closes_its_alert() -> None:
    story = Story(rules(breach(clear_after=2)))
    assert story.states("b---") == ["opened warning acos@all", ".", ".", "."]
    assert story.states("-") == ["closed warning acos@all"]
    story.states("-", after=4 * HOUR)
    assert story.state == State()


def test_a_rule_that_is_taken_away_closes_its_alert() -> None:
    story = Story(rules(breach()))
    story.states("b")
    story.rules = rules()
    assert story.states("b", after=4 * HOUR) == ["closed warning acos@all"]


def test_the_gravest_comes_first_and_each_channel_is_an_alert_of_its_own() -> None:
    story = Story(DEFAULTS)
    board = [gauge("odr", weight=None), gauge("acos"), gauge("acos", "amazon.com"), gauge("acos", "x", state="ok")]
    assert story.read(*board) == ["opened critical acos@all"]
    assert story.read(*board) == ["opened warning acos@amazon.com", "opened warning odr@all"]


def test_the_built_in_rules_tell_of_old_data_once_for_each_channel() -> None:
    story = Story(DEFAULTS)
    ten_days_on = timedelta(days=10)
    board = [gauge(kpi, "amazon.com", state="ok") for kpi in ("acos", "odr", "gmv_mom")]
    assert story.read(*board, after=ten_days_on) == ["opened warning *@amazon.com"]


severities: st.SearchStrategy[Severity] = st.sampled_from(["info", "warning", "critical"])
single = st.builds(
    Rule, kpi=st.just("acos"), channel=st.just("*"), when=st.sampled_from([When("breach"), When("watch")]),
    severity=severities, holds=st.integers(1, 3), clear_after=st.integers(1, 3),
)  # fmt: skip
rule_lists = st.lists(single, min_size=1, max_size=4, unique_by=lambda rule: rule.id)
readings = st.lists(st.tuples(st.sampled_from("bwon-"), st.integers(0, 400)), max_size=60)


def told(given: Iterable[Rule], steps: Sequence[tuple[str, int]]) -> Story:
    story = Story(rules(*given, window=2, remind=6))
    for letter, minutes in steps:
        story.states(letter, after=timedelta(minutes=minutes))
    return story


@given(rule_lists, readings)
def test_no_flapping_tells_more_than_once_in_a_window_unless_it_gets_worse(
    given_rules: list[Rule], steps: list[tuple[str, int]]
) -> None:
    notes = told(given_rules, steps).told
    for before, after in pairwise(notes):
        assert after.at - before.at >= 2 * HOUR or after.change == "worse"
    # what may interrupt a window is bounded by the severities there are
    windows = [[n for n in notes if start.at <= n.at < start.at + 2 * HOUR] for start in notes]
    assert max(map(len, windows), default=0) <= 3


@given(rule_lists, readings)
def test_every_alert_that_was_opened_is_closed_or_still_open(
    given_rules: list[Rule], steps: list[tuple[str, int]]
) -> None:
    story = told(given_rules, steps)
    is_open = False
    for note in story.told:
        assert (note.change == "opened") != is_open, note
        is_open = note.change != "closed"
    alert = story.state.alerts.get("acos@all")
    assert is_open == bool(alert and alert.told)


@given(rule_lists, readings)
def test_the_same_readings_tell_the_same(given_rules: list[Rule], steps: list[tuple[str, int]]) -> None:
    one, other = told(given_rules, steps), told(given_rules, steps)
    assert (one.told, one.state) == (other.told, other.state)


@given(rule_lists, readings, st.integers(0, 400))
def test_what_is_over_for_long_is_forgotten(
    given_rules: list[Rule], steps: list[tuple[str, int]], minutes: int
) -> None:
    story = told(given_rules, steps)
    story.states("ooooo", after=timedelta(minutes=240 + minutes))
    assert story.state == State()


@pytest.mark.parametrize("margin", ["0.29", "0.35", "0.45"])
def test_a_chance_that_hovers_above_the_threshold_does_not_close(margin: str) -> None:
    def at(chance: str) -> Gauge:
        p_hit = Decimal(chance)
        return gauge(state="ok", projection=Projection(p_hit, p_hit, p_hit, p_hit))

    story = Story(rules(Rule(kpi="acos", when=When("p_hit", Decimal("0.3")), severity="warning", clear_after=1)))
    assert story.read(at("0.2")) == ["opened warning acos@all"]
    closes = Decimal(margin) >= Decimal("0.4")
    assert story.read(at(margin), after=4 * HOUR) == (["closed warning acos@all"] if closes else [])


def heed(story: Story, severity: Severity = "warning", until: date | None = None) -> None:
    given = Acknowledged(by="ann", at=story.now, severity=severity, until=until)
    story.state = State({name: replace(alert, acknowledged=given) for name, alert in story.state.alerts.items()})


def test_an_acknowledged_alert_is_not_told_again_until_it_is_over() -> None:
    story = Story(rules(breach()))
    assert story.states("b") == ["opened warning acos@all"]
    heed(story)
    assert story.states("bbbb", after=20 * HOUR) == ["."] * 4
    assert story.states("oobb", after=5 * HOUR) == ["closed warning acos@all", ".", "opened warning acos@all", "."]


def test_an_acknowledgement_ends_when_the_alert_gets_graver() -> None:
    contract = Rule(kpi="acos", when=When("p_hit", Decimal("0.3")), severity="critical")
    story = Story(rules(breach(), contract))
    story.states("b")
    heed(story)
    sinking = gauge(projection=Projection(Decimal(1), Decimal(1), Decimal(1), Decimal("0.1")))
    assert story.read(sinking) == ["worse critical acos@all"]
    assert story.read(sinking, after=30 * HOUR) == ["reminder critical acos@all"]


def test_an_acknowledgement_ends_with_its_day() -> None:
    story = Story(rules(breach()))
    story.states("b")
    heed(story, until=(story.now + timedelta(days=2)).date())
    assert story.states("bbb", after=25 * HOUR) == [".", "reminder warning acos@all", "reminder warning acos@all"]


def test_what_was_acknowledged_before_anybody_was_told_is_told_when_that_ends() -> None:
    story = Story(rules(breach(holds=2)))
    story.states("b")
    heed(story, until=(story.now + timedelta(days=2)).date())
    story.state = State({k: replace(a, severity="warning") for k, a in story.state.alerts.items()})
    assert story.states("bbb", after=16 * HOUR) == [".", "opened warning acos@all", "."]


def test_history_has_what_opened_got_worse_and_was_over() -> None:
    story = Story(rules(breach()))
    seen = []
    for states in "bbooob":
        before = story.state
        story.states(states)
        seen += [(past.event, past.severity) for past in changes(before, story.state, story.now)]
    assert seen == [("opened", "warning"), ("over", "warning"), ("opened", "warning")]
    one = next(changes(State(), story.state, story.now))
    assert len(extended([one] * MOST, iter([one]))) == MOST
