"""Runs of zeros that are no chance: a measure that had not begun yet, and sales that suddenly stopped."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints, ratio

_SHORTEST = 3  # days
_CHANCE = 0.001
_REST = 14  # days at least that tell how common a zero is otherwise


def without_silence(days: Floats) -> tuple[Floats, Ints]:
    """The series [series, days] with such runs at either end missing, and how long the last one of each has lasted."""
    days = days.copy()
    stopped, since = _run(days)
    _, before = _run(days[:, ::-1])
    days[since] = np.nan
    days[before[:, ::-1]] = np.nan
    return days, stopped


def played_on(sums: Floats, stopped: Ints, ahead: int, generator: np.random.Generator) -> Floats:
    """The sums [paths, series] with a stop that goes on for a while: as likely for as long again as not."""
    if not stopped.any():
        return sums
    lasts = stopped * (1 / generator.uniform(size=(len(sums), 1)) - 1)
    return sums * np.clip(1 - lasts / ahead, 0, 1)


def _run(days: Floats) -> tuple[Ints, Bools]:
    known = np.isfinite(days)
    sold = known & (days != 0)
    after = np.cumsum(sold[:, ::-1], axis=1)[:, ::-1] == 0  # the days after the last sale
    run = (known & after).sum(axis=1)
    rest = (known & ~after).sum(axis=1)
    zeros = ratio((known & ~sold & ~after).sum(axis=1) + 0.5, rest + 1.0)
    silent = (run >= _SHORTEST) & (rest >= _REST) & (zeros**run < _CHANCE)
    return np.where(silent, run, 0), after & silent[:, None]
