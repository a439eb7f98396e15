"""How a level becomes an expected demand: what past moments of a pool teach about new, rising and falling series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand import quantile
from kpiterm.analysis.pacing.arrays import Floats, Ints

_HALF_LIFE = 84  # days in which a past moment loses half of its weight
_RIDGE, _MANY = 0.02, 1000  # of the mean strength of a trait; more, the fewer moments there are
_WITHIN = (0.4, 1.8)  # times the level, at least and at most
_YOUNG = 60  # known days after which a series borrows nothing
_TRIALS = (0.0, 1, 2, 4, 8, 16, 32, 64)
_ALIKE = 14.0  # days that what a series resembles weighs at least
_BORROWED = 4.0  # days, where there are too few new series to learn it
_CAUTION = 50  # usual sales that are added to both sides of the pool's factor
_FEW, _AT_MOST = 30, 30_000  # moments


@dataclass(frozen=True, slots=True)
class Centre:
    """`usual`, a day of a usual new series of the pool, weighs like `lent` days of a series' own; `weights` of traits
    correct the level, within the traits seen (`low` to `high`); `factor` makes the pool add up to what came."""

    usual: float
    lent: float
    weights: Floats
    low: Floats
    high: Floats
    factor: float

    def daily(self, level: Floats, count: Floats, traits: Floats, alike: Floats) -> Floats:
        """Expected demand of a normal day; `alike`, that of what a new series resembles, NaN where it is not known."""
        known = np.isfinite(alike)
        usual = np.where(known, alike, self.usual)
        shared = _lend(level, count, usual, np.where(known, max(self.lent, _ALIKE), self.lent))
        return shared * _times(np.clip(traits, self.low, self.high), self.weights) * self.factor


def learn(level: Floats, count: Floats, traits: Floats, back: Ints, came: Floats, unit: float) -> Centre:
    """From past moments; `came` is what a day brought afterwards, on average."""
    every = -(-len(level) // _AT_MOST) or 1
    level, count, traits, came, back = level[::every], count[::every], traits[::every], came[::every], back[::every]
    if len(level) < _FEW:
        nothing = np.zeros(traits.shape[1])
        return Centre(float(level.mean()) if len(level) else 0.0, 0.0, nothing, nothing, nothing, 1.0)
    weight = 0.5 ** ((back - back.min()) / _HALF_LIFE)
    usual, lent = _newcomers(level, count, came, weight)
    shared = _lend(level, count, usual, lent)
    # The median of what came over the level, each moment weighing as much as its level: the least absolute error.
    size = weight * (shared + 1e-9 * unit)
    ridge = _RIDGE * (1 + _MANY / len(level))
    weights = quantile.line(traits * size[:, None], (came - shared) * weight, np.ones(len(level)), 0.5, ridge)
    above, below = float(weight @ came), float(weight @ (shared * _times(traits, weights)))
    steady = _CAUTION * unit
    return Centre(
        usual, lent, weights, traits.min(axis=0), traits.max(axis=0), (above + steady) / max(below + steady, 1e-12)
    )


def _times(traits: Floats, weights: Floats) -> Floats:
    return np.clip(1 + traits @ weights, *_WITHIN)


def _lend(level: Floats, count: Floats, usual: float | Floats, lent: float | Floats) -> Floats:
    days = lent * np.clip(1 - count / _YOUNG, 0, 1) + 1e-9 * (count == 0)
    return np.asarray((count * level + days * usual) / np.maximum(count + days, 1e-12))


def _newcomers(level: Floats, count: Floats, came: Floats, weight: Floats) -> tuple[float, float]:
    """The usual day of a new series, and how many days of its own it is worth: what would have been best."""
    young = count < _YOUNG
    if young.sum() < _FEW:
        return float(np.average(level, weights=weight)), _BORROWED
    level, count, came, weight = level[young], count[young], came[young], weight[young]
    usual = float(np.average(came, weights=weight))
    losses = [float(weight @ np.abs(came - _lend(level, count, usual, days))) for days in _TRIALS]
    return usual, _TRIALS[int(np.argmin(losses))]
