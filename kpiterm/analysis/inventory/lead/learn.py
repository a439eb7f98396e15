"""What recorded purchase orders teach of the stages: working days, so that a closure within one is not its length."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kpiterm.analysis.inventory.lead import calendar
from kpiterm.analysis.inventory.lead.quantiles import quantile
from kpiterm.analysis.inventory.lead.route import Experience, Route, owner, route
from kpiterm.analysis.inventory.lead.stage import lasted, passed
from kpiterm.analysis.inventory.supply.defaults import usual_mode
from kpiterm.analysis.inventory.supply.model import MILESTONES, STAGES, Stage, Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kpiterm.analysis.inventory.supply.model import PurchaseOrder, Supply

_MARKS = tuple(name for name in MILESTONES if name != "booked")


def experience(orders: Iterable[PurchaseOrder], supply: Supply) -> Experience:
    """Days that each stage took, oldest first. A span over several stages is shared out as the priors are."""
    found = defaultdict[tuple[Stage, str], list[float]](list)
    ways: dict[tuple[str, str, str], Route] = {}
    past = [order for order in orders if not order.cancelled]
    for order in sorted(past, key=lambda order: (min(order.reached.values()), order.id)):
        mode = order.mode or usual_mode(supply, order.supplier)
        place = (order.supplier, mode, order.channel)
        if place not in ways:
            ways[place] = route(supply, {}, Terms(sku="", supplier=order.supplier), mode, order.channel)
        for stage, days in _observed(order, ways[place]):
            found[stage, owner(stage, order.supplier, mode, order.channel)].append(days)
    return dict(found)


def _observed(order: PurchaseOrder, way: Route) -> Iterator[tuple[Stage, float]]:
    marks = [(number, order.reached[name]) for number, name in enumerate(_MARKS) if name in order.reached]
    for (first, begin), (last, end) in pairwise(marks):
        if end >= begin:
            yield from _shared(way, STAGES[first:last], float(calendar.index(begin)), float(calendar.index(end)))


def _shared(way: Route, stages: Sequence[Stage], begin: float, end: float) -> Iterator[tuple[Stage, float]]:
    if len(stages) == 1:
        yield stages[0], lasted(way, stages[0], begin, end)
        return
    usual = {stage: float(quantile(way.points[stage], np.array([0.5]))[0]) for stage in stages}
    moment = np.array([begin])
    for stage in stages:
        moment = passed(way, stage, moment, np.array([usual[stage]]))
    scale = (end - begin) / max(float(moment[0]) - begin, 1.0)
    for stage in stages:
        yield stage, usual[stage] * scale
