"""Linear quantile regression with a ridge, by reweighted least squares."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats

_ROUNDS = 40
_SHARP = 0.02  # of the usual error: nearer than this to the line counts as on it


def line(columns: Floats, values: Floats, weight: Floats, share: float, ridge: float) -> Floats:
    """Weights of `columns` such that `share` of the values lie under the line that they make.

    `ridge` is a share of the columns' mean strength, and draws all weights but the first, of what is true of all, to 0.
    """
    near = _SHARP * float(np.abs(values - np.median(values)).mean()) + 1e-12
    weights = _solved(columns, values, weight, ridge)
    for _ in range(_ROUNDS):
        left = values - columns @ weights
        pull = weight * np.where(left > 0, share, 1 - share) / np.maximum(np.abs(left), near)
        weights = _solved(columns, values, pull, ridge)
    return weights


def _solved(columns: Floats, values: Floats, pull: Floats, ridge: float) -> Floats:
    pulled = (columns * pull[:, None]).T
    square = pulled @ columns
    drawn = np.full(len(square), ridge * np.trace(square) / len(square) + 1e-12)
    drawn[0] = 1e-12
    return np.asarray(np.linalg.solve(square + np.diag(drawn), pulled @ values), dtype=np.float64)
