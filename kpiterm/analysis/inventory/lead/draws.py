"""Monte Carlo of arrivals: the same draw meets the same luck on every order day, so that only the calendar differs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from kpiterm.analysis.inventory.lead import calendar
from kpiterm.analysis.inventory.lead.quantiles import chance, quantile
from kpiterm.analysis.inventory.lead.stage import CRUMB, lasted, passed
from kpiterm.analysis.inventory.supply.model import STAGES, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kpiterm.analysis.inventory.lead.route import Route
    from kpiterm.analysis.inventory.supply.model import Incoming, Milestone
    from kpiterm.analysis.pacing.arrays import Floats, Ints

DRAWS = 512
_NEXT: Mapping[Milestone, Stage] = {
    "ordered": "production", "produced": "qc", "qc": "booking", "booked": "booking", "shipped": "transit",
    "port": "port", "checked_in": "receiving",
}  # fmt: skip


def arrivals(route: Route, order_day: date, *, draws: int = DRAWS, seed: int = 0) -> Ints:
    """Days from `order_day` until an order of that day can be sold, [draws].

    At the same draw a later order never arrives before an earlier one, and a stage that takes longer never shortens.
    """
    return np.asarray(arrivals_of(route, (order_day,), draws=draws, seed=seed)[0])


def arrivals_of(route: Route, order_days: Sequence[date], *, draws: int = DRAWS, seed: int = 0) -> Ints:
    """`arrivals` of several order days at once, [order days, draws], each counted from its own day."""
    begin = np.array([calendar.index(day) for day in order_days], dtype=np.float64)[:, None]
    luck = _luck(draws, seed)
    moment = np.broadcast_to(begin, (len(order_days), draws))
    for stage in STAGES:
        moment = passed(route, stage, moment, quantile(route.points[stage], luck[stage]))
    return _whole(moment - begin)


def remaining(route: Route, incoming: Incoming, today: date, *, draws: int = DRAWS, seed: int = 0) -> Ints:
    """Days from `today` until goods on their way can be sold, [draws], given the stage that they are in and since when.

    The day that a platform or forwarder states is believed for goods that are at sea or further.
    """
    luck, now = _luck(draws, seed), float(calendar.index(today))
    if incoming.stage == "received":
        return np.zeros(draws, dtype=np.int64)
    first = _NEXT[incoming.stage]
    later = STAGES[STAGES.index(first) :]
    if incoming.expected and later[0] in {"transit", "port"}:
        moment = np.full(draws, max(float(calendar.index(incoming.expected)), now))
        later = ("receiving",)
    else:
        moment = _under_way(route, first, float(calendar.index(incoming.since)), now, luck[first])
        later = later[1:]
    for stage in later:
        moment = passed(route, stage, moment, quantile(route.points[stage], luck[stage]))
    return _whole(np.maximum(moment, now) - now)


def percentiles(days: Ints) -> tuple[int, int]:
    """The median and the 90th percentile, in whole days."""
    ordered = np.sort(days)
    return int(ordered[len(days) // 2]), int(ordered[9 * len(days) // 10])


def _under_way(route: Route, stage: Stage, since: float, now: float, luck: Floats) -> Floats:
    """The end of a stage that has lasted for a while: chances are those of the shipments that took longer.

    Where none took that long it is overdue, and may take as much again as usual ones differ.
    """
    points, start = route.points[stage], np.full(len(luck), since)
    so_far = lasted(route, stage, since, now)
    over = chance(points, so_far)
    work = quantile(points, over + luck * (1 - over))
    tail = max(1.0, float(np.quantile(points, 0.9) - np.quantile(points, 0.5)))
    work = np.where(work > so_far, work, so_far + luck * tail)
    return np.maximum(passed(route, stage, start, work), now)


@lru_cache(maxsize=8)
def _luck(draws: int, seed: int) -> Mapping[Stage, Floats]:
    """Evenly spread chances, [draws] by stage, in an order of its own for each."""
    rng = np.random.default_rng(seed)
    even = (np.arange(draws) + 0.5) / draws
    return {stage: rng.permutation(even) for stage in STAGES}


def _whole(days: Floats) -> Ints:
    return np.asarray(np.ceil(days - CRUMB), dtype=np.int64)
