"""From daily series to expected demand and its quantiles, with what `learn` has taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kpiterm.analysis.inventory.demand import backtest, single
from kpiterm.analysis.inventory.demand.backtest import Moments
from kpiterm.analysis.inventory.demand.boost import Boost, Sums
from kpiterm.analysis.inventory.demand.learn import Lessons, Pool, cleaned
from kpiterm.analysis.inventory.demand.panel import QUANTILES, Forecast, Panel
from kpiterm.analysis.pacing.arrays import Floats, ratio

SMALL = 20  # series under which a pool learns together with the largest one


def pools(last_day: Sequence[int] | Floats) -> Floats:
    """The pool of each series where nothing else is known: those that end on the same day are of one shop.

    Under SMALL of them join the largest pool.
    """
    _, number, count = np.unique(np.asarray(last_day), return_inverse=True, return_counts=True)
    return np.asarray(np.where(count[number] >= SMALL, number, int(np.argmax(count))) if len(number) else number)


def forecast(panel: Panel, lessons: Lessons, horizons: Sequence[int], events: Mapping[int, float]) -> Forecast:
    """Days after each series' last one, up to the longest of `horizons`, and sums of the first h days of each of them.

    `events` says by how many times a date differs from normal, whatever its pool; dates are days since 1970-01-01.
    """
    series, length = len(panel.units), max(horizons)
    found = Forecast(
        mean=np.zeros((series, length)),
        quantiles=np.zeros((series, length, len(QUANTILES))),
        horizons=tuple(horizons),
        sum_mean=np.zeros((series, len(horizons))),
        sum_quantiles=np.zeros((series, len(horizons), len(QUANTILES))),
    )
    for number in np.unique(panel.pool).tolist():
        rows = np.flatnonzero(panel.pool == number)
        _fill(found, rows, panel.take(rows).trimmed(), lessons.pools[number], lessons.boost, events)
    return found


def _fill(
    found: Forecast, rows: Floats, panel: Panel, pool: Pool, boost: Boost | None, events: Mapping[int, float]
) -> None:
    """Write the forecast of one pool's series into their rows."""
    base = cleaned(panel, pool.calendar, events)
    state = backtest.now(panel, base, np.full(len(panel.units), pool.unit))
    daily = pool.centre.daily(state.level, state.count, state.traits)
    profile = _profile(panel, pool, found.mean.shape[1], events)
    found.mean[rows] = daily[:, None] * profile
    days = single.quantiles(panel, daily, _normal(pool, state, 1, None))
    found.quantiles[rows] = days[:, None, :] * profile[..., None]
    sums = np.cumsum(profile, axis=1)
    for place in np.argsort(found.horizons).tolist():
        days = found.horizons[place]
        times = sums[:, days - 1] / days
        found.sum_mean[rows, place] = daily * days * times
        found.sum_quantiles[rows, place] = _normal(pool, state, days, boost) * times[:, None]
    # More days never ask for less: what chance in the learning says otherwise is levelled out.
    order = np.argsort(found.horizons)
    ordered = np.maximum.accumulate(found.sum_quantiles[rows][:, order], axis=1)
    found.sum_quantiles[rows] = ordered[:, np.argsort(order)]


def _normal(pool: Pool, state: Moments, days: int, boost: Boost | None) -> Floats:
    """Quantiles of the sum of so many normal days, [series, 4]."""
    sums = pool.sums(state, days, np.full(len(state.level), np.nan))
    pooled = pool.spreads[days].of(sums.expected, sums.scale, pool.unit)
    return pooled if boost is None else (pooled + boost.of(sums)) / 2


def _profile(panel: Panel, pool: Pool, length: int, events: Mapping[int, float]) -> Floats:
    """By how many times each day to come differs from a normal one, [series, days]."""
    days = panel.last_day[:, None] + 1 + np.arange(length)
    profile = pool.calendar.weekday(days) * pool.calendar.usual(days)
    for day, times in events.items():
        profile[days == day] *= times
    return np.asarray(profile)
