"""What the pools of a catalogue teach: their calendars, centres and spreads, from a sample of their series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand import backtest, calendar, centre, spread
from kpiterm.analysis.inventory.demand.backtest import Moments
from kpiterm.analysis.inventory.demand.calendar import Calendar
from kpiterm.analysis.inventory.demand.centre import Centre
from kpiterm.analysis.inventory.demand.clean import Base, clean
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.demand.spread import Spread
from kpiterm.analysis.pacing.arrays import Floats, ratio

SAMPLE = 6000  # series of a pool that are learnt from
SMALL = 20  # series under which a pool learns together with all others like it
REST = -1


@dataclass(frozen=True, slots=True)
class Pool:
    """`unit`, a usual sale; `reach`, the longest sum that was back-tested; `spreads` by horizon."""

    unit: float
    reach: int
    calendar: Calendar
    centre: Centre
    spreads: Mapping[int, Spread]


def pooled(panel: Panel, horizons: Sequence[int], events: Mapping[int, float]) -> tuple[Pool, Moments]:
    """What the series of one pool teach, and the past moments that they teach it by."""
    unit = usual_sale(panel)
    reach = backtest.reach(panel, max(horizons))
    dates = calendar.learn(panel, unit)
    base = cleaned(panel, dates, events)
    lengths = sorted({min(days, reach) for days in horizons})
    rows = backtest.moments(panel, base, np.full(len(panel.units), max(unit, 1e-9)), lengths)
    middle = _centre(rows, reach, unit)
    spreads = {days: _spread(rows, lengths.index(min(days, reach)), min(days, reach), middle, unit) for days in horizons}
    return Pool(unit, reach, dates, middle, spreads), rows


def _centre(rows: Moments, reach: int, unit: float) -> Centre:
    known = np.isfinite(rows.came[:, -1])
    came = rows.came[known, -1] / reach
    return centre.learn(rows.level[known], rows.count[known], rows.traits[known], rows.back[known], came, unit)


def _spread(rows: Moments, place: int, days: int, middle: Centre, unit: float) -> Spread:
    known = np.isfinite(rows.came[:, place])
    traits = rows.traits[known]
    daily = middle.daily(rows.level[known], rows.count[known], traits)
    usual = spread.usual_scale(daily * days, daily, rows.spread[known], days, max(unit, 1e-9))
    return spread.learn(daily * days, usual, traits, rows.came[known, place], rows.back[known], unit)


def cleaned(panel: Panel, dates: Calendar, events: Mapping[int, float]) -> Base:
    """The base of the series of one pool; event days are left out."""
    days = panel.days
    special = np.array([day for day, times in events.items() if times != 1], dtype=np.int64)
    return clean(panel, dates.outside(days) | np.isin(days, special), dates.usual(days))


def usual_sale(panel: Panel) -> float:
    """The median of what a day with sales brings; 0 without any."""
    sold = panel.units[np.isfinite(panel.units) & (panel.units > 0)]
    return float(np.median(sold)) if len(sold) else 0.0
