"""From daily series to expected demand and its quantiles, with what `learn` has taught."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kpiterm.analysis.inventory.demand import backtest, dates, single
from kpiterm.analysis.inventory.demand.backtest import Moments
from kpiterm.analysis.inventory.demand.boost import Boost
from kpiterm.analysis.inventory.demand.dates import Events
from kpiterm.analysis.inventory.demand.learn import Lessons, Pool, cleaned
from kpiterm.analysis.inventory.demand.panel import QUANTILES, Forecast, Panel
from kpiterm.analysis.pacing.arrays import Floats, Ints


def forecast(panel: Panel, lessons: Lessons, horizons: Sequence[int], events: Events) -> Forecast:
    """Days after each series' last one, up to the longest of `horizons`, and sums of the first h days of each of them.

    `events` says by how many times a date differs from normal, whatever its pool; dates are days since 1970-01-01.
    """
    unknown = {days for pool in lessons.pools.values() for days in horizons if days not in pool.spreads}
    if unknown:
        raise ValueError(f"sums of {sorted(unknown)} days were not learnt")
    series, length = len(panel.units), max(horizons)
    found = Forecast(
        mean=np.zeros((series, length)),
        quantiles=np.zeros((series, length, len(QUANTILES))),
        horizons=tuple(horizons),
        sum_mean=np.zeros((series, len(horizons))),
        sum_quantiles=np.zeros((series, len(horizons), len(QUANTILES))),
        daily=np.zeros(series),
        season=np.zeros((series, len(horizons))),
        events=np.zeros((series, len(horizons))),
    )

    for number in np.unique(panel.pool).tolist():
        rows = np.flatnonzero(panel.pool == number)
        special = dates.of(events, rows, series)
        _fill(found, rows, panel.take(rows).trimmed(), lessons.pools[number], lessons.boost, special)
    return found


def _fill(found: Forecast, rows: Ints, panel: Panel, pool: Pool, boost: Boost | None, events: Events) -> None:
    """Write the forecast of one pool's series into their rows."""
    base = cleaned(panel, pool.calendar, events)
    state = backtest.now(panel, base, np.full(len(panel.units), pool.unit))
    daily = found.daily[rows] = pool.daily(state, panel.alike)
    days = panel.last_day[:, None] + 1 + np.arange(found.mean.shape[1])
    usual = pool.calendar.weekday(days) * pool.calendar.usual(days)
    profile = usual * dates.factors(events, panel.last_day + 1, days.shape[1])
    found.mean[rows] = daily[:, None] * profile
    alone = single.quantiles(panel, daily, _normal(pool, state, daily, 1, None))
    found.quantiles[rows] = alone[:, None, :] * profile[..., None]
    plain, sums = np.cumsum(usual, axis=1), np.cumsum(profile, axis=1)
    for place, length in enumerate(found.horizons):
        all_days = sums[:, length - 1]
        found.sum_mean[rows, place] = daily * all_days
        found.season[rows, place] = daily * (plain[:, length - 1] - length)
        found.events[rows, place] = daily * (all_days - plain[:, length - 1])
        found.sum_quantiles[rows, place] = _normal(pool, state, daily, length, boost) * (all_days / length)[:, None]
    found.sum_quantiles[rows] = _widening(found.sum_quantiles[rows], found.sum_mean[rows], found.horizons)


def _widening(quantiles: Floats, mean: Floats, horizons: Sequence[int]) -> Floats:
    """More days never ask for less, nor are they more certain: what chance in the learning says otherwise is levelled.

    All but the median also keep at least the distance from the mean that fewer days have.
    """
    order = np.argsort(horizons)
    ordered, middle = quantiles[:, order], mean[:, order, None]
    ordered[..., 1:] = np.maximum.accumulate(ordered[..., 1:] - middle, axis=1) + middle
    return np.asarray(np.maximum.accumulate(ordered, axis=1)[:, np.argsort(order)])


def _normal(pool: Pool, state: Moments, daily: Floats, days: int, boost: Boost | None) -> Floats:
    """Quantiles of the sum of so many normal days, [series, 4]."""
    sums = pool.sums(state, daily, days, np.full(len(daily), np.nan))
    pooled = pool.spreads[days].of(sums.expected, sums.scale, pool.unit)
    return pooled if boost is None else (pooled + boost.of(sums)) / 2
