"""How much a normal day brings, at any past day: slow levels over the days that tell of demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.clean import Base
from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints, ratio

SLOW, RARE, FAST = 0.02, 0.05, 0.1
WINDOWS = (7, 14, 30, 60, 90, 180)
ALL = 100_000  # days: longer than any history


@dataclass(frozen=True, slots=True)
class Level:
    """What was known of each series at one moment. `level`, units of a normal day: the mean of slow SES, TSB and
    velocities; `velocity` by window in known days; `selling`, share of days with sales; `spread`, standard deviation of
    a day; `quiet`, known days since the last sale; `count`, known days; `age`, days since the first."""

    level: Floats
    slow: Floats
    rare: Floats
    fast: Floats
    velocity: dict[int, Floats]
    selling: Floats
    spread: Floats
    quiet: Floats
    count: Floats
    age: Floats


class Levels:
    """States of a panel's series after each known day; `at` reads them at a column.

    Series are packed to their known days, so that a stretch without stock neither counts nor ages anything.
    """

    def __init__(self, base: Base) -> None:
        order = np.argsort(~base.known, axis=1, kind="stable")
        packed = np.take_along_axis(base.base, order, axis=1)
        self._base, self._known = base, _counts(base.known)
        self._units, self._squares, self._sales = (
            _running(packed),
            _running(packed**2),
            _running((packed > 0).astype(np.float64)),
        )
        self._states = _smoothed(packed)
        self._rows = np.arange(len(packed))

    def at(self, column: int) -> Level:
        """What was known before `column`; 0 where nothing was."""
        count = self._known[:, column]
        velocity = {window: self._mean(self._units, count, window) for window in (*WINDOWS, ALL)}
        states = [state[count, self._rows].astype(np.float64) for state in self._states]
        selling, squares = self._mean(self._sales, count, 90), self._mean(self._squares, count, 90)
        return _level(self._base, column, count, velocity, selling, squares, states)

    def block(self, column: int, back: int, length: int = 28) -> Floats:
        """Mean of the `length` known days that end `back` known days before `column`; 0 where there are none."""
        end = np.maximum(self._known[:, column] - back, 0)
        return self._mean(self._units, end, length)

    def _mean(self, running: Floats, end: Ints, window: int) -> Floats:
        start = np.maximum(end - window, 0)
        rows = self._rows
        return ratio(running[rows, end] - running[rows, start], (end - start).astype(np.float64))


class Latest:
    """The same after the last day only, at half of the cost."""

    def __init__(self, base: Base) -> None:
        order = np.argsort(base.known, axis=1, kind="stable")  # known days to the right
        self._base, self._packed = base, np.take_along_axis(base.base, order, axis=1)
        self._count = base.known.sum(axis=1)

    def at(self, column: int) -> Level:
        """As Levels; `column` is the one after the last day."""
        velocity = {window: self._mean(self._packed, 0, window) for window in (*WINDOWS, ALL)}
        recent = self._packed[:, -90:]
        selling, squares = self._mean((recent > 0).astype(np.float64), 0, 90), self._mean(recent**2, 0, 90)
        return _level(self._base, column, self._count, velocity, selling, squares, _last(self._packed, self._count))

    def block(self, _column: int, back: int, length: int = 28) -> Floats:
        """As Levels."""
        return self._mean(self._packed, back, length)

    def _mean(self, packed: Floats, back: int, window: int) -> Floats:
        end = packed.shape[1] - back
        days = np.clip(self._count - back, 0, window).astype(np.float64)
        return ratio(packed[:, max(end - window, 0) : max(end, 0)].sum(axis=1), days)


def _level(
    base: Base,
    column: int,
    count: Ints,
    velocity: dict[int, Floats],
    selling: Floats,
    squares: Floats,
    states: Sequence[Floats],
) -> Level:
    slow, chance, size, fast, quiet = states
    rare, mean = chance * size, velocity[90]
    age = np.where(base.listed.any(axis=1), np.maximum(column - np.argmax(base.listed, axis=1), 0), 0)
    return Level(
        level=(slow + rare + (velocity[30] + velocity[60] + velocity[90]) / 3) / 3,
        slow=slow,
        rare=rare,
        fast=fast,
        velocity=velocity,
        selling=selling,
        spread=np.sqrt(np.maximum(squares - mean**2, 0)),
        quiet=quiet,
        count=count.astype(np.float64),
        age=age.astype(np.float64),
    )


def _running(cells: Floats) -> Floats:
    """Sums before each column and after the last, [series, days + 1]."""
    sums = np.zeros((len(cells), cells.shape[1] + 1))
    np.cumsum(cells, axis=1, out=sums[:, 1:])
    return sums


def _counts(cells: Bools) -> Ints:
    """How many are true before each column and after the last, [series, days + 1]."""
    sums = np.zeros((len(cells), cells.shape[1] + 1), dtype=np.int64)
    np.cumsum(cells, axis=1, out=sums[:, 1:])
    return sums


def _smoothed(packed: Floats) -> tuple[Floats, ...]:
    """Slow mean, chance of a sale, its size, fast mean and days without a sale after each day, [days + 1, series]."""
    days = np.ascontiguousarray(packed.T)
    length, series = days.shape
    states = tuple(np.zeros((length + 1, series), dtype=np.float32) for _ in range(5))
    slow, chance, size, fast, quiet = (np.zeros(series) for _ in range(5))
    weighed = np.zeros(series)
    for day, units in enumerate(days):
        sale = units > 0
        slow += SLOW * (units - slow)
        fast += FAST * (units - fast)
        chance += RARE * (sale - chance)
        size += np.where(sale, RARE * (units - size), 0)
        weighed += np.where(sale, RARE * (1 - weighed), 0)
        quiet = np.where(sale, 0, quiet + 1)
        # A mean that starts at zero has weights that do not add up to one yet: divide by their sum.
        now = (
            slow / _total(SLOW, day),
            chance / _total(RARE, day),
            ratio(size, weighed),
            fast / _total(FAST, day),
            quiet,
        )
        for state, value in zip(states, now, strict=True):
            state[day + 1] = value
    return states


def _last(packed: Floats, count: Ints) -> list[Floats]:
    """The same after the last day, [series]; zeros before a series' first known day leave its means at zero."""
    series = len(packed)
    slow, chance, size, fast, quiet, weighed = (np.zeros(series) for _ in range(6))
    for units in np.ascontiguousarray(packed.T):
        sale = units > 0
        slow += SLOW * (units - slow)
        fast += FAST * (units - fast)
        chance += RARE * (sale - chance)
        rate = RARE * sale
        size += rate * (units - size)
        weighed += rate * (1 - weighed)
        quiet += 1
        quiet[sale] = 0
    known = count > 0
    slow, chance, fast = (
        np.divide(mean, 1 - (1 - rate) ** count, out=np.zeros(series), where=known)
        for mean, rate in ((slow, SLOW), (chance, RARE), (fast, FAST))
    )
    states = (slow, chance, ratio(size, weighed), fast, np.minimum(quiet, count))
    return [state.astype(np.float32).astype(np.float64) for state in states]


def _total(rate: float, day: int) -> float:
    return float(1 - (1 - rate) ** (day + 1))
