"""The simulated warehouse of the benchmark keeps its own books, and the engine decides in it."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stock_data import mend
from bench.stock_measures import catalogues, interval, needed, saved, saving, worst
from bench.stock_policies import Engine, velocity
from bench.stock_show import show
from bench.stock_world import CLOSED, MOQ, REVIEW, Floats, Lead, Result, Seen, World

KNOWN, DAYS = 84, 196


@pytest.fixture(scope="module")
def demand() -> Floats:
    return np.random.default_rng(1).poisson([[1.0], [4.0], [9.0]], (3, DAYS)).astype(float)


def told(*, days: float, fill: float, skus: int = 2) -> Result:
    asked = np.full(skus, 100.0)
    return Result(asked, asked * fill, asked * days)


def test_nothing_is_sold_that_was_not_there(demand: Floats) -> None:
    seen: list[Seen] = []

    def nothing(now: Seen) -> Floats:
        seen.append(now)
        return np.zeros(3)

    result = World(demand, KNOWN, 28, Lead()).run(nothing)
    assert result.unit_fill < 0.05  # what was there or on its way is gone by then
    assert not seen[-1].stock[1:, -7:].any()
    assert (seen[-1].units <= demand[:, : seen[-1].day]).all()


def test_who_is_told_of_lost_sales_sees_all_demand(demand: Floats) -> None:
    seen: list[Seen] = []

    def nothing(now: Seen) -> Floats:
        seen.append(now)
        return np.zeros(3)

    World(demand, KNOWN, 28, Lead(), censored=False).run(nothing)
    assert (seen[-1].units == demand[:, : seen[-1].day]).all()
    assert seen[-1].stock.all()


@pytest.mark.parametrize(("upto", "begins"), [(200, 200), (700, 700), (0, MOQ)])  # nobody lists what was never bought
def test_each_policy_begins_with_what_it_orders_up_to(demand: Floats, upto: int, begins: int) -> None:
    positions: list[list[float]] = []

    def order(now: Seen) -> Floats:
        position = now.on_hand + sum((units for _, units in now.open), np.zeros(3))
        positions.append(position.tolist())
        return np.asarray(upto - position)

    World(demand, KNOWN, 28, Lead()).run(order)
    reviews = -(-(DAYS - KNOWN) // REVIEW)
    assert positions[-reviews] == [begins] * 3


def test_more_caution_holds_more_and_loses_less(demand: Floats) -> None:
    low, high = (World(demand, KNOWN, 56, Lead()).run(Engine(s, Lead(), 16000, draws=64)) for s in (0.5, 0.97))
    assert low.days < high.days
    assert low.unit_fill < high.unit_fill
    assert high.unit_fill > 0.95


def test_an_order_waits_for_the_closed_factory() -> None:
    lead, total = Lead(closed=100), np.array([45.0])
    assert lead.arrival(60, total)[0] == 105
    assert lead.arrival(90, total)[0] == 90 + 45 + CLOSED
    assert lead.arrival(110, total)[0] == 100 + CLOSED + 45
    assert lead.arrival(130, total)[0] == 175


def test_a_velocity_of_days_in_stock_does_not_take_a_stock_out_for_no_demand() -> None:
    units = np.array([[1.0] * 20 + [0.0] * 10])
    seen = Seen(day=30, units=units, stock=units > 0, on_hand=np.array([2.0]), open=[(0, np.array([5.0]))])
    assert velocity({10: 1.0}, 10, masked=True)(seen)[0] == 62 - 7
    assert velocity({10: 1.0}, 10)(seen)[0] == -7
    assert velocity({30: 1.0}, 10)(seen)[0] == pytest.approx(62 * 2 / 3 - 7)


def test_fills_are_of_all_units_and_of_skus() -> None:
    result = Result(asked=np.array([90.0, 10.0, 0.0]), got=np.array([90.0, 5.0, 0.0]), held=np.array([500.0, 200, 300]))
    assert (result.unit_fill, result.sku_fill, result.days) == (0.95, 0.75, 10.0)
    assert result.of(np.array([1, 1])).unit_fill == 0.5
    assert worst(result, 1) == (1.0, 0.1)


def test_stock_that_is_needed_lies_between_the_levels_that_were_tried() -> None:
    results = [told(days=10, fill=0.90), told(days=30, fill=0.96)]
    assert needed(results, "unit_fill", 0.93) == pytest.approx(20)
    assert needed(results, "unit_fill", 0.97) is None


def test_a_saving_compares_equal_fills() -> None:
    ours = [told(days=10, fill=0.90), told(days=30, fill=0.96)]
    rule = [told(days=20, fill=0.90), told(days=60, fill=0.96)]
    poor = [told(days=90, fill=0.91)]
    assert saving(ours, rule, "unit_fill", 0.93) == pytest.approx(0.5)
    assert saving(ours, poor, "unit_fill", 0.93) == 1
    assert saving(poor, ours, "unit_fill", 0.93) is None


def test_intervals_tell_what_hangs_on_few_skus() -> None:
    asked, held = np.full(50, 100.0), np.full(50, 1000.0)
    even = [Result(asked, asked * fill, held * fill) for fill in (0.5, 0.96)]
    one = np.where(np.arange(50) == 0, 0.0, 1.0)
    uneven = [Result(asked, asked * fill * one, held * fill) for fill in (0.5, 0.985)]
    draws = catalogues(50)
    low, high = interval(even, "unit_fill", 0.95, draws)
    assert low == pytest.approx(high)
    assert interval(uneven, "unit_fill", 0.96, draws)[1] == np.inf
    assert saved(even, even, "unit_fill", 0.95, draws) == (0, 0)


def test_days_without_stock_are_filled_from_the_same_weekday() -> None:
    units = np.arange(28.0)[None]
    stock = np.ones((1, 28), dtype=bool)
    stock[0, [3, 10, 25]] = False
    whole = mend(units, stock)[0]
    assert (whole[10], whole[3], whole[25]) == (17, 17, 18)
    assert (whole[stock[0]] == units[0, stock[0]]).all()


def test_the_table_puts_goals_beside_results(capsys: pytest.CaptureFixture[str]) -> None:
    results = [told(days=10, fill=0.90), told(days=30, fill=0.99)]
    curves = dict.fromkeys(("kpiterm", "3/7/30", "3/7/30 in stock"), results)
    show(curves, (0.8, 0.98), {"without": [0.95, 20.0, None, 12.0]}, (0.9, 0.95))
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("goal")).split() == ["goal:", "at", "most", "36.0", "60.0"]
    assert next(line for line in lines if line.startswith("kpiterm")).split()[1] == "21.1"
    assert "95.0% at 20.0" in lines[-1]
    assert "never" in lines[-1]
