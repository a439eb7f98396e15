"""Past moments of many series: what was known then, and what was asked for in the days after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.clean import Base
from kpiterm.analysis.inventory.demand.level import Latest, Level, Levels
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.demand.traits import detail, traits
from kpiterm.analysis.pacing.arrays import Floats, Ints, ratio

_ORIGINS = 24
_STEP = 7  # days between two origins, at least
_SHOWN = 0.6  # of the days after a moment must have been in stock, else their sum says little
_WARM = 28  # known days before a moment that counts
BLOCKS = 3


@dataclass(frozen=True, slots=True)
class Moments:
    """Rows are moments of series. `series`, its row in the panel; `back`, days from the moment to the last day; `level`
    a day; `came` [rows, horizons], demand of the first h days after it, NaN where unknown."""

    series: Ints
    back: Ints
    level: Floats
    count: Floats
    spread: Floats
    traits: Floats
    detail: Floats
    came: Floats


def reach(panel: Panel, horizon: int) -> int:
    """The longest sum up to `horizon` that the history of a usual series holds besides what precedes it."""
    length = float(np.median(np.isfinite(panel.units).sum(axis=1)))
    return int(np.clip(0.7 * length, 1, horizon))


def moments(panel: Panel, base: Base, unit: Floats, horizons: Sequence[int]) -> Moments:
    """Past moments from which at least the shortest of `horizons` has since come true."""
    levels, longest = Levels(base), max(horizons)
    width = panel.units.shape[1]
    warm = min(_WARM, max(width - longest - _STEP, 3))
    step = max(_STEP, (min(width, 400) - longest - warm) // _ORIGINS)
    running = _Running(panel, base)
    columns = [*range(width - longest, warm - 1, -step)[:_ORIGINS]]
    columns += [*range(width - longest + step, width - min(horizons) + 1, step)]
    nothing = np.zeros(0, dtype=np.int64), np.zeros((len(unit), len(horizons)))
    none = _known(panel, levels, levels.at(width), unit, width, *nothing)
    return joined([none, *(_moment(panel, levels, running, unit, column, horizons, warm) for column in columns)])


def now(panel: Panel, base: Base, unit: Floats) -> Moments:
    """The moment after each series' last day; nothing has come yet."""
    levels, width = Latest(base), panel.units.shape[1]
    return _known(panel, levels, levels.at(width), unit, width, np.arange(len(unit)), np.full((len(unit), 0), np.nan))


def joined(parts: Sequence[Moments]) -> Moments:
    """The rows of all parts."""
    return Moments(*(np.concatenate([getattr(part, name) for part in parts]) for name in Moments.__slots__))


class _Running:
    """Sums of in-stock sales and days before each column."""

    def __init__(self, panel: Panel, base: Base) -> None:
        shown = panel.stock & np.isfinite(panel.units)
        self.sold = np.pad(np.cumsum(np.where(shown, base.sold, 0), axis=1), ((0, 0), (1, 0)))
        self.shown = np.pad(np.cumsum(shown, axis=1), ((0, 0), (1, 0)))

    def after(self, column: int, days: int) -> tuple[Floats, Floats]:
        """What the first `days` days from `column` would have sold in stock throughout, and the share in stock."""
        if column + days >= self.shown.shape[1]:
            return np.zeros(len(self.shown)), np.zeros(len(self.shown))
        shown = np.asarray(self.shown[:, column + days] - self.shown[:, column], dtype=np.float64) / days
        return ratio(self.sold[:, column + days] - self.sold[:, column], shown), shown


def _moment(
    panel: Panel, levels: Levels, running: _Running, unit: Floats, column: int, horizons: Sequence[int], warm: int
) -> Moments:
    then = levels.at(column)
    sums, shown = zip(*(running.after(column, days) for days in horizons), strict=True)
    came = np.where(np.stack(shown, axis=1) > _SHOWN, np.stack(sums, axis=1), np.nan)
    rows = np.flatnonzero((then.count >= warm) & np.isfinite(came).any(axis=1))
    return _known(panel, levels, then, unit, column, rows, came)


def _known(
    panel: Panel, levels: Levels | Latest, then: Level, unit: Floats, column: int, rows: Ints, came: Floats
) -> Moments:
    blocks = np.stack([levels.block(column, 28 * number) for number in range(1, BLOCKS + 1)], axis=1)
    return Moments(
        series=rows,
        back=np.full(len(rows), panel.units.shape[1] - column),
        level=then.level[rows],
        count=then.count[rows],
        spread=then.spread[rows],
        traits=traits(then, unit)[rows],
        detail=detail(then, blocks, unit, panel.price)[rows],
        came=came[rows],
    )
