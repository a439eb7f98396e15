"""What a normal day brings: a recent, robust level and the pattern of the week, for many moments at once.

Arrays are [moments, series, days]; the last day is the one before the moment, and a missing day is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats, Ints, ratio

WINDOW = 112
_GIANT = 3  # times what all but the highest twentieth of the days with sales reach
_AGE = np.arange(WINDOW)[::-1]


def _fading(half_life: float) -> Floats:
    weights = 0.5 ** (_AGE / half_life)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


# A fast and a slow level, averaged: either alone is worse, and nothing between them is much better.
_LEVEL = 0.4 * _fading(10) + 0.6 * _fading(28)
_WEEK = _fading(42)
AGE = float(_LEVEL @ _AGE)  # days, on average, between what the level is made of and the moment


@dataclass(frozen=True, slots=True)
class Fit:
    """`level` of a day [moments, series]; `week`, its factor by weekday from Monday [moments, series, 7]; `sampling`,
    the relative variance of the level as a share of that of one day."""

    level: Floats
    week: Floats
    sampling: Floats


def fit(days: Floats, weekday: Ints) -> Fit:
    """The level at each moment, from the WINDOW days before it; `weekday` is [moments, days]."""
    days = capped(days)
    week = _week(days, weekday)
    known = np.isfinite(days)
    expected = np.where(known, on_days(week, weekday), 0)
    weight = expected @ _LEVEL
    level = np.maximum(ratio(np.where(known, days, 0) @ _LEVEL, weight), 0)
    return Fit(level, week, ratio(expected**2 @ _LEVEL**2, weight**2))


def on_days(week: Floats, weekday: Ints) -> Floats:
    """The weekday factor of each day, [moments, series, days]."""
    return np.asarray(week @ (weekday[:, None] == np.arange(7)[:, None]))


def capped(days: Floats) -> Floats:
    """The days with giants cut down, so that one bulk order sets neither the level nor what may come again."""
    sold = np.sort(np.where(days > 0, days, np.inf), axis=-1)
    count = np.isfinite(sold).sum(axis=-1, keepdims=True)
    high = np.take_along_axis(sold, np.maximum(19 * (count - 1) // 20, 0), axis=-1)
    return np.asarray(np.minimum(days, _GIANT * high))


def _week(days: Floats, weekday: Ints) -> Floats:
    """Weekday factors around 1, shrunk towards 1 by the part of their spread that chance explains (James-Stein)."""
    known = np.isfinite(days)
    filled = np.where(known, days, 0)
    fading = (weekday[..., None] == np.arange(7)) * _WEEK[:, None]
    moments = np.concatenate([known, filled, filled**2], axis=1) @ fading
    weight, total, squares = np.split(moments, 3, axis=1)
    count = ratio(weight**2, known.astype(float) @ fading**2)
    mean = ratio(total, weight)
    flat = ratio(mean.sum(-1, keepdims=True), (weight > 0).sum(-1, keepdims=True))
    effect = np.where((weight > 0) & (flat > 0), ratio(mean, flat), 1) - 1
    freedom = np.maximum(count - 1, 0).sum(-1)
    variance = ratio((np.maximum(ratio(squares, weight) - mean**2, 0) * count).sum(-1), freedom * flat[..., 0] ** 2)
    chance = variance * ratio(ratio(np.ones(()), count).sum(-1), (count > 0).sum(-1))
    shrink = np.maximum(1 - ratio(chance, (effect**2).sum(-1) / 6), 0)
    return np.asarray(1 + np.where(freedom >= 7, shrink, 0)[..., None] * effect)
