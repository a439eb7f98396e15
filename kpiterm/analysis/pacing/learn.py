"""What a series' own past months say of a projection: how it drifts, what the season adds, how far it is off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats, ratio

YEAR = 12  # months between an error and the same stretch's a year before
_FADING = 12  # months in which an error loses half of its weight
_SEASON = 0.01  # variance of what a season changes, before anything is known of it; logarithms throughout
_DRIFT = 0.001  # the same of a lasting drift
_PAIRS = 4  # a prior season weighs as many pairs of years
_MONTHS = 4  # a prior spread weighs as many months
_OUTLIER = 9  # an error counts up to three standard deviations
_LEAST = 0.3  # of the prior variance is kept, however good the past was
_TAILS = 5  # degrees of freedom of the level, before any month is known


@dataclass(frozen=True, slots=True)
class Lesson:
    """Logarithms by series: `shift` of the level, `spread` (standard deviation) around it; `freedom` of that spread."""

    shift: Floats
    spread: Floats
    freedom: float


def learn(errors: Floats, noise: Floats, prior: Floats) -> Lesson:
    """From errors [months back, series] (log of what came over what was projected; the first, NaN, is this month's).

    `noise` is the relative variance that the days' scatter alone gives the sum; `prior`, the variance that the level
    would have without any past month to learn from. Both are by series.
    """
    season, left = _season(errors, noise + prior)
    known = np.isfinite(left)
    left = np.where(known, left, 0)
    weight = known * (0.5 ** (np.arange(len(left)) / _FADING))[:, None]
    months = weight.sum(axis=0)
    drift = (weight * left).sum(axis=0) / (months + (noise + prior) / _DRIFT)
    squares = np.minimum((left - drift) ** 2, _OUTLIER * (noise + prior))
    # What the errors show beyond the days' scatter is the level's; it inflates the prior, or deflates it.
    variance = (_MONTHS * prior + (weight * (squares - noise)).sum(axis=0)) / (_MONTHS + months)
    spread = np.sqrt(np.clip(variance, _LEAST * prior, 1))
    return Lesson(drift + season, spread, _TAILS + float(months.max(initial=0)))


def _season(errors: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """What last year's error of this stretch tells about this year's, and what it leaves of the past errors.

    How far it is to be trusted is the slope of errors on those a year before, shrunk to what a mild season deserves.
    """
    if len(errors) <= YEAR:
        return np.zeros(errors.shape[1]), errors
    later, earlier = errors[:-YEAR], errors[YEAR:]
    pairs = np.isfinite(later) & np.isfinite(earlier)
    product = np.where(pairs, later * earlier, 0).sum(axis=0)
    squares = np.where(pairs, earlier**2, 0).sum(axis=0)
    weight = _PAIRS * variance
    deserved = _SEASON / (_SEASON + variance)
    trust = np.clip(ratio(weight * deserved + product, weight + squares), 0, 1)
    left = errors.copy()
    left[:-YEAR] = np.where(pairs, later - trust * earlier, later)
    return trust * np.nan_to_num(earlier[0]), left
