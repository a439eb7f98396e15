"""When stock runs out, and by when to order so that it does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.order.case import Arrivals, Draws
from kpiterm.analysis.pacing.arrays import Bools, Floats, Ints

_CRUMB = 1e-3  # of a unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Days of the simulated stock-outs, [rows, draws], infinite where there is none.

    `first`, when stock first runs out; `open`, the beginning of the gap that an order of today can still shorten: the
    one in which it arrives, or the next. A gap that inbound ends before is no reason to order.
    """

    first: Draws
    open: Draws


def gaps(demand: Draws, lost: Draws, ends: Ints, ready: Draws) -> Gaps:
    """From `demand` and `lost` [rows, draws, ends], both cumulated, and the day on which an order can be sold."""
    missed = np.diff(lost, axis=2, prepend=np.float32(0))
    out = missed > _CRUMB
    begins = out.copy()
    begins[..., 1:] &= ~out[..., :-1]
    week = np.minimum(np.searchsorted(ends, ready, side="left"), len(ends) - 1)
    return Gaps(
        first=_day(demand, missed, ends, _first(begins)),
        open=_day(demand, missed, ends, _at_or_after(out, begins, week)),
    )


def _first(begins: Bools) -> Ints:
    return np.asarray(np.where(begins.any(axis=2), np.argmax(begins, axis=2), -1))


def _at_or_after(out: Bools, begins: Bools, week: Ints) -> Ints:
    """Where the gap around `week` begins, else the next one; -1 where there is none."""
    places = np.arange(out.shape[2], dtype=np.int16)
    within = np.take_along_axis(out, week[..., None], axis=2)[..., 0]
    before = np.where(begins & (places <= week[..., None]), places, np.int16(-1)).max(axis=2)
    after = begins & (places > week[..., None])
    following = np.where(after.any(axis=2), np.argmax(after, axis=2), -1)
    return np.asarray(np.where(within, before, following), dtype=np.int64)


def _day(demand: Draws, missed: Draws, ends: Ints, week: Ints) -> Draws:
    """The day within the week that begins a gap on which stock was gone; infinite for week -1."""
    at = np.maximum(week, 0)[..., None]
    asked = np.take_along_axis(demand, at, axis=2)[..., 0]
    asked = asked - np.where(week > 0, np.take_along_axis(demand, np.maximum(at - 1, 0), axis=2)[..., 0], 0)
    share = 1 - np.take_along_axis(missed, at, axis=2)[..., 0] / np.maximum(asked, 1e-6)
    edges = np.concatenate(([0], ends)).astype(np.float32)
    start = edges[at[..., 0]]
    day = start + np.clip(share, 0, 1) * (edges[at[..., 0] + 1] - start)
    return np.asarray(np.where(week < 0, np.inf, day), dtype=np.float32)


def order_by(gone: Draws, arrivals: Arrivals, lane: Ints, service: Floats) -> Floats:
    """Days from today until the last day on which an order arrives before stock is gone, in `service` of the chances.

    [rows], negative when that day is past; infinite where stock outlasts all orders that were looked at.
    """
    slack = np.empty_like(gone)
    for one in np.unique(lane).tolist():
        rows = np.flatnonzero(lane == one)
        slack[rows] = _latest(gone[rows], arrivals.days[one], arrivals.order_days)
    ordered = np.sort(slack, axis=1)
    draws = ordered.shape[1]
    place = np.clip(np.floor((1 - service) * draws).astype(np.int64), 0, draws - 1)
    return np.asarray(np.take_along_axis(ordered, place[:, None], axis=1)[:, 0], dtype=np.float64)


def _latest(gone: Draws, days: Draws, order_days: Ints) -> Draws:
    """The last order day whose arrival is not after `gone`, between the order days in a straight line."""
    arrival = np.maximum.accumulate(days, axis=0)  # who orders later is not served earlier
    found = np.minimum(gone - arrival[0], 0)
    for at in range(len(order_days) - 1):
        length = np.float32(order_days[at + 1] - order_days[at])
        step = np.maximum(arrival[at + 1] - arrival[at], np.float32(1e-3))
        found += np.clip((gone - arrival[at]) / step, 0, 1) * length
    return np.asarray(np.where(gone >= arrival[-1], np.inf, found), dtype=np.float32)
