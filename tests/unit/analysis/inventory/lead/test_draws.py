"""Arrivals of orders and of goods on their way, from stages, calendars and cut-offs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.inventory.lead.draws import arrivals, arrivals_of, percentiles, remaining
from kpiterm.analysis.inventory.lead.route import Experience, Route, route
from kpiterm.analysis.inventory.supply.model import (
    STAGES,
    Incoming,
    Milestone,
    Receiving,
    ShipMode,
    Spread,
    Stage,
    Supplier,
    Supply,
    Terms,
)

TODAY = date(2026, 11, 23)
FIXED: Mapping[Stage, float] = {
    "production": 20, "qc": 2, "booking": 3, "transit": 20, "port": 5, "receiving": 6,
}  # fmt: skip
DAYS = st.dates(min_value=date(2016, 1, 1), max_value=date(2049, 12, 31))


def way(
    stages: Mapping[Stage, float] = FIXED,
    *,
    wide: float = 0,
    cutoff: int | None = None,
    calendar: str = "cn",
    experience: Experience | None = None,
) -> Route:
    """A route on which each stage takes so many days, or up to `wide` times longer in a tenth of the cases."""
    spreads = {stage: Spread(p50=days, p90=days * (1 + wide)) for stage, days in stages.items()}
    supply = Supply(
        suppliers={"f": Supplier(id="f", name="F", currency="USD", calendar="cn" if calendar == "cn" else "none")},
        modes={"sea": ShipMode(id="sea", kind="sea", currency="USD", cutoff=cutoff)},
        receiving={"*": Receiving(channel="*", spread=spreads["receiving"])},
    )
    return route(supply, experience or {}, Terms(sku="A", supplier="f", stages=spreads), "sea", "amazon.com")


def coming(stage: Milestone, since: date, expected: date | None = None) -> Incoming:
    return Incoming(account="a", channel="amazon.com", sku="A", units=5, stage=stage, since=since, expected=expected)


def test_without_chance_and_holidays_the_lead_time_is_the_sum_of_its_stages() -> None:
    days = arrivals(way(calendar="none"), TODAY)
    assert set(days.tolist()) == {sum(FIXED.values())}


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    chosen = way(wide=0.5)
    assert np.array_equal(arrivals(chosen, TODAY), arrivals(chosen, TODAY))
    assert not np.array_equal(arrivals(chosen, TODAY), arrivals(chosen, TODAY, seed=1))


def test_the_order_that_misses_chinese_new_year_waits_for_the_factory() -> None:
    chosen = way({**FIXED, "production": 60})
    made_before, made_after = (percentiles(arrivals(chosen, day))[0] for day in (TODAY, TODAY + timedelta(days=14)))
    assert made_before == sum(FIXED.values()) + 40
    assert made_after > made_before + 10


def test_goods_that_miss_the_cut_off_leave_a_week_later() -> None:
    thursdays = way(cutoff=3, calendar="none")  # ready after 22 days
    ready_on_thursday = date(2026, 11, 26) - timedelta(days=22)
    assert set(arrivals(thursdays, ready_on_thursday).tolist()) == {56}
    assert set(arrivals(thursdays, ready_on_thursday + timedelta(days=1)).tolist()) == {62}


@settings(max_examples=40)
@given(DAYS, st.integers(0, 50), st.sampled_from([None, 0, 3, 6]), st.sampled_from([0.0, 0.6]))
def test_a_later_order_never_arrives_earlier(day: date, later: int, cutoff: int | None, wide: float) -> None:
    chosen = way(wide=wide, cutoff=cutoff)
    first, second = arrivals_of(chosen, (day, day + timedelta(days=later)), draws=64)
    assert (second + later >= first).all()
    assert (first > 0).all()


@settings(max_examples=40)
@given(DAYS, st.sampled_from(STAGES), st.floats(0, 40), st.sampled_from([None, 4]))
def test_a_longer_stage_never_shortens_the_way(day: date, stage: Stage, more: float, cutoff: int | None) -> None:
    longer = {**FIXED, stage: FIXED[stage] + more}
    usual, slower = (arrivals(way(stages, wide=0.3, cutoff=cutoff), day, draws=64) for stages in (FIXED, longer))
    assert (slower >= usual).all()


@pytest.mark.parametrize(
    ("stage", "left"),
    [("ordered", 56), ("produced", 36), ("qc", 34), ("shipped", 31), ("port", 11), ("checked_in", 6), ("received", 0)],
)
def test_goods_that_have_just_come_so_far_have_the_rest_of_the_way_to_go(stage: Milestone, left: int) -> None:
    assert set(remaining(way(calendar="none"), coming(stage, TODAY), TODAY).tolist()) == {left}


def test_time_already_spent_in_a_stage_counts() -> None:
    chosen = way(wide=0.5, calendar="none")
    fresh, old = (remaining(chosen, coming("shipped", TODAY - timedelta(days=ago)), TODAY) for ago in (0, 18))
    assert np.median(fresh) - 18 <= np.median(old) < np.median(fresh) - 10


def test_goods_that_are_overdue_may_come_any_day_but_not_yesterday() -> None:
    days = remaining(way(wide=0.3), coming("shipped", TODAY - timedelta(days=200)), TODAY)
    assert 0 < days.min() <= np.median(days) < 31


def test_the_stated_arrival_is_believed_of_goods_at_sea_and_not_of_goods_in_the_making() -> None:
    expected = TODAY + timedelta(days=4)
    chosen = way(calendar="none")
    assert set(remaining(chosen, coming("shipped", TODAY, expected), TODAY).tolist()) == {10}
    assert set(remaining(chosen, coming("ordered", TODAY, expected), TODAY).tolist()) == {56}
    late = coming("port", TODAY - timedelta(days=40), TODAY - timedelta(days=3))
    assert set(remaining(chosen, late, TODAY).tolist()) == {6}


def test_arrivals_of_several_days_are_those_of_each() -> None:
    chosen, later = way(wide=0.4), TODAY + timedelta(days=70)
    both = arrivals_of(chosen, (TODAY, later))
    assert np.array_equal(both[0], arrivals(chosen, TODAY))
    assert np.array_equal(both[1], arrivals(chosen, later))


def test_experience_moves_a_stage_and_ones_own_stages_go_before_it() -> None:
    supply = Supply(suppliers={"f": Supplier(id="f", name="F", currency="USD", calendar="none")})
    slow: Experience = {("transit", "sea"): [60.0] * 12}
    terms = Terms(sku="A", supplier="f")
    usual, seen = (percentiles(arrivals(route(supply, x, terms, "sea", "c"), TODAY))[0] for x in ({}, slow))
    assert seen - usual > 25
    own = replace(terms, stages={"transit": Spread(p50=20, p90=29)})
    assert percentiles(arrivals(route(supply, slow, own, "sea", "c"), TODAY))[0] == usual


SAID = Spread(p50=70, p90=70)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_what_the_sku_says_else_who_does_it_else_the_file_else_the_trade(stage: Stage) -> None:
    maker = Supplier(id="f", name="F", currency="USD", calendar="none")
    ship, place = ShipMode(id="sea", kind="sea", currency="USD"), Receiving(channel="c", spread=SAID)
    said: dict[Stage, Spread] = {stage: SAID}
    for_all = Supply(suppliers={"f": maker}, defaults=said)
    owned = Supply(
        suppliers={"f": replace(maker, stages=said)}, modes={"sea": replace(ship, stages=said)}, receiving={"c": place}
    )
    day, terms = date(2026, 3, 2), Terms(sku="A", supplier="f")
    usual = percentiles(arrivals(route(Supply(suppliers={"f": maker}), {}, terms, "sea", "c"), day))[0]
    for supply, bought in (
        (for_all, terms),
        (owned, terms),
        (Supply(suppliers={"f": maker}), replace(terms, stages=said)),
    ):
        assert percentiles(arrivals(route(supply, {}, bought, "sea", "c"), day))[0] > usual + 30
