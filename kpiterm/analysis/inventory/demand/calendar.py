"""What dates have in common across a pool: weekdays, the season, and days on which everything was different."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints, ratio

YEAR, WEEK = 364, 7  # a year of whole weeks keeps weekdays together
_WEEKS = 112  # days that weekdays are learnt from
_STEADY = 30  # usual sales by which a pool's weekdays are drawn to flat
_NEAR = 14  # days on either side that say what was normal
_ODD = (0.3, 2.0)  # times normal, at most and at least, that a day of its own has
_RARE = 0.1  # of the days may be odd; more of them are how the pool is
_ENOUGH = (20, 100)  # series and usual sales without which a day's ratio is chance
_SMOOTH = 28
_DULL = 0.02  # logarithm: a season that is no larger than this is none
_OVERLAP = 91  # days of two years that must lie side by side before a season is believed


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week`, factors from Monday, 1 on average; `odd`, dates that are not normal days; `season`, the logarithm by
    which each date differs from others, from date `first` on, read round and round; empty where none is known."""

    week: Floats
    odd: Ints
    first: int
    season: Floats

    def usual(self, days: Ints) -> Floats:
        """By how many times the season makes each of these dates larger."""
        if not len(self.season):
            return np.ones(days.shape)
        return np.asarray(np.exp(self.season)[(days - self.first) % YEAR])

    def weekday(self, days: Ints) -> Floats:
        """The weekday's factor of each date."""
        return np.asarray(self.week[(days + 3) % WEEK])  # 1970-01-01 was a Thursday

    def outside(self, days: Ints) -> Bools:
        """Which of these dates are not normal days."""
        return np.isin(days, self.odd)


def learn(panel: Panel, unit: float) -> Calendar:
    """From the series of one pool."""
    days, normal, sold = _daily(panel)
    week = _week(days, sold, normal, unit)
    expected = normal * week[(days + 3) % WEEK]
    odd = days[_odd(sold, expected, panel, unit)]
    first, season = _season(days, sold, np.where(np.isin(days, odd), 0, expected))
    return Calendar(week, odd, first, season)


def _daily(panel: Panel) -> tuple[Ints, Floats, Floats]:
    """Dates, and for each what the series in stock on it sell on an average day, and what they sold."""
    shown = panel.stock & np.isfinite(panel.units)
    sold = np.where(shown, panel.units, 0)
    mean = ratio(sold.sum(axis=1), shown.sum(axis=1).astype(float))
    first = int(panel.last_day.min()) - panel.units.shape[1] + 1
    place = panel.days - first
    length = int(panel.last_day.max()) - first + 1
    # One bulk order must not make a day look special to the whole pool.
    usual = np.minimum(sold, 8 * mean[:, None] + sold.mean())[shown]
    cells, normal = place[shown], np.broadcast_to(mean[:, None], shown.shape)[shown]
    dates: Ints = first + np.arange(length, dtype=np.int64)
    return dates, _added(cells, normal, length), _added(cells, usual, length)


def _added(place: Ints, amounts: Floats, length: int) -> Floats:
    return np.bincount(place, amounts, length).astype(np.float64)


def _week(days: Ints, sold: Floats, normal: Floats, unit: float) -> Floats:
    """Weekday factors from Monday, of the last weeks."""
    recent = slice(-_WEEKS, None)
    weekday = (days[recent] + 3) % WEEK
    above = _added(weekday, sold[recent], WEEK) + _STEADY * unit
    below = _added(weekday, normal[recent], WEEK) + _STEADY * unit
    week = ratio(above, below)
    return np.asarray(week / week.mean()) if week.any() else np.ones(WEEK)


def _odd(sold: Floats, expected: Floats, panel: Panel, unit: float) -> Bools:
    series, sales = _ENOUGH
    times = ratio(sold, expected)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(times, _NEAR, mode="edge"), 2 * _NEAR + 1)
    times = ratio(times, np.median(around, axis=1))
    odd = (expected > sales * unit) & ((times < _ODD[0]) | (times > _ODD[1]))
    believed = len(panel.units) >= series and odd.mean() <= _RARE
    return np.asarray(odd if believed else np.zeros(len(odd), dtype=bool))


def _season(days: Ints, sold: Floats, expected: Floats) -> tuple[int, Floats]:
    """Smoothed logarithms by day of the year, as far as one year repeats the other; empty under 15 months."""
    if len(days) < YEAR + _OVERLAP:
        return 0, np.zeros(0)
    kernel = np.ones(_SMOOTH)
    above, below = np.convolve(sold * (expected > 0), kernel, "same"), np.convolve(expected, kernel, "same")
    height = np.log(np.maximum(ratio(above, below), 1e-3))
    years = -(-len(days) // YEAR)
    table = np.full(years * YEAR, np.nan)
    table[-len(days) :] = np.where(below > 0, height, np.nan)
    return _trusted(table.reshape(years, YEAR), int(days[-1]) + 1)


def _trusted(table: Floats, first: int) -> tuple[int, Floats]:
    """The mean of the last two years [years, days] without their growth, times how well one repeats the other."""
    both = np.isfinite(table[-1]) & np.isfinite(table[-2])
    if both.sum() < _OVERLAP:
        return 0, np.zeros(0)
    years = table[-2:]
    growth = float((years[1] - years[0])[both].mean())
    years = years - growth * np.arange(2 * YEAR).reshape(2, YEAR) / YEAR
    years = years - years[:, both].mean()
    earlier, later = years[:, both] - years[:, both].mean(axis=1, keepdims=True)
    # A slope of one year on the other: 1 where it repeats, 0 where it was chance or a passing wave.
    trust = float(np.clip((earlier @ later) / ((earlier @ earlier) + both.sum() * _DULL**2), 0, 1))
    known = np.isfinite(years)
    season = ratio(np.where(known, years, 0).sum(axis=0), known.sum(axis=0).astype(np.float64))
    trust *= min(both.sum() / YEAR, 1)
    return first, np.asarray(np.clip(trust * (season - season.mean()), -1, 1))
