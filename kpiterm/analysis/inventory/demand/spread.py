"""How far sums come from what was expected: quantiles of past errors, pooled and scaled (split-conformal intervals)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.panel import QUANTILES
from kpiterm.analysis.pacing.arrays import Floats

_BINS, _PER_BIN = 10, 80
_RIDGE = 20  # moments that the usual scale is worth against a learnt one
_FADE = 120  # days in which a past error loses half of its weight
# Errors in units of the usual scale, as a pool without any past shows them: skewed, the median below the mean.
_PRIOR = np.array([-1.2, -0.9, -0.7, -0.55, -0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.25, 0.4, 0.6, 0.8, 1.05, 1.35, 1.8, 2.5, 3.5, 5])


@dataclass(frozen=True, slots=True)
class Spread:
    """`weights` of a scale's logarithm; past errors by size of what was expected: `edges` between bins, `quantiles`
    [bins, 4] of errors in units of the scale."""

    weights: Floats
    edges: Floats
    quantiles: Floats

    def scale(self, usual: Floats, traits: Floats) -> Floats:
        """By how much sums differ from what was expected; `usual` as `usual_scale` has it."""
        return np.asarray(usual * np.exp(np.clip(traits @ self.weights, -1.5, 1.5)))

    def of(self, expected: Floats, scale: Floats) -> Floats:
        """Quantiles of the sums, [series, 4]."""
        bins = np.searchsorted(self.edges, expected)
        return np.asarray(np.maximum(expected[:, None] + self.quantiles[bins] * scale[:, None], 0))


def usual_scale(expected: Floats, daily: Floats, spread: Floats, days: int, unit: float) -> Floats:
    """What chance from day to day, and a level that is off by a third, make of a sum of `days`."""
    chance = spread**2 + unit * daily
    return np.asarray(np.sqrt(days * chance / 2 + (expected / 3) ** 2 + (unit / 4) ** 2))


def learn(expected: Floats, usual: Floats, traits: Floats, came: Floats, back: Floats, unit: float) -> Spread:
    """From past moments: what was expected of a sum, and what came."""
    error = came - expected
    weights = _scale(usual, traits, error, unit)
    plain = Spread(weights, np.zeros(0), np.zeros((1, len(QUANTILES))))
    parts = int(np.clip(len(error) // _PER_BIN, 1, _BINS))
    edges = np.quantile(expected, np.linspace(0, 1, parts + 1)[1:-1]) if parts > 1 else np.zeros(0)
    bins = np.searchsorted(edges, expected)
    scaled = error / np.maximum(plain.scale(usual, traits), 1e-12)
    fade = 0.5 ** ((back - back.min()) / _FADE) if len(back) else back
    quantiles = [_quantiles(scaled[bins == part], fade[bins == part]) for part in range(parts)]
    return Spread(weights, edges, np.stack(quantiles))


def _scale(usual: Floats, traits: Floats, error: Floats, unit: float) -> Floats:
    """Least squares of the logarithm of errors on traits, drawn to the usual scale."""
    if not len(error) or unit <= 0:
        return np.zeros(traits.shape[1])
    height = np.log((np.abs(error) + 0.1 * usual) / usual)
    square = traits.T @ traits + _RIDGE * np.eye(traits.shape[1])
    return np.asarray(np.linalg.solve(square, traits.T @ (height - height.mean())))


def _quantiles(errors: Floats, weight: Floats) -> Floats:
    """Weighted quantiles; the prior's errors count as one each."""
    values, weights = np.concatenate([errors, _PRIOR]), np.concatenate([weight, np.ones(len(_PRIOR))])
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    # (n + 1): the next error is one more that may be the largest.
    place = np.searchsorted(total, np.array(QUANTILES) * (total[-1] + 1))
    return np.asarray(values[order][np.minimum(place, len(values) - 1)])
