"""How a SKU's own forecasts did: what the engine would have said four weeks ago, and before, against what came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kpiterm.analysis.inventory.demand import forecast, paths
from kpiterm.analysis.inventory.demand.dates import Events
from kpiterm.analysis.inventory.demand.learn import Lessons
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.order.line import Track
from kpiterm.analysis.pacing.arrays import Ints

DAYS = 28
_TIMES, _WARM = 6, 28
_BOUNDS = (0.05, 0.95)
_SHOWN = 0.6  # of the days must have had stock: else nobody knows what would have been sold


def track(panel: Panel, lessons: Lessons, events: Events, seeds: Ints, draws: int) -> list[Track | None]:
    """By series: how many of the last intervals (90 %) of four weeks held what came; None without a past."""
    hit, of = np.zeros(len(panel.units), dtype=np.int64), np.zeros(len(panel.units), dtype=np.int64)
    width = panel.units.shape[1]
    for back in range(DAYS, _TIMES * DAYS + 1, DAYS):
        if width - back < _WARM:
            break
        then = replace(
            panel, units=panel.units[:, :-back], stock=panel.stock[:, :-back], last_day=panel.last_day - back
        )
        known = np.isfinite(then.units).sum(axis=1) >= _WARM
        found = forecast(then, lessons, (DAYS,), events=events)
        drawn = paths.cumulated(found, slice(None), draws=draws, ends=(DAYS,), seeds=seeds)[:, :, 0]
        low, high = np.quantile(drawn, _BOUNDS, axis=1)
        after = slice(width - back, width - back + DAYS)
        came, shown = np.nansum(panel.units[:, after], axis=1), panel.stock[:, after].mean(axis=1)
        told = known & (shown >= _SHOWN)
        came = came / np.maximum(shown, _SHOWN)
        of += told
        hit += told & (came >= np.floor(low)) & (came <= np.ceil(high))
    return [Track(hit=int(h), of=int(n)) if n else None for h, n in zip(hit, of, strict=True)]
