"""What the pools of a catalogue teach: their calendars, centres and spreads, from the past moments of their series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand import backtest, boost, calendar, centre, dates, spread
from kpiterm.analysis.inventory.demand.backtest import Moments
from kpiterm.analysis.inventory.demand.boost import Boost, Sums
from kpiterm.analysis.inventory.demand.calendar import Calendar
from kpiterm.analysis.inventory.demand.centre import Centre
from kpiterm.analysis.inventory.demand.clean import Base, clean
from kpiterm.analysis.inventory.demand.dates import Events
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.demand.spread import Spread
from kpiterm.analysis.pacing.arrays import Floats

LEAST = 1e-9  # a usual sale of a pool without any, so that logarithms have something to stand on


@dataclass(frozen=True, slots=True)
class Pool:
    """`unit`, a usual sale; `reach`, the longest sum that was back-tested; `spreads` by days, 1 among them."""

    unit: float
    reach: int
    calendar: Calendar
    centre: Centre
    spreads: Mapping[int, Spread]

    def daily(self, rows: Moments, alike: Floats) -> Floats:
        """Expected demand of a normal day; `alike` as in Panel, of each row's series."""
        return self.centre.daily(rows.level, rows.count, rows.traits, alike[rows.series])

    def sums(self, rows: Moments, daily: Floats, days: int, came: Floats) -> Sums:
        """What these moments let expect of `days` normal days."""
        expected = daily * days
        usual = spread.usual_scale(expected, daily, rows.spread, days, self.unit)
        scale = self.spreads[days].scale(usual, rows.traits)
        looks = boost.looks(days, expected, scale, self.unit, rows.traits, rows.detail)
        return Sums(expected, scale, np.full(len(expected), self.unit), looks, came)


@dataclass(frozen=True, slots=True)
class Lessons:
    """By pool, what its series teach; `boost`, what they all teach in mode `full`."""

    pools: Mapping[int, Pool]
    boost: Boost | None


def learn(panel: Panel, horizons: Sequence[int], events: Events, *, full: bool, seed: int) -> Lessons:
    """From the series of all pools, or a sample of them."""
    if full:
        boost.require()
    pools: dict[int, Pool] = {}
    sums: list[Sums] = []
    for number in np.unique(panel.pool).tolist():
        mine = np.flatnonzero(panel.pool == number)
        known = panel.take(mine).trimmed()
        pools[number], rows = _pool(known, horizons, dates.of(events, mine, len(panel.units)))
        if full:
            sums += _sums(pools[number], rows, known.alike, horizons)
    return Lessons(pools, boost.learn(sums, seed) if sums else None)


def cleaned(panel: Panel, calendar: Calendar, events: Events) -> Base:
    """The base of the series of one pool; event days are left out."""
    days, width = panel.days, panel.units.shape[1]
    if len(np.unique(panel.last_day)) == 1:
        days = days[:1]  # one row says it for all
    outside = calendar.outside(days)
    if events:
        outside = outside | (dates.factors(events, panel.last_day - width + 1, width) != 1)
    return clean(panel, outside, calendar.usual(days))


def _pool(panel: Panel, horizons: Sequence[int], events: Events) -> tuple[Pool, Moments]:
    unit = max(_usual_sale(panel), LEAST)
    reach = backtest.reach(panel, max(horizons))
    common = calendar.learn(panel, unit)
    lengths = _lengths(horizons, reach)
    rows = backtest.moments(panel, cleaned(panel, common, events), np.full(len(panel.units), unit), lengths)
    middle = _centre(rows, reach, unit)
    spreads = {days: _spread(rows, lengths.index(days), days, middle, unit, panel.alike) for days in lengths}
    spreads |= {days: spreads[reach] for days in horizons if days > reach}
    return Pool(unit, reach, common, middle, spreads), rows


def _lengths(horizons: Sequence[int], reach: int) -> list[int]:
    return sorted({min(days, reach) for days in (1, *horizons)})


def _centre(rows: Moments, reach: int, unit: float) -> Centre:
    known = np.isfinite(rows.came[:, -1])
    came = rows.came[known, -1] / reach
    return centre.learn(rows.level[known], rows.count[known], rows.traits[known], rows.back[known], came, unit)


def _spread(rows: Moments, place: int, days: int, middle: Centre, unit: float, alike: Floats) -> Spread:
    known = np.isfinite(rows.came[:, place])
    traits = rows.traits[known]
    daily = middle.daily(rows.level[known], rows.count[known], traits, alike[rows.series[known]])
    usual = spread.usual_scale(daily * days, daily, rows.spread[known], days, unit)
    return spread.learn(daily * days, usual, traits, rows.came[known, place], unit)


def _sums(pool: Pool, rows: Moments, alike: Floats, horizons: Sequence[int]) -> list[Sums]:
    """The moments with each sum that was back-tested, single days left out."""
    lengths, daily = _lengths(horizons, pool.reach), pool.daily(rows, alike)
    return [pool.sums(rows, daily, days, rows.came[:, place]) for place, days in enumerate(lengths) if days > 1]


def _usual_sale(panel: Panel) -> float:
    """The median of what a day with sales brings; 0 without any."""
    sold = panel.units[panel.units > 0]
    return float(np.median(sold)) if len(sold) else 0.0
