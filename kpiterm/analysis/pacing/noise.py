"""How days scatter around what is normal, and what stretches of them add up to."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.pacing.arrays import Bools, Floats, ratio

_AROUND = 42  # days to each side that say what was normal on a day
_QUIET = 0.25  # on a weekday with less than this share of a normal day, a ratio to it says nothing
_BLOCK = 7
_SAME = 1e-9  # a smaller spread of weeks is rounding


def residuals(days: Floats, expected: Floats) -> Floats:
    """Each day as a multiple of what its weekday and the weeks around it made normal, on average 1; [series, days].

    Where a series has no figure, one of its others stands in.
    """
    usable = np.isfinite(days) & (expected > _QUIET)
    begin = int(np.argmax(usable.any(axis=0)))
    usable, days, expected = usable[:, begin:], days[:, begin:], expected[:, begin:]
    seen, normal = np.where(usable, days, 0), np.where(usable, expected, 0)
    overall = ratio(seen.sum(axis=1), normal.sum(axis=1))[:, None]
    # A long pause must not make of the days around it multiples of next to nothing.
    level = np.maximum(ratio(_nearby(seen), _nearby(normal)), overall / 10)
    return _even(ratio(seen, level * normal), usable)


def blocks(residual: Floats, expected: Floats) -> Floats:
    """Sums over each block of the days to come, for each day of the past that it may be played back from.

    `expected` is [series, days to come]; the answer [blocks, days of the past, series], in the unit of `expected`.
    """
    series, past = residual.shape
    length = min(_BLOCK, max(past // 3, 1))
    count = -(-expected.shape[1] // length)
    padded = np.zeros((series, count * length))
    padded[:, : expected.shape[1]] = expected
    around = np.concatenate([residual, residual[:, : length - 1]], axis=1)
    starts = np.lib.stride_tricks.sliding_window_view(around, length, axis=1)
    sums = starts @ padded.reshape(series, count, length).swapaxes(1, 2)
    return np.ascontiguousarray(sums.transpose(2, 1, 0))


def mixing(residual: Floats) -> Floats:
    """A matrix [series, series] that makes of independent shocks such as move together like the series' weeks do."""
    weeks = _sums(residual, _BLOCK) if residual.shape[1] > 2 * _BLOCK else residual
    weeks = weeks - weeks.mean(axis=1, keepdims=True)
    spread = weeks.std(axis=1, keepdims=True)
    weeks = np.where(spread > _SAME, ratio(weeks, spread), 0)
    alike = 0.995 * weeks @ weeks.T / weeks.shape[1]
    np.fill_diagonal(alike, 1)
    return np.linalg.cholesky(alike)


def _nearby(days: Floats) -> Floats:
    """The sum over the days around each."""
    return _sums(np.pad(days, ((0, 0), (_AROUND, _AROUND))), 2 * _AROUND + 1)


def _sums(days: Floats, length: int) -> Floats:
    """The sum of every `length` days in a row."""
    running = np.pad(np.cumsum(days, axis=1), ((0, 0), (1, 0)))
    return running[:, length:] - running[:, :-length]


def _even(multiples: Floats, usable: Bools) -> Floats:
    for row, known in zip(multiples, usable, strict=True):
        if not known.all():
            row[~known] = np.resize(row[known], int((~known).sum())) if known.any() else 1
    mean = multiples.mean(axis=1, keepdims=True)
    return np.where(mean > 0, ratio(multiples, mean), 1)
