"""What the demand engine takes and gives: daily series, and quantiles of what will be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints

QUANTILES = (0.5, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Daily series, [series, days]; the last column is each series' own last day.

    `units` sold that day, NaN before a series' first day; `stock`, whether it could be bought (sold-out days are lower
    bounds of demand); `last_day`, the date of the last column as days since 1970-01-01; `price`, NaN where unknown;
    `pool`, which series may learn from one another (those of a channel and category); `alike`, units a day of what a
    young series resembles (its parent's other variations, an older product), NaN where nothing is known.
    """

    units: Floats
    stock: Bools
    last_day: Ints
    price: Floats
    pool: Ints
    alike: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if len(self.alike) != len(self.units):
            object.__setattr__(self, "alike", np.full(len(self.units), np.nan))

    def take(self, rows: Ints | Bools | slice) -> Panel:
        """These series only."""
        return Panel(
            units=self.units[rows],
            stock=self.stock[rows],
            last_day=self.last_day[rows],
            price=self.price[rows],
            pool=self.pool[rows],
            alike=self.alike[rows],
        )

    def trimmed(self) -> Panel:
        """Without the days before the first of any series; one day is left where there is none."""
        known: Bools = np.asarray(np.isfinite(self.units).any(axis=0))
        first = int(np.argmax(known)) if known.any() else max(len(known) - 1, 0)
        return replace(self, units=self.units[:, first:], stock=self.stock[:, first:])

    @property
    def days(self) -> Ints:
        """The date of each cell, as days since 1970-01-01, [series, days]."""
        width = self.units.shape[1]
        return np.asarray(self.last_day[:, None] - np.arange(width)[::-1], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What will be asked for after each series' last day.

    `mean` [series, days] and `quantiles` [series, days, 4] of single days; `sum_mean` [series, horizons] and
    `sum_quantiles` [series, horizons, 4] of the first h days together, for the h of `horizons`. QUANTILES names the
    last axis. Means of days add up to those of sums; quantiles do not. A sum's mean is h times `daily` [series], the
    demand of a normal day, and what weekdays and `season`, then `events` add to it [series, horizons].
    """

    mean: Floats
    quantiles: Floats
    horizons: tuple[int, ...]
    sum_mean: Floats
    sum_quantiles: Floats
    daily: Floats
    season: Floats
    events: Floats
