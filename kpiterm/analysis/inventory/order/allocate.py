"""Sharing out what is short: cash, and room in a warehouse; carton by carton, to where a unit of it earns most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.order.lots import least
from kpiterm.analysis.pacing.arrays import Floats, Ints

_STEPS = 64  # of an order, at most: a large one is shared out several cartons at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Orders that compete, [rows]: `quantity` in lots, `moq`, `carton`; `missing` [rows, steps], ascending quantiles of
    the units needed; `gain` of a unit that is sold, `loss` on one that is not; `weight`, what a unit takes of the cap
    (cash, or room)."""

    quantity: Ints
    moq: Ints
    carton: Ints
    missing: Floats
    gain: Floats
    loss: Floats
    weight: Floats


def within(cap: float, wanted: Wanted) -> Ints:
    """Quantities that together take no more than `cap`, each nothing or a placeable order."""
    if float(wanted.quantity @ wanted.weight) <= cap:
        return wanted.quantity
    given, left = np.zeros_like(wanted.quantity), cap
    stopped: set[int] = set()
    for row, units in _blocks(wanted):
        takes = float(units * wanted.weight[row])
        if row in stopped:
            continue
        if takes > left:
            stopped.add(row)
            continue
        given[row] += units
        left -= takes
    return given


def _blocks(wanted: Wanted) -> list[tuple[int, int]]:
    """Row and units of the pieces of all orders, the best use of the cap first; a row's first piece is its MOQ."""
    pieces: list[tuple[float, int, int, int]] = []
    floor = least(wanted.moq, wanted.carton)
    step = np.maximum(-(-(wanted.quantity - floor) // (_STEPS * wanted.carton)), 1) * wanted.carton
    for row in np.flatnonzero(wanted.quantity > 0).tolist():
        tops = np.unique(np.append(np.arange(floor[row], wanted.quantity[row], step[row]), wanted.quantity[row]))
        earned = _earned(tops, wanted, row)
        units = np.diff(tops, prepend=0)
        worth = np.diff(earned, prepend=0) / np.maximum(units * wanted.weight[row], 1e-9)
        # The rows' own order holds whatever rounding says: worth never rises within a row.
        worth = np.minimum.accumulate(worth)
        pieces += zip((-worth).tolist(), [row] * len(tops), range(len(tops)), units.tolist(), strict=True)
    return [(row, units) for _, row, _, units in sorted(pieces)]


def _earned(units: Ints, wanted: Wanted, row: int) -> Floats:
    """Expected profit of ordering so many units."""
    sold = np.minimum(np.maximum(wanted.missing[row], 0)[None, :], units[:, None]).mean(axis=1)
    return np.asarray(sold * wanted.gain[row] - (units - sold) * wanted.loss[row], dtype=np.float64)
