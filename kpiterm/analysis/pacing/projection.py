"""A KPI's value on every path, as the few figures that a gauge shows."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from math import floor, log10

import numpy as np

from kpiterm.analysis.pacing.arrays import Floats
from kpiterm.analysis.view import Projection, Target

_LOW, _HIGH = 0.1, 0.9
_MOST = 0.99
_MEETS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


def summarised(values: Floats, target: Target | None, *, over: bool) -> Projection | None:
    """See `kpiterm.analysis.pacing.summary`."""
    found = np.sort(values[np.isfinite(values)])
    if not len(found) or 2 * len(found) < len(values):
        return None
    low, value, high = (float(found[round(share * (len(found) - 1))]) for share in (_LOW, 0.5, _HIGH))
    unit = _unit(high - low)
    return Projection(
        value=_rounded(value, unit),
        low=_rounded(low, unit),
        high=_rounded(high, unit),
        p_hit=None if target is None else _share(found, target, over=over),
    )


def _share(values: Floats, target: Target, *, over: bool) -> Decimal:
    share = float(_MEETS[target.op](values, float(target.value)).mean())
    return Decimal(f"{share if over else min(max(share, 1 - _MOST), _MOST):.2f}")


def _unit(width: float) -> Decimal | None:
    return Decimal(10) ** (floor(log10(width)) - 2) if width > 0 else None


def _rounded(value: float, unit: Decimal | None) -> Decimal:
    if unit is None:
        return Decimal(f"{value:.12g}")
    return (Decimal(value) / unit).quantize(Decimal(1), ROUND_HALF_EVEN) * unit
