"""By how many times an event (Prime Day, Black Friday, a coupon) multiplies a normal day, learnt from past ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.pacing.arrays import Bools, Floats, ratio

_AROUND = 28  # days on either side of an event that say what was normal
_STEADY = 20  # usual sales of the series: what its own events must outweigh to count by half
_WITHIN = (0.1, 20.0)

Pooled = Mapping[int, float]
"""By pool, the factor of its past events; a pool without any is not there."""


def pooled(panel: Panel, events: Sequence[int]) -> Pooled:
    """Of the days of one kind of event, days since 1970-01-01; sums over sums of each pool."""
    came, expected, _ = _compared(panel, events)
    sums = {int(n): (came[panel.pool == n].sum(), expected[panel.pool == n].sum()) for n in np.unique(panel.pool)}
    return {number: float(above / below) for number, (above, below) in sums.items() if below > 0}


def learned(panel: Panel, events: Sequence[int], pools: Pooled) -> Floats:
    """Factors of an event's day, [series]: each series' own past events, drawn to those of its pool.

    1 where neither the series nor its pool has seen such an event in stock.
    """
    came, expected, sale = _compared(panel, events)
    usual = np.array([pools.get(int(number), 1.0) for number in panel.pool])
    steady = _STEADY * sale + 1e-9
    return np.clip((came + usual * steady) / (expected + steady), *_WITHIN)


def _compared(panel: Panel, events: Sequence[int]) -> tuple[Floats, Floats, Floats]:
    """What events brought to each series, what normal days would have, and a usual sale."""
    shown = panel.stock & np.isfinite(panel.units)
    day = panel.days
    special = np.isin(day, list(events))
    near = np.isin(day, [event + off for event in events for off in range(-_AROUND, _AROUND + 1)]) & ~special
    sold = np.where(shown, panel.units, 0)
    normal = _mean(sold, shown & near)
    return (sold * special).sum(axis=1), normal * (shown & special).sum(axis=1), _mean(sold, sold > 0)


def _mean(sold: Floats, of: Bools) -> Floats:
    return ratio((sold * of).sum(axis=1), of.sum(axis=1).astype(np.float64))
