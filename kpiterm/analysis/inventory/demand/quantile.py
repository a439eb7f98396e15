"""Linear quantile regression with a ridge, by reweighted least squares."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats

_ROUNDS = 40
_SHARP = 0.02  # of the usual error: nearer than this to the line counts as on it


def line(columns: Floats, values: Floats, weight: Floats, share: float, ridge: float) -> Floats:
    """Weights of `columns`, the first of which is 1, such that `share` of the values lie under the line.

    `ridge` is a share of the columns' mean strength; it does not draw the first weight. Columns should be centred.
    """
    weights = np.zeros(columns.shape[1])
    near = _SHARP * float(np.abs(values - np.median(values)).mean()) + 1e-12
    for _ in range(_ROUNDS):
        left = values - columns @ weights
        pull = weight * np.where(left > 0, share, 1 - share) / np.maximum(np.abs(left), near)
        pulled = (columns * pull[:, None]).T
        square = pulled @ columns
        drawn = np.full(len(weights), ridge * np.trace(square) / len(weights) + 1e-12)
        drawn[0] = 1e-12
        weights = np.linalg.solve(square + np.diag(drawn), pulled @ values)
    return weights
