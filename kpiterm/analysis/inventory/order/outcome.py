"""What is to be expected of a suggestion, from the same paths that made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.order import path
from kpiterm.analysis.inventory.order.case import Case, Draws
from kpiterm.analysis.inventory.order.need import Need
from kpiterm.analysis.pacing.arrays import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Expected units, [rows]: `lost` within the covered days with this order, `unavoidable` before it can be sold,
    `without` any order, `waiting`, lost on top by ordering a review later; `aged`, still there when the surcharge
    begins; `sold` [rows, ends], units sold by each end."""

    lost: Floats
    unavoidable: Floats
    without: Floats
    waiting: Floats
    aged: Floats
    sold: Floats


def outcome(case: Case, need: Need, short: Draws, supply: Draws, quantity: Ints) -> Outcome:
    """`short`, lost units without an order; `supply`, stock without it; both [rows, draws, ends]."""
    later = case.arrivals.days[:, min(1, len(case.arrivals.order_days) - 1)][case.buying.lane]
    units = quantity.astype(np.float32)[:, None]
    kept = np.maximum(need.missing + need.sure.astype(np.float32)[:, None] - need.lost - units, 0)
    waited = path.lost_by(case, short, np.minimum(later, need.until))
    late = path.lost_by(case, short, np.minimum(need.ready, need.until))
    end = path.by_day(case.demand, case.ends, need.ready + case.aged_after)
    left = case.on_hand.astype(np.float32)[:, None] + path.arrived(case.inbound, need.ready) + units
    return Outcome(
        lost=_mean(need.lost + kept),
        unavoidable=_mean(need.lost),
        without=_mean(path.lost_by(case, short, need.until)),
        waiting=np.where(quantity > 0, _mean(np.maximum(waited - late, 0)), 0),
        aged=_mean(np.maximum(left - (end - need.lost), 0)),
        sold=_sold(case, need, supply, units),
    )


def _sold(case: Case, need: Need, supply: Draws, units: Draws) -> Floats:
    """Units sold by each end with the order; what flies is not told apart."""
    held = supply + units[..., None] * (need.ready[..., None] <= case.ends.astype(np.float32))
    return np.asarray((case.demand - path.lost(case.demand, held)).mean(axis=1, dtype=np.float64))


def _mean(values: Draws) -> Floats:
    return np.asarray(values.mean(axis=1, dtype=np.float64))
