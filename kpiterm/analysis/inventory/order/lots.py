"""From a need to what a supplier sells: whole cartons, and not less than the minimum order."""

from __future__ import annotations

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats, Ints

_CRUMB = 1e-3  # of a unit: simulated paths are single precision


def lots(units: Floats, moq: Ints, carton: Ints) -> Ints:
    """The least order that brings `units`: nothing, or at least the MOQ, in whole cartons."""
    whole = np.ceil(np.maximum(units, 0) - _CRUMB).astype(np.int64)
    asked = np.where(whole > 0, np.maximum(whole, moq), 0)
    return np.asarray(-(-asked // carton) * carton)


def least(moq: Ints, carton: Ints) -> Ints:
    """The smallest order that can be placed."""
    return np.asarray(-(-np.maximum(moq, 1) // carton) * carton)
