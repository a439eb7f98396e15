"""Demand of the days to come, by series: expected units, and quantiles of single days and of sums over a lead time.

`lessons` reads what a catalogue's series (or a `sample` of them) teach, `forecast` applies it to any of them, a chunk
at a time. Importing this package costs nothing; its functions import numpy when they are called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.demand.dates import Events
    from kpiterm.analysis.inventory.demand.learn import Lessons
    from kpiterm.analysis.inventory.demand.panel import Forecast, Panel
    from kpiterm.analysis.pacing.arrays import Ints

__all__ = ["forecast", "lessons", "pools", "require_full", "sample"]


def lessons(
    panel: Panel,
    horizons: Sequence[int],
    *,
    events: Events | None = None,
    full: bool = False,
    seed: int = 0,
) -> Lessons:
    """What the series of each pool teach of sums over `horizons` days.

    `events` are dates (days since 1970-01-01) that are not normal, past and to come, with how many times a normal day
    they bring (an array: by series of `panel`); past ones are left out of the base. `full` adds gradient boosting
    (UsageError without LightGBM).
    """
    from kpiterm.analysis.inventory.demand.learn import learn as learned

    return learned(panel, horizons, events or {}, full=full, seed=seed)


def forecast(panel: Panel, lessons: Lessons, horizons: Sequence[int], *, events: Events | None = None) -> Forecast:
    """The days after each series' last one; `horizons` as they were learnt, the longest says how many days.

    `events` as in `lessons`. ValueError for a horizon that was not learnt.
    """
    from kpiterm.analysis.inventory.demand.engine import forecast as forecasted

    return forecasted(panel, lessons, horizons, events or {})


def pools(last_day: Ints) -> Ints:
    """The pool of each series where only its last day is known."""
    from kpiterm.analysis.inventory.demand.choose import pools as pooled

    return pooled(last_day)


def sample(pool: Ints, seed: int) -> Ints:
    """Which series to learn from: all of a small catalogue, some of each pool of a large one."""
    from kpiterm.analysis.inventory.demand.choose import sample as sampled

    return sampled(pool, seed)


def require_full() -> None:
    """UsageError with the remedy where mode `full` cannot run."""
    from kpiterm.analysis.inventory.demand.boost import require

    require()
