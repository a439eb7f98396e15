"""Quantiles of single days: what a series' own recent days brought, beside what such series bring."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.inventory.demand.panel import QUANTILES, Panel
from kpiterm.analysis.pacing.arrays import Floats, ratio

_RECENT = 126
_STEADY = 20  # days of its own after which a series counts as much as the pool


def quantiles(panel: Panel, daily: Floats, pooled: Floats) -> Floats:
    """Of a normal day, [series, 4]; `daily` is its expected demand, `pooled` what the pool lets expect."""
    recent = panel.units[:, -_RECENT:]
    shown = panel.stock[:, -_RECENT:] & np.isfinite(recent)
    ordered = np.sort(np.where(shown, recent, np.inf), axis=1)
    count = shown.sum(axis=1)
    place = np.maximum(np.ceil(np.multiply.outer(count, QUANTILES)).astype(int) - 1, 0)
    own = np.where(count[:, None] > 0, np.take_along_axis(ordered, place, axis=1), 0)
    plain = np.where(shown, np.minimum(recent, own[:, -1:]), 0).sum(axis=1)  # without the one bulk order
    # Half of the way to the new level: sizes of orders change less than how often they come.
    moved = np.sqrt(ratio(daily, ratio(plain, count.astype(np.float64))))
    weight = (count / (count + _STEADY))[:, None]
    return np.asarray(weight * own * moved[:, None] + (1 - weight) * pooled)
