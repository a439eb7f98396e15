"""Where a period will land: what the days to come may bring, and how likely a target is met.

Importing this package costs nothing; its functions import numpy when they are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from kpiterm.analysis.view import Projection, Target

if TYPE_CHECKING:
    from kpiterm.analysis.pacing.arrays import Floats

__all__ = ["remaining", "summary"]


def remaining(
    history: Floats,
    first_day: date,
    through: date,
    end: date,
    *,
    seed: int,
    paths: int = 2000,
    events: Mapping[date, float] | None = None,
) -> Floats | None:
    """Simulated sums over the days after `through` up to `end`, [paths, series]; None with under 5 days of history.

    `history` is [days, series], one row a day from `first_day` to `through`, NaN where a day is missing. Series of one
    call are simulated together, so that ratios of their sums keep the correlation: pass all measures of a channel at
    once. `events` says how many times a normal day's figures a special day has, past or to come. The same arguments
    give the same paths. A series with under 5 days is NaN throughout. ValueError where days and rows do not agree.
    """
    from kpiterm.analysis.pacing.simulate import simulated

    return simulated(history, first_day, through, end, seed=seed, paths=paths, events=events or {})


def summary(values: Floats, target: Target | None = None, *, over: bool = False) -> Projection | None:
    """Median, 80 % interval and share of the paths that meet `target`, of a KPI's value on each path.

    Paths without a value (NaN, infinite: nothing to divide by) are left out; None where they are more than half. The
    share stays within 0.01 to 0.99 unless the period is `over`. All but a collapsed interval is rounded to about a
    hundredth of its width.
    """
    from kpiterm.analysis.pacing.projection import summarised

    return summarised(values, target, over=over)
