"""Why so many: lines in whole units that add up to the quantity, for every SKU."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from kpiterm.analysis.inventory.order import path
from kpiterm.analysis.inventory.order.case import Case
from kpiterm.analysis.inventory.order.need import Need
from kpiterm.analysis.pacing.arrays import Floats, Ints

LINES = (
    "base", "lead_time", "next_orders", "stock_outs", "level", "season", "events", "lead_uncertainty",
    "demand_uncertainty", "lost", "on_hand", "inbound", "enough", "transfers", "lots", "caps",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a SKU sold and what is expected, [rows]: units a day in the last `window` days (`raw`), and on those of them
    with stock (`shown`, `in_stock` of them); `level`, of a normal day; and [rows, ends] units by each end as the level
    has them with its seasons (`seasonal`), without events."""

    window: int
    raw: Floats
    shown: Floats
    in_stock: Ints
    level: Floats
    seasonal: Floats

    def take(self, rows: Ints) -> Self:
        """These rows only."""
        named = [field.name for field in fields(self) if field.name != "window"]
        return replace(self, **{name: getattr(self, name)[rows] for name in named})


def waterfall(case: Case, need: Need, basis: Basis, lots: Ints, quantity: Ints) -> Ints:
    """[rows, LINES]; each row adds up to `quantity`, what is ordered in the end; `lots`, before caps."""
    middle = np.asarray(np.median(need.until, axis=1), dtype=np.float64)
    review = np.full(len(middle), float(case.review))
    lead = np.asarray(np.median(need.ready, axis=1), dtype=np.float64)
    cover = np.stack([review, lead, middle - review - lead], axis=1)
    mean = case.demand.mean(axis=1, dtype=np.float64)
    seasonal, expected = _at(basis.seasonal, case.ends, middle), _at(mean, case.ends, middle)
    sure = _at(mean, case.ends, path.quantile(need.until, need.service))
    missing = path.quantile(need.missing, need.service)
    coming = need.coming.mean(axis=1, dtype=np.float64)
    lines = [
        *(basis.raw[:, None] * cover).T,
        (basis.shown - basis.raw) * middle,
        (basis.level - basis.shown) * middle,
        seasonal - basis.level * middle,
        expected - seasonal,
        sure - expected,
        need.level - sure,
        missing - (need.level - case.on_hand - coming),
        -case.on_hand,
        -coming,
        np.maximum(-missing, 0),
        np.zeros(len(missing)),
    ]
    return _whole(np.stack([*lines, lots - need.units, quantity - lots], axis=1))


def _whole(lines: Floats) -> Ints:
    """Whole units whose running sums are those of the lines, rounded."""
    sums = np.rint(np.cumsum(lines, axis=1)).astype(np.int64)
    return np.asarray(np.diff(sums, axis=1, prepend=0))


def _at(values: Floats, ends: Ints, days: Floats) -> Floats:
    """`values` [rows, ends] on each row's day."""
    found = path.by_day(values[:, None, :].astype(np.float32), ends, days[:, None].astype(np.float32))
    return np.asarray(found[:, 0], dtype=np.float64)
