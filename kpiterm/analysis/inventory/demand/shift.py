"""Whether sales have moved to another level lately: an alarm beside slow levels, which follow a true break late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.pacing.arrays import Bools, Floats, ratio

_RECENT, _BEFORE = 42, 180  # days that may have moved, and days before them that say what was normal
_LEAST = 28  # days before, without which nothing is said
_SLACK, _ALARM = 0.5, 8.0  # standard deviations of a day: what is let pass, and what adds up to an alarm
_GIANT = 4.0  # one day counts up to so many, so that a bulk order is no break


@dataclass(frozen=True, slots=True)
class Shift:
    """`moved` [series]: 1 risen, -1 fallen, 0 neither; `before` and `week`, units a day then and in the last 7 days in
    stock."""

    moved: Floats
    before: Floats
    week: Floats


def shifts(panel: Panel) -> Shift:
    """CUSUM of each series' last six weeks in stock against the half year before them."""
    shown = panel.stock & np.isfinite(panel.units)
    back = np.cumsum(shown[:, ::-1], axis=1)[:, ::-1]  # 1 on the last day in stock
    units = np.where(shown, panel.units, 0)
    normal = shown & (back > _RECENT) & (back <= _RECENT + _BEFORE)
    count = normal.sum(axis=1).astype(np.float64)
    before = ratio((units * normal).sum(axis=1), count)
    spread = np.sqrt(np.maximum(ratio((units**2 * normal).sum(axis=1), count) - before**2, before))
    last = shown & (back <= 7)
    return Shift(
        moved=np.where(count >= _LEAST, _moved(units, shown & (back <= _RECENT), before, spread), 0),
        before=before,
        week=ratio((units * last).sum(axis=1), last.sum(axis=1).astype(np.float64)),
    )


def _moved(units: Floats, recent: Bools, before: Floats, spread: Floats) -> Floats:
    high, low = np.zeros(len(units)), np.zeros(len(units))
    for day in np.flatnonzero(recent.any(axis=0)):
        off = np.clip(ratio(units[:, day] - before, spread), -_GIANT, _GIANT)
        off = np.where(recent[:, day], off, 0)
        slack = np.where(recent[:, day], _SLACK, 0)
        high, low = np.maximum(high + off - slack, 0), np.maximum(low - off - slack, 0)
    return np.where(high > np.maximum(low, _ALARM), 1.0, np.where(low > _ALARM, -1.0, 0.0))
