"""Which series learn together, and which of them are learnt from."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.pacing.arrays import Ints

_SMALL = 20  # series under which a pool joins the largest
_SAMPLE = 3000  # series that are enough, whatever the size of the catalogue
_EACH = 400  # of a pool, if it has them


def pools(last_day: Ints) -> Ints:
    """Series that end on the same day are of one shop; a few that end by themselves join the largest pool."""
    if not len(last_day):
        return np.zeros(0, dtype=np.int64)
    _, number, count = np.unique(last_day, return_inverse=True, return_counts=True)
    return np.asarray(np.where(count[number] >= _SMALL, number, np.argmax(count)), dtype=np.int64)


def sample(pool: Ints, seed: int) -> Ints:
    """Rows, in order: all of up to 3,000 series; of more, as many of each pool as its share, and 400 if it has them."""
    if len(pool) <= _SAMPLE:
        return np.arange(len(pool))
    random, chosen = np.random.default_rng(seed), []
    for number in np.unique(pool):
        rows = np.flatnonzero(pool == number)
        wanted = min(len(rows), max(_EACH, _SAMPLE * len(rows) // len(pool)))
        chosen.append(random.choice(rows, wanted, replace=False))
    return np.sort(np.concatenate(chosen))
