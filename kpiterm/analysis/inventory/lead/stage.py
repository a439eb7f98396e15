"""One stage of a route: when it ends, and how many of its working days lie between two moments (epoch days)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpiterm.analysis.inventory.lead import calendar

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.lead.route import Route
    from kpiterm.analysis.inventory.supply.model import Stage
    from kpiterm.analysis.pacing.arrays import Floats

CRUMB = 1e-6
"""Less than this much of a day is rounding."""


def passed(route: Route, stage: Stage, moment: Floats, work: Floats) -> Floats:
    """When a stage that takes `work` days ends, if the goods reach it at `moment`."""
    start, total = _begin(route, stage, moment), _total(route, stage)
    return start + work if total is None else calendar.finished(total, start, work)


def lasted(route: Route, stage: Stage, since: float, until: float) -> float:
    """Working days of a stage that the goods reached at `since`."""
    start = float(_begin(route, stage, np.array([since]))[0])
    until = max(until, start)
    total = _total(route, stage)
    if total is None:
        return until - start
    before, after = calendar.worked(total, np.array([start, until]))
    return float(after - before)


def _begin(route: Route, stage: Stage, moment: Floats) -> Floats:
    """Booking begins at the next cut-off."""
    if stage != "booking":
        return moment
    day = np.clip(np.ceil(moment - CRUMB), 0, len(route.cutoffs) - 1).astype(np.int64)
    return np.asarray(np.maximum(route.cutoffs[day], moment), dtype=np.float64)


def _total(route: Route, stage: Stage) -> Floats | None:
    """The calendar that a stage keeps to; None: every day counts."""
    if stage in {"production", "qc"}:
        return route.factory
    return route.receiving if stage == "receiving" else None
