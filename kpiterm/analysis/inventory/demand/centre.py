"""How a level becomes an expected demand: what past moments of a pool teach about new, rising and falling series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.traits import FLOOR
from kpiterm.analysis.pacing.arrays import Floats

_HALF_LIFE = 84  # days in which a past moment loses half of its weight
_RIDGE = 0.02  # of the mean strength of a trait; more, the fewer moments there are
_MANY = 1000
_ROUNDS = 30
_WITHIN = (0.4, 1.8)  # times the level, at least and at most
_YOUNG = 60
_TRIALS = (0.0, 1, 2, 4, 8, 16, 32, 64)
_CAUTION = 50  # usual sales that the pool must have in its favour before its factor counts by half
_FEW = 30


@dataclass(frozen=True, slots=True)
class Centre:
    """`usual`, a day of a usual new series of the pool, weighs like `lent` days of a series' own; `weights` of traits
    correct the level; `factor` makes the corrected levels of the pool add up to what came."""

    usual: float
    lent: float
    weights: Floats
    factor: float

    def daily(self, level: Floats, count: Floats, traits: Floats) -> Floats:
        """Expected demand of a normal day."""
        shared = _lend(level, count, self.usual, self.lent)
        return shared * np.clip(1 + traits @ self.weights, *_WITHIN) * self.factor


def learn(level: Floats, count: Floats, traits: Floats, back: Floats, came: Floats, unit: float) -> Centre:
    """From past moments; `came` is what a day brought afterwards, on average."""
    if len(level) < _FEW:
        return Centre(float(level.mean()) if len(level) else 0.0, 0.0, np.zeros(traits.shape[1]), 1.0)
    weight = 0.5 ** ((back - back.min()) / _HALF_LIFE)
    usual, lent = _newcomers(level, count, came, weight)
    shared = _lend(level, count, usual, lent)
    weights = _correction(shared, traits, came, weight, unit)
    corrected = shared * np.clip(1 + traits @ weights, *_WITHIN)
    above, below = float(weight @ came), float(weight @ corrected)
    steady = _CAUTION * unit
    return Centre(usual, lent, weights, (above + steady) / (below + steady))


def _lend(level: Floats, count: Floats, usual: float, lent: float) -> Floats:
    days = lent * np.clip(1 - count / _YOUNG, 0, 1)
    return np.asarray((count * level + days * usual) / np.maximum(count + days, 1e-9))


def _newcomers(level: Floats, count: Floats, came: Floats, weight: Floats) -> tuple[float, float]:
    """The usual day of a new series, and how many days of its own it is worth: what would have been best."""
    young = count < _YOUNG
    if young.sum() < _FEW:
        return float(np.average(level, weights=weight)), 4.0
    level, count, came, weight = level[young], count[young], came[young], weight[young]
    usual = float(np.average(came, weights=weight))
    losses = [float(weight @ np.abs(came - _lend(level, count, usual, days))) for days in _TRIALS]
    return usual, _TRIALS[int(np.argmin(losses))]


def _correction(level: Floats, traits: Floats, came: Floats, weight: Floats, unit: float) -> Floats:
    """Weights of `traits` for the least absolute error, by reweighted least squares with a ridge."""
    columns, error = traits * (weight * level)[:, None], weight * (came - level)
    weights, strength = np.zeros(traits.shape[1]), _RIDGE * (1 + _MANY / len(level))
    for _ in range(_ROUNDS):
        left = np.abs(error - columns @ weights)
        pull = 1 / np.maximum(left, 0.1 * left.mean() + 1e-9 * (unit + FLOOR))
        square = (columns * pull[:, None]).T @ columns
        ridge = np.full(len(weights), strength * np.trace(square) / len(weights) + 1e-12)
        ridge[0] = 1e-12
        weights = np.linalg.solve(square + np.diag(ridge), (columns * pull[:, None]).T @ error)
    return weights
