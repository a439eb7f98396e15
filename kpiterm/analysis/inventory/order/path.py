"""Reading simulated paths: what has come by a day, and what is lost on the way."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.inventory.order.case import Case, Draws, Inbound
from kpiterm.analysis.pacing.arrays import Floats, Ints


def by_day(path: Draws, ends: Ints, days: Draws) -> Draws:
    """The value of `path` [rows, draws, ends] on `days` [rows, draws]; straight lines between ends, 0 on day 0.

    Days after the last end count as the last one.
    """
    days = np.clip(days, 0, ends[-1])
    after = np.searchsorted(ends, days, side="left")
    edges = np.concatenate(([0], ends)).astype(np.float32)
    share = (days - edges[after]) / (edges[after + 1] - edges[after])
    high = np.take_along_axis(path, after[..., None], axis=2)[..., 0]
    low = np.take_along_axis(path, np.maximum(after - 1, 0)[..., None], axis=2)[..., 0]
    low = np.where(after > 0, low, np.float32(0))
    return np.asarray(low + share.astype(np.float32) * (high - low), dtype=np.float32)


def stock(on_hand: Floats, inbound: Inbound, ends: Ints, draws: int) -> Draws:
    """Units on hand today and those that arrive by each end, [rows, draws, ends]."""
    found = np.zeros((len(on_hand), draws, len(ends)), dtype=np.float32)
    place = np.searchsorted(ends, inbound.days, side="left")
    line, draw = np.nonzero(place < len(ends))
    np.add.at(found, (inbound.row[line], draw, place[line, draw]), inbound.units[line].astype(np.float32))
    np.cumsum(found, axis=2, out=found)
    found += on_hand.astype(np.float32)[:, None, None]
    return found


def arrived(inbound: Inbound, days: Draws) -> Draws:
    """Inbound units that can be sold by `days` [rows, draws]."""
    found = np.zeros(days.shape, dtype=np.float32)
    units = np.where(inbound.days <= days[inbound.row], inbound.units[:, None], 0)
    np.add.at(found, inbound.row, units.astype(np.float32))
    return found


def lost(demand: Draws, supply: Draws) -> Draws:
    """Units that could not be sold by each end because nothing was left, [rows, draws, ends]."""
    short = demand - supply
    np.maximum(short, 0, out=short)
    return np.asarray(np.maximum.accumulate(short, axis=2, out=short))


def lost_by(case: Case, short: Draws, days: Draws) -> Draws:
    """Units lost by `days` [rows, draws]; `short` has those by each end, between which stock may run out too."""
    ends = np.concatenate(([0], case.ends))
    before = np.searchsorted(ends, np.clip(days, 0, ends[-1]), side="right") - 1
    known = np.take_along_axis(short, np.maximum(before - 1, 0)[..., None], axis=2)[..., 0]
    asked = by_day(case.demand, case.ends, days)
    missing = asked - case.on_hand.astype(np.float32)[:, None] - arrived(case.inbound, days)
    return np.asarray(np.maximum(np.where(before > 0, known, 0), missing), dtype=np.float32)


def quantile(values: Draws, share: Floats) -> Floats:
    """The value that `share` [rows] of the draws [rows, draws] stay at or below, by row."""
    ordered = np.sort(values, axis=1)
    place = np.clip(np.ceil(share * values.shape[1]).astype(np.int64) - 1, 0, values.shape[1] - 1)
    return np.asarray(np.take_along_axis(ordered, place[:, None], axis=1)[:, 0], dtype=np.float64)
