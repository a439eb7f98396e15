"""How many units an order should bring, before any constraint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpiterm.analysis.inventory.order import path
from kpiterm.analysis.inventory.order.case import Case, Draws
from kpiterm.analysis.inventory.order.cover import protection, ready, service_level
from kpiterm.analysis.pacing.arrays import Floats

_FIRST_LOOK, _SURE = 0.95, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One row a SKU. `until` and `ready` [rows, draws], the days that an order covers and on which it can be sold;
    `asked` [rows, draws], demand of the covered days; `lost`, what is sold out before the order can be sold, `sure`
    [rows], what of it is lost in nine of ten chances; `coming` [rows, draws], inbound that arrives within the covered
    days; `missing` = asked − sure − on hand − coming: who deducts all that may be lost runs short of what jumps.
    `service` [rows]; `level` [rows], the quantile of `asked`; `units` [rows], that of `missing`, 0 at least; `rushed`
    [rows], those of them that should fly."""

    until: Draws
    ready: Draws
    asked: Draws
    lost: Draws
    sure: Floats
    coming: Draws
    missing: Draws
    service: Floats
    level: Floats
    units: Floats
    rushed: Floats


def need(case: Case, short: Draws) -> Need:
    """`short` [rows, draws, ends], units lost without an order, as `path.lost` gives them."""
    lane = case.buying.lane
    until, soonest = protection(case.arrivals, case.review)[lane], ready(case.arrivals)[lane]
    asked = path.by_day(case.demand, case.ends, until)
    service = _service(case, asked, until)
    late = path.lost_by(case, short, np.minimum(soonest, until))
    rushed, gained = _rushed(case, short, late)
    lost = np.maximum(late - gained, 0)
    coming = path.arrived(case.inbound, until)
    sure = path.quantile(lost, np.full(len(lost), _SURE))
    missing = asked - coming - (case.on_hand + sure).astype(np.float32)[:, None]
    return Need(
        until=until,
        ready=soonest,
        asked=asked,
        lost=lost,
        sure=sure,
        coming=coming,
        missing=missing,
        service=service,
        level=path.quantile(asked, service),
        units=np.maximum(path.quantile(missing, service), 0),
        rushed=rushed,
    )


def _service(case: Case, asked: Draws, until: Draws) -> Floats:
    """The service level, with the chance that the last unit of a usual order is there when the surcharge begins."""
    rows = len(asked)
    last = path.quantile(asked, np.full(rows, _FIRST_LOOK))
    later = path.by_day(case.demand, case.ends, until + case.aged_after)
    aged = np.asarray((later < last[:, None]).mean(axis=1), dtype=np.float64)
    return service_level(case, aged)


def _rushed(case: Case, short: Draws, late: Draws) -> tuple[Floats, Draws]:
    """Units that should fly, [rows], and the sales that they save, [rows, draws].

    A unit flies where its chance to be sold before the ship comes is worth the dearer freight.
    """
    buying = case.buying
    early = np.minimum(path.lost_by(case, short, ready(case.arrivals)[buying.express]), late)
    gap = late - early
    worth = buying.margin + buying.rank_loss
    share = np.clip(np.divide(buying.premium, worth, out=np.ones_like(worth), where=worth > 0), 0, 1)
    flies = (buying.express >= 0) & (buying.express != buying.lane) & (share < 1)
    units = np.where(flies, path.quantile(gap, 1 - share), 0)
    return np.ceil(units - 1e-3), np.minimum(gap, np.ceil(units - 1e-3).astype(np.float32)[:, None])
