"""From a case to what should be ordered: quantities, dates and what they lead to, before shared caps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.order import path
from kpiterm.analysis.inventory.order.case import Case
from kpiterm.analysis.inventory.order.dates import gaps, order_by
from kpiterm.analysis.inventory.order.lots import lots
from kpiterm.analysis.inventory.order.need import Need, need
from kpiterm.analysis.inventory.order.outcome import Outcome, outcome
from kpiterm.analysis.inventory.order.waterfall import Basis, waterfall
from kpiterm.analysis.pacing.arrays import Floats, Ints

MONTHS = range(28, 365, 28)  # days on which what is left is looked at
STEPS = 32  # quantiles of a need that are kept for sharing out cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What is suggested, [rows]. Days count from today; infinite: not within the simulated time.

    `until`, the median day up to which an order should last; `daily`, expected units a day until then; `spare`, units
    on hand that are not needed by then; `quantity`, in lots; `rushed` of them fly; `gone`, `gone_early`, when stock
    runs out without an order: the median and the tenth percentile; `order_by`; `lead` [rows, 2], median and 90th
    percentile;
    `left` [rows, MONTHS], today's stock that is still there; `missing` [rows, STEPS], quantiles of the need; `lines`
    [rows, LINES].
    """

    service: Floats
    daily: Floats
    need: Floats
    quantity: Ints
    rushed: Ints
    spare: Floats
    gone: Floats
    gone_early: Floats
    order_by: Floats
    lead: Floats
    until: Floats
    left: Floats
    missing: Floats
    coming: Floats
    lines: Ints
    outcome: Outcome


def suggest(case: Case, basis: Basis) -> Suggestion:
    """The orders of today."""
    supply = path.stock(case.on_hand, case.inbound, case.ends, case.shape[1])
    short = path.lost(case.demand, supply)
    wanted = need(case, short)
    found = gaps(case.demand, short, case.ends, wanted.ready)
    ordered = lots(wanted.units, case.buying.moq, case.buying.carton)
    rows = len(ordered)
    return Suggestion(
        service=wanted.service,
        daily=np.asarray((wanted.asked.mean(axis=1) / wanted.until.mean(axis=1)), dtype=np.float64),
        need=wanted.units,
        quantity=ordered,
        rushed=_rushed(wanted, ordered, case.buying.carton),
        spare=np.clip(-path.quantile(wanted.missing, wanted.service), 0, case.on_hand),
        gone=path.quantile(found.first, np.full(rows, 0.5)),
        gone_early=path.quantile(found.first, np.full(rows, 0.1)),
        order_by=order_by(found.open, case.arrivals, case.buying.lane, wanted.service),
        lead=np.stack([path.quantile(wanted.ready, np.full(rows, share)) for share in (0.5, 0.9)], axis=1),
        until=np.asarray(np.median(wanted.until, axis=1), dtype=np.float64),
        left=_left(case),
        missing=_steps(wanted),
        coming=np.asarray(wanted.coming.mean(axis=1), dtype=np.float64),
        lines=waterfall(case, wanted, basis, ordered, ordered),
        outcome=outcome(case, wanted, short, supply, ordered),
    )


def _rushed(wanted: Need, ordered: Ints, carton: Ints) -> Ints:
    """Units that fly, in cartons, at most what is ordered."""
    whole = np.ceil(wanted.rushed).astype(np.int64)
    return np.asarray(np.minimum(-(-whole // carton) * carton, ordered))


def _left(case: Case) -> Floats:
    """Expected units of the stock on hand that are still there on each of MONTHS, [rows, months]."""
    ends = np.searchsorted(case.ends, list(MONTHS))
    left = case.on_hand.astype(np.float32)[:, None, None] - case.demand[:, :, ends]
    return np.asarray(np.maximum(left, 0).mean(axis=1), dtype=np.float64)


def _steps(wanted: Need) -> Floats:
    """Evenly spaced quantiles of the need, ascending."""
    ordered = np.sort(wanted.missing, axis=1)
    places = ((np.arange(STEPS) + 0.5) / STEPS * ordered.shape[1]).astype(np.int64)
    return np.asarray(ordered[:, places], dtype=np.float64)
