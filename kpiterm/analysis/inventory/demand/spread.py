"""How far sums come from what was expected: pooled quantile lines through past errors, made to cover what they say.

(Split-conformal intervals: the errors are those of forecasts that did not know what came.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand import quantile
from kpiterm.analysis.inventory.demand.panel import QUANTILES
from kpiterm.analysis.pacing.arrays import Floats, ratio

_WORTH = 0.25  # moments that each of the prior's errors counts as
_RIDGE, _DRAWN = 0.03, 20  # of the lines; of the scale, in moments
_AT_MOST = 10_000  # moments that the lines are drawn through
# Errors in units of the usual scale, as a pool without a past shows them: skewed, the median below the mean.
_PRIOR = np.array(
    [-1.2, -0.9, -0.7, -0.55, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.25, 0.4, 0.6, 0.8, 1.05, 1.35, 1.8, 2.4, 3, 3.6]
)


@dataclass(frozen=True, slots=True)
class Spread:
    """`weights` of traits, within those seen (`low` to `high`), give a scale; `lines` [4, columns] of size and scale,
    centred and scaled by `about` [2, columns], give quantiles of errors in units of it, within `range` [2, columns]."""

    weights: Floats
    low: Floats
    high: Floats
    lines: Floats
    about: Floats
    range: Floats

    def scale(self, usual: Floats, traits: Floats) -> Floats:
        """By how much sums differ from what was expected; `usual` as `usual_scale` has it."""
        height = np.clip(traits, self.low, self.high) @ self.weights
        return np.asarray(usual * np.exp(np.clip(height, -1.5, 1.5)))

    def of(self, expected: Floats, scale: Floats, unit: float) -> Floats:
        """Quantiles of the sums, [series, 4]."""
        columns = np.clip(_columns(expected, scale, unit), *self.range)
        errors = _centred(columns, self.about) @ self.lines.T
        quantiles = np.maximum(expected[:, None] + errors * scale[:, None], 0)
        return np.asarray(np.maximum.accumulate(quantiles, axis=1))


def usual_scale(expected: Floats, daily: Floats, spread: Floats, days: int, unit: float) -> Floats:
    """What chance from day to day, and a level that is off by a third, make of a sum of `days`."""
    chance = spread**2 + unit * daily
    return np.asarray(np.sqrt(days * chance / 2 + (expected / 3) ** 2 + (unit / 4) ** 2))


def learn(expected: Floats, usual: Floats, traits: Floats, came: Floats, unit: float) -> Spread:
    """From past moments: what was expected of a sum, and what came."""
    weights = _scale(usual, traits, came - expected)
    low, high = (traits.min(axis=0), traits.max(axis=0)) if len(traits) else (weights, weights)
    scale = usual * np.exp(np.clip(traits @ weights, -1.5, 1.5))
    columns = _columns(expected, scale, unit)
    if not len(columns):
        columns = np.array([[1.0, 0, 0, 0, 0]])
    about = np.stack([columns.mean(axis=0), columns.std(axis=0) + 1e-9])
    about[:, 0] = 0, 1
    within = np.stack([columns.min(axis=0), columns.max(axis=0)])
    lines = _lines(_centred(columns, about)[: len(expected)], (came - expected) / scale, ratio(expected + unit, scale))
    return Spread(weights, low, high, lines, about, within)


def _scale(usual: Floats, traits: Floats, error: Floats) -> Floats:
    """Least squares of the logarithm of errors on traits, drawn to the usual scale."""
    if not len(error):
        return np.zeros(traits.shape[1])
    height = np.log((np.abs(error) + 0.1 * usual) / usual)
    square = traits.T @ traits + _DRAWN * np.eye(traits.shape[1])
    return np.asarray(np.linalg.solve(square, traits.T @ (height - height.mean())))


def _columns(expected: Floats, scale: Floats, unit: float) -> Floats:
    size, tight = np.log(expected / unit + 0.1) / 3, np.log(scale / (expected + unit))
    return np.stack([np.ones(len(size)), size, size**2, tight, tight**2], axis=1)


def _centred(columns: Floats, about: Floats) -> Floats:
    return np.asarray((columns - about[0]) / about[1])


def _lines(columns: Floats, errors: Floats, weight: Floats) -> Floats:
    """A line for each quantile, through at most so many moments; the prior's errors count little."""
    every = -(-len(errors) // _AT_MOST) or 1
    columns, errors, weight = columns[::every], errors[::every], weight[::every]
    middle = np.zeros((len(_PRIOR), columns.shape[1]))
    middle[:, 0] = 1
    columns, values = np.concatenate([columns, middle]), np.concatenate([errors, _PRIOR])
    # Steady series weigh more: their stock is what a wrong quantile costs most of.
    weight = np.concatenate(
        [weight / max(weight.mean(), 1e-12) if len(weight) else weight, np.full(len(_PRIOR), _WORTH)]
    )
    lines = [quantile.line(columns, values, weight, share, _RIDGE) for share in QUANTILES]
    return np.stack(
        [
            _covering(values - columns @ drawn, weight, share) + drawn
            for drawn, share in zip(lines, QUANTILES, strict=True)
        ]
    )


def _covering(over: Floats, weight: Floats, share: float) -> Floats:
    """By how much a line has to rise until `share` of the errors, by weight, are under it."""
    order = np.argsort(over)
    total = np.cumsum(weight[order])
    place = min(int(np.searchsorted(total, share * total[-1])), len(over) - 1)
    return np.array([over[order[place]], 0, 0, 0, 0])
