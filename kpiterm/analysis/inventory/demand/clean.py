"""Which days tell of a normal day's demand, and how much of it: the base that levels are learnt from.

Left out are sold-out days, stops that chance does not explain, and event days; giant orders are cut down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints, ratio

_SILENT = (7, 5, np.log(1e-4))  # days of a stop at least, days with sales to judge by, log of how unlikely it must be
_USUAL = 0.95  # of the days with sales: what is above is cut down to it


@dataclass(frozen=True, slots=True)
class Base:
    """`sold` [series, days], 0 where a day is unknown; `listed`, in stock and not before the first day; `known`, those
    of them that the level is learnt from; `base`, what was sold on them, giants cut down."""

    sold: Floats
    listed: Bools
    known: Bools
    base: Floats


def clean(panel: Panel, outside: Bools, usual: Floats) -> Base:
    """The base of each series, days of `outside` left out; `usual` [series, days] is by how many times a day of that
    date differs from others (the season), and is taken out."""
    alive = np.isfinite(panel.units)
    sold = np.where(alive, panel.units, 0) / usual
    listed = alive & (panel.stock | outdone(sold, alive & panel.stock))
    known = listed & ~silent(sold, listed) & ~outside
    return Base(sold, listed, known, np.where(known, np.minimum(sold, _cap(sold, known)), 0))


def outdone(sold: Floats, stock: Bools) -> Bools:
    """Days that beat the series' average in-stock day: sold out or not, demand was at least that."""
    usual = ratio((sold * stock).sum(axis=1), stock.sum(axis=1).astype(float))
    return np.asarray((sold > usual[:, None]) & (sold > 0))


def silent(sold: Floats, listed: Bools) -> Bools:
    """Days inside a stop that chance does not explain: out of stock, suppressed or delisted, whatever the source says.

    A stop that has not ended yet counts as demand of zero: it may be the end of the product.
    """
    _, sales, _ = _SILENT
    sale = listed & (sold > 0)
    seen = np.cumsum(listed, axis=1, dtype=np.int32)
    before = np.maximum.accumulate(seen * sale, axis=1)
    never = seen[:, -1:] + 1
    after = np.minimum.accumulate(np.where(sale, seen, never)[:, ::-1], axis=1)[:, ::-1]
    count = sale.sum(axis=1)[:, None]
    shortest = np.where(count >= sales, _telling(count, seen[:, -1:].astype(np.int64)), never)
    return np.asarray((after - before > shortest) & (before > 0) & (after < never))


def _telling(count: Ints, listed: Ints) -> Ints:
    """The shortest stop that chance does not explain, [series, 1]; longer ones are less likely yet."""
    length, _, unlikely = _SILENT
    low, high = np.full(count.shape, length), np.maximum(listed + 1, length)
    while (low < high).any():
        gap = (low + high) // 2
        share = ratio(count.astype(float), (listed - gap).astype(float))
        telling = gap * np.log1p(-np.minimum(share, 0.999)) < unlikely
        low, high = np.where(telling | (low >= high), low, gap + 1), np.where(telling, gap, high)
    return np.asarray(high, dtype=np.int32)


def _cap(sold: Floats, known: Bools) -> Floats:
    """What all but the highest twentieth of a series' days with sales reach, [series, 1]; infinite without sales."""
    ordered = np.sort(np.where(known & (sold > 0), sold, np.inf).astype(np.float32), axis=1)
    count = np.isfinite(ordered).sum(axis=1, keepdims=True)
    high = np.maximum((_USUAL * (count - 1)).astype(int), 0)
    return np.asarray(np.take_along_axis(ordered, high, axis=1), dtype=np.float64)
