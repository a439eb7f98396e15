"""How much a normal day brings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.inventory.demand.clean import clean
from kpiterm.analysis.inventory.demand.level import Latest, Level, Levels
from kpiterm.analysis.inventory.demand.panel import Panel

Make = Callable[..., Panel]


def level(panel: Panel, column: int | None = None) -> Level:
    shape = panel.units.shape
    levels = Levels(clean(panel, np.zeros(shape, dtype=np.bool_), np.ones(shape)))
    return levels.at(shape[1] if column is None else column)


def test_the_same_every_day_is_the_level_at_any_moment(panel: Make) -> None:
    steady = panel([[3.0] * 120])
    for column in (1, 20, 120):
        assert level(steady, column).level == pytest.approx([3.0])


def test_what_came_later_is_not_known_before(panel: Make) -> None:
    early, late = panel([[1.0] * 60 + [1.0] * 60]), panel([[1.0] * 60 + [9.0] * 60])
    assert level(early, 60).level == level(late, 60).level


def test_a_series_without_a_known_day_has_no_level(panel: Make) -> None:
    none = level(panel([[0.0, 0.0]], stock=np.zeros((1, 2), dtype=np.bool_)))
    assert (none.level.tolist(), none.count.tolist()) == ([0.0], [0.0])


def test_velocities_are_means_of_the_last_days_in_stock(panel: Make) -> None:
    stock = np.ones((1, 44), dtype=np.bool_)
    stock[0, 30:40] = False
    units = [[2.0] * 30 + [0.0] * 10 + [4.0] * 4]
    assert level(panel(units, stock=stock)).velocity[7] == pytest.approx([(4 * 4 + 3 * 2) / 7])


@settings(max_examples=25, deadline=None)
@given(out=st.integers(1, 60), units=st.integers(1, 50))
def test_being_out_of_stock_changes_nothing(panel: Make, out: int, units: int) -> None:
    stock = np.array([[True] * 70 + [False] * out + [True] * 10])
    sales = np.where(stock, float(units), 0.0)
    assert level(panel(sales, stock=stock)).level == pytest.approx([float(units)])


def test_the_quick_way_to_the_last_day_comes_to_the_same(shop: Panel, panel: Make) -> None:
    new = np.where(np.arange(400) < 385, np.nan, 2.0)
    for known in (shop, panel([new, np.zeros(400)], stock=np.array([[True] * 400, [False] * 400]))):
        base = clean(known, np.zeros(known.units.shape, dtype=np.bool_), np.ones(known.units.shape))
        slow, quick = Levels(base), Latest(base)
        whole, last = slow.at(400), quick.at(400)
        for name in (name for name in Level.__slots__ if name != "velocity"):
            assert getattr(last, name) == pytest.approx(getattr(whole, name)), name
        assert all(last.velocity[days] == pytest.approx(whole.velocity[days]) for days in whole.velocity)
        assert quick.block(400, 28) == pytest.approx(slow.block(400, 28))
