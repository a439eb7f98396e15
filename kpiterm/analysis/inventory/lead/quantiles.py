"""How long a stage takes: what was seen of it, shrunk to a prior, as points of equal weight."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.analysis.inventory.supply.model import Spread
    from kpiterm.analysis.pacing.arrays import Floats

PRIOR_SHIPMENTS = 3
_POINTS = 20  # that stand for one shipment
_LATEST = 60  # shipments; older ones say little of today
_Z90 = NormalDist().inv_cdf(0.9)


def points(prior: Spread, seen: Sequence[float]) -> Floats:
    """Ascending days of equal weight: the prior counts as three shipments, each one seen (oldest first) as one."""
    observed = np.repeat(np.maximum(np.asarray(seen[-_LATEST:], dtype=np.float64), 0), _POINTS)
    return np.sort(np.concatenate((_prior(prior.p50, prior.p90), observed)))


def quantile(found: Floats, chance: Floats) -> Floats:
    """The days within which it is done with that chance; where a point grows, none of them shrinks."""
    return np.asarray(np.interp(chance, (np.arange(len(found)) + 0.5) / len(found), found))


def chance(found: Floats, days: float) -> float:
    """The chance that it is done within so many days."""
    return float(np.searchsorted(found, days, side="right")) / len(found)


@lru_cache(maxsize=1024)
def _prior(p50: float, p90: float) -> Floats:
    """A lognormal, shifted by a day so that a stage may take none."""
    count = PRIOR_SHIPMENTS * _POINTS
    z = np.array([NormalDist().inv_cdf((i + 0.5) / count) for i in range(count)])
    return np.asarray(np.maximum((p50 + 1) * ((p90 + 1) / (p50 + 1)) ** (z / _Z90) - 1, 0))
