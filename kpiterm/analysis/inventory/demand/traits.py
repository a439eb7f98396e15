"""What sets series apart from one another at a moment, free of the size of their units."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.inventory.demand.level import ALL, Level
from kpiterm.analysis.pacing.arrays import Floats

FLOOR = 0.05  # of a usual sale per day: what ratios of rare sales are steadied by
_YOUNG = 60  # known days after which a series is no longer new


def traits(now: Level, unit: Floats) -> Floats:
    """Logarithms and shares by which levels are corrected, [series, traits]; the first is 1. `unit` is a usual sale."""
    floor = FLOOR * unit
    level = now.level + floor

    def against(units: Floats) -> Floats:
        return np.clip(np.log((units + floor) / level), -1.5, 1.5)

    columns = (
        np.ones(len(level)),
        against(now.velocity[7]),
        against(now.velocity[30]),
        against(now.velocity[90]),
        against(now.velocity[180]),
        against(now.slow),
        np.clip(np.log(level / unit) - 1, -3, 3) / 2,
        against(now.spread),
        now.selling - 0.5,
        np.maximum(1 - now.count / _YOUNG, 0),
    )
    return np.stack(columns, axis=1)


def detail(now: Level, blocks: Floats, unit: Floats, price: Floats) -> Floats:
    """What a regression may look at besides, [series, columns]; `blocks` [series, n] are means of past months."""
    floor = FLOOR * unit
    level = now.level + floor
    means = [*(now.velocity[days] for days in (7, 14, 30, 60, 90, 180, ALL)), now.slow, now.rare, now.fast, *blocks.T]
    columns = [
        np.log(level / unit),
        price,
        *(np.log((mean + floor) / level) for mean in means),
        now.spread / level,
        now.selling,
        now.quiet,
        now.quiet * now.selling,
        np.minimum(now.age, 400),
        now.count / np.maximum(now.age, 1),
    ]
    return np.stack(columns, axis=1)
