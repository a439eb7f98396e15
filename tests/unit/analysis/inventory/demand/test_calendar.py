"""Weekdays, seasons and odd days that a pool has in common."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand import calendar
from kpiterm.analysis.inventory.demand.panel import Panel
from tests.unit.analysis.inventory.demand.conftest import LAST, WEEK

Make = Callable[..., Panel]


def dates(length: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(LAST - np.arange(length)[::-1], dtype=np.int64)


def test_weekdays_are_learnt_from_the_whole_pool(panel: Make) -> None:
    week = WEEK / WEEK.mean()
    learned = calendar.learn(panel(np.tile(10 * week[(dates(140) + 3) % 7], (40, 1))), 10.0)
    assert learned.week == pytest.approx(week, rel=0.02)
    assert learned.weekday(np.array([LAST])) == pytest.approx([week[5]], rel=0.02)  # 2026-11-21 is a Saturday


def test_a_day_on_which_everybody_sold_a_multiple_is_odd(panel: Make) -> None:
    units = np.full((120, 140), 10.0)
    units[:, 100] = 40
    learned = calendar.learn(panel(units), 10.0)
    assert learned.odd.tolist() == [dates(140)[100]]


def test_one_bulk_order_makes_no_day_odd(panel: Make) -> None:
    units = np.full((40, 140), 10.0)
    units[3, 100] = 5000
    assert not len(calendar.learn(panel(units), 10.0).odd)


def test_a_year_that_repeats_is_a_season_and_a_young_shop_has_none(panel: Make) -> None:
    wave = 10 * np.exp(0.4 * np.sin(2 * np.pi * dates(728) / 364))
    learned = calendar.learn(panel(np.tile(wave, (30, 1))), 10.0)
    high, low = learned.usual(np.array([LAST + 91 - (LAST % 364), LAST + 273 - (LAST % 364)]))
    assert high / low == pytest.approx(np.exp(0.8), rel=0.25)
    young = calendar.learn(panel(np.tile(wave[-300:], (30, 1))), 10.0)
    assert young.usual(np.arange(LAST, LAST + 30)).tolist() == [1.0] * 30


def test_a_change_that_does_not_repeat_is_no_season(panel: Make) -> None:
    once = np.where(dates(728) > LAST - 200, 15.0, 10.0)
    learned = calendar.learn(panel(np.tile(once, (30, 1))), 10.0)
    days = learned.usual(np.arange(LAST + 1, LAST + 365))
    assert days.max() / days.min() < 1.25
