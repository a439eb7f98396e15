"""Dates that are not normal days, spread over the cells of many series."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats, Ints

Events = Mapping[int, float | Floats]
"""By how many times each date (days since 1970-01-01) differs from a normal day; an array has a factor by series."""


def factors(events: Events, first: Ints, length: int) -> Floats:
    """The factor of each day from `first` [series] on, [series, length]; 1 on normal days."""
    found = np.ones((len(first), length))
    for day, times in events.items():
        column = day - first
        rows = np.flatnonzero((column >= 0) & (column < length))
        found[rows, column[rows]] *= np.broadcast_to(times, len(first))[rows]
    return found


def of(events: Events, rows: Ints, series: int) -> Events:
    """The events of these rows of `series`."""
    return {day: np.broadcast_to(times, series)[rows] for day, times in events.items()}
