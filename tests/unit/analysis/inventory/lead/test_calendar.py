"""Holidays, closures and slow seasons, as running totals of working days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.inventory.lead import calendar
from kpiterm.analysis.inventory.supply.model import Closure, Receiving, Slowdown, Spread, Supplier

FACTORY = Supplier(id="f", name="F", currency="USD")
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2050, 12, 31))


def working(supplier: Supplier, day: date) -> float:
    total = calendar.factory(supplier)
    place = calendar.index(day)
    return float(total[place + 1] - total[place])


def done(supplier: Supplier, start: date, work: float) -> date:
    begin = np.array([float(calendar.index(start))])
    end = calendar.finished(calendar.factory(supplier), begin, np.array([work]))
    return calendar.EPOCH + timedelta(days=int(np.ceil(end[0] - 1e-6)))


def test_the_table_of_chinese_new_years_is_that_of_the_holidays_library() -> None:
    chinese = pytest.importorskip("holidays.calendars.chinese", reason="the library is for development only")
    known = chinese._ChineseLunisolar()
    found = [known.lunar_new_year_date(year) for year in range(2015, 2051)]
    assert [day[0] if isinstance(day, tuple) else day for day in found] == list(calendar.CHINESE_NEW_YEARS)


def test_the_table_of_chinese_new_years_follows_the_moon() -> None:
    years = calendar.CHINESE_NEW_YEARS
    assert {date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26)} < set(years)
    assert [day.year for day in years] == list(range(2015, 2051))
    mean_moon, month = date(2000, 1, 6), 29.530588  # at 22:20 in China
    for day in years:
        assert date(day.year, 1, 21) <= day <= date(day.year, 2, 20)
        phase = ((day - mean_moon).days + 0.5 - 0.93) % month
        assert min(phase, month - phase) < 1.2, day  # half a day, and what the moon differs from its mean


def test_work_slows_down_before_new_year_stops_and_comes_back_by_the_day_that_was_named() -> None:
    new_year = date(2027, 2, 6)
    speeds = [working(FACTORY, new_year + timedelta(days=offset)) for offset in range(-9, 23)]
    assert speeds[:2] == [1, 1]
    assert all(slower < faster for faster, slower in pairwise(speeds[1:9]))
    assert speeds[8:16] == [0] * 8
    assert all(slower < faster for slower, faster in pairwise(speeds[15:30]))
    assert speeds[30:] == [1, 1]


def test_golden_week_and_a_factorys_own_closure_are_days_without_work() -> None:
    closed = Supplier(
        id="f", name="F", currency="USD", closures=(Closure(first=date(2026, 6, 1), last=date(2026, 6, 10)),)
    )
    assert [working(closed, date(2026, 10, day)) for day in (1, 7, 8)] == [0, 0, 1]
    assert done(closed, date(2026, 5, 30), 4) == date(2026, 6, 13)
    assert done(FACTORY, date(2026, 5, 30), 4) == date(2026, 6, 3)


def test_a_factory_elsewhere_knows_no_chinese_holidays() -> None:
    elsewhere = Supplier(id="v", name="V", currency="USD", calendar="none")
    assert done(elsewhere, date(2027, 1, 20), 30) == date(2027, 2, 19)
    assert done(FACTORY, date(2027, 1, 20), 30) > date(2027, 3, 1)


def test_a_cut_off_on_a_holiday_is_passed_over() -> None:
    opened = calendar.open_days("cn")
    thursdays = calendar.cutoffs(3, opened)

    def next_one(day: date) -> date:
        return calendar.EPOCH + timedelta(days=int(thursdays[calendar.index(day)]))

    assert next_one(date(2026, 11, 23)) == date(2026, 11, 26)
    assert next_one(date(2026, 11, 26)) == date(2026, 11, 26)
    assert next_one(date(2026, 9, 30)) == date(2026, 10, 8)  # Thursday, 1 October is in Golden Week
    assert next_one(date(2027, 2, 2)) == date(2027, 2, 18)  # forwarders close before New Year, on 6 February


def test_a_slow_season_may_run_over_the_turn_of_the_year() -> None:
    slow = Receiving(
        channel="c", spread=Spread(p50=5, p90=9), slowdowns=(Slowdown(first=(12, 20), last=(1, 5), speed=0.5),)
    )
    total = calendar.receiving(slow)
    days = np.diff(total)
    assert [days[calendar.index(date(2026, *day))] for day in ((12, 19), (12, 20), (12, 31))] == [1, 0.5, 0.5]
    assert [days[calendar.index(date(2027, *day))] for day in ((1, 5), (1, 6))] == [0.5, 1]
    assert days[0] == 0.5  # 2015-01-01 is in the season that began the year before


@given(DAYS, st.integers(0, 60), st.floats(0, 90), st.floats(0, 30))
def test_who_begins_later_or_has_more_to_do_is_never_done_earlier(
    start: date, later: int, work: float, more: float
) -> None:
    first = done(FACTORY, start, work)
    assert first >= start
    assert done(FACTORY, start + timedelta(days=later), work) >= first
    assert done(FACTORY, start, work + more) >= first
