"""How long an order has to last, and in what share of chances."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.inventory.order.case import Arrivals, Case, Draws
from kpiterm.analysis.pacing.arrays import Floats

REVIEWS = 4


def protection(arrivals: Arrivals, review: int) -> Draws:
    """Days from today that an order of today has to cover, [lanes, draws]: a review, and the longest lead time of the
    next four reviews' orders. Today's order may be quick and the next ones wait for a factory that is closed."""
    return np.asarray(arrivals.lead[:, :REVIEWS].max(axis=1) + review, dtype=np.float32)


def ready(arrivals: Arrivals) -> Draws:
    """Days until an order of today can be sold, [lanes, draws]."""
    return np.asarray(arrivals.days[:, 0], dtype=np.float32)


def service_level(case: Case, aged: Floats) -> Floats:
    """The share of chances in which stock should last: what a lost sale costs against what a unit too many does.

    A unit too many is kept for a month, and with the chance `aged` until the surcharge.
    """
    buying = case.buying
    under = np.maximum(buying.margin + buying.rank_loss, 0)
    over = buying.cost * case.holding / 12 + buying.storage + buying.aged * aged
    level = np.divide(under, under + over, out=np.ones_like(under), where=under + over > 0)
    return np.asarray(np.clip(level, *case.service))
