"""From daily series to expected demand and its quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kpiterm.analysis.inventory.demand import backtest, spread
from kpiterm.analysis.inventory.demand.learn import Pool, cleaned
from kpiterm.analysis.inventory.demand.panel import QUANTILES, Forecast, Panel
from kpiterm.analysis.pacing.arrays import Floats, ratio

_RECENT = 120


def forecast_pool(panel: Panel, pool: Pool, horizons: Sequence[int], events: Mapping[int, float]) -> Forecast:
    base = cleaned(panel, pool.calendar, events)
    unit = max(pool.unit, 1e-9)
    state = backtest.now(panel, base, np.full(len(panel.units), unit))
    daily = pool.centre.daily(state.level, state.count, state.traits)
    profile = _profile(panel, pool, max(horizons), events)
    mean = daily[:, None] * profile
    sums = np.cumsum(mean, axis=1)
    out_m=[]; out_q=[]
    for h in horizons:
        expected = sums[:, h-1]
        flat = daily * h
        usual = spread.usual_scale(flat, daily, state.spread, h, unit)
        sp = pool.spreads[h]
        q = sp.of(flat, sp.scale(usual, state.traits)) * ratio(expected, flat)[:, None]
        out_m.append(expected); out_q.append(q)
    sq = np.maximum.accumulate(np.maximum.accumulate(np.stack(out_q, 1), axis=1), axis=2)
    return Forecast(mean=mean, quantiles=np.zeros((*mean.shape,4)), horizons=tuple(horizons), sum_mean=np.stack(out_m,1), sum_quantiles=sq)


def _profile(panel, pool, length, events):
    days = panel.last_day[:, None] + 1 + np.arange(length)
    p = pool.calendar.weekday(days) * pool.calendar.usual(days)
    for day, times in events.items(): p[days == day] *= times
    return p
