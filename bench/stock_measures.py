"""What the simulated warehouses say: stock that a fill takes, and how far it would differ with other SKUs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.stock_world import Floats, Ints, Result

TARGETS = (("sku_fill", 0.95), ("unit_fill", 0.95), ("unit_fill", 0.98))
_CATALOGUES = 400
_INNER = (5, 95)


def needed(results: Sequence[Result], measure: str, fill: float) -> float | None:
    """Days of stock at which the fill is reached, between the levels tried; None where no level reaches it."""
    points = sorted((getattr(result, measure), result.days) for result in results)
    if points[-1][0] < fill:
        return None
    return float(np.interp(fill, [p[0] for p in points], [p[1] for p in points]))


def filled(results: Sequence[Result], days: float) -> float | None:
    """Unit fill at so many days of stock, between the levels tried; None beyond them."""
    points = sorted((result.days, result.unit_fill) for result in results)
    if not points[0][0] <= days <= points[-1][0]:
        return None
    return float(np.interp(days, [p[0] for p in points], [p[1] for p in points]))


def saving(ours: Sequence[Result], theirs: Sequence[Result], measure: str, fill: float) -> float | None:
    """The share of stock that ours does without at equal fill: all of it where the rule never gets there; None where
    ours does not."""
    mine, rule = needed(ours, measure, fill), needed(theirs, measure, fill)
    if mine is None:
        return None
    return 1.0 if rule is None else 1 - mine / rule


def catalogues(series: int) -> Ints:
    """Rows of as many SKUs, drawn with replacement, [catalogues, series]: the same draws for every policy."""
    return np.random.default_rng(7).integers(0, series, (_CATALOGUES, series))


def between(found: Sequence[float | None], never: float) -> tuple[float, float]:
    """Where nine of ten of these values lie; `never` stands for None."""
    low, high = np.percentile([never if value is None else value for value in found], _INNER, method="nearest")
    return float(low), float(high)


def interval(results: Sequence[Result], measure: str, fill: float, draws: Ints) -> tuple[float, float]:
    """Days of stock at the fill in nine of ten catalogues of such SKUs; infinite where it is never reached."""
    return between([needed([one.of(rows) for one in results], measure, fill) for rows in draws], np.inf)


def saved(
    ours: Sequence[Result], theirs: Sequence[Result], measure: str, fill: float, draws: Ints
) -> tuple[float, float]:
    """The saving in nine of ten catalogues of such SKUs."""
    found = [saving([one.of(rows) for one in ours], [one.of(rows) for one in theirs], measure, fill) for rows in draws]
    return between(found, -1.0)


def worst(result: Result, count: int) -> tuple[float, float]:
    """Of the SKUs that lose most units: their share of all lost units, and of all units asked for."""
    lost: Floats = result.asked - result.got
    rows = np.argsort(-lost)[:count]
    return float(lost[rows].sum() / lost.sum()), float(result.asked[rows].sum() / result.asked.sum())
