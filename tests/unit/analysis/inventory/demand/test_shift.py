"""The alarm that sales have moved to another level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.demand.shift import shifts

Make = Callable[..., Panel]


def moved(panel: Make, late: list[float], **changes: object) -> float:
    before = np.resize([4.0, 5.0, 6.0, 5.0], 180)
    return float(shifts(panel([[*before, *late]], **changes)).moved[0])


def test_rising_falling_and_staying(panel: Make) -> None:
    assert moved(panel, [8.0] * 42) == 1
    assert moved(panel, [1.0] * 42) == -1
    assert moved(panel, [5.0, 4.0, 6.0, 5.0, 5.0, 5.0] * 7) == 0


def test_one_bulk_order_is_no_new_level(panel: Make) -> None:
    assert moved(panel, [5.0] * 30 + [400.0] + [5.0] * 11) == 0


def test_days_out_of_stock_are_no_fall(panel: Make) -> None:
    stock = np.ones((1, 222), dtype=np.bool_)
    stock[0, -30:] = False
    assert moved(panel, [5.0] * 12 + [0.0] * 30, stock=stock) == 0


def test_a_new_series_raises_no_alarm_and_the_last_week_is_told(panel: Make) -> None:
    found = shifts(panel([[*[np.nan] * 200, *[3.0] * 15, *[10.0] * 7]]))
    assert found.moved.tolist() == [0]
    assert found.week == pytest.approx([10.0])
