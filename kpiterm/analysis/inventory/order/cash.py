"""The cash curve: what orders will cost and what sales will bring, week by week, from the same paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from kpiterm.analysis.inventory.order.gather import Sku
from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.order.plan import CashWeek
from kpiterm.analysis.inventory.order.suggest import Suggestion
from kpiterm.analysis.inventory.supply import defaults
from kpiterm.analysis.inventory.supply.model import STAGES, Milestone

WEEKS = 24
_CENT = Decimal("0.01")
_BEFORE: Mapping[Milestone, int] = {
    "ordered": 0, "produced": 1, "qc": 2, "booked": 2, "shipped": 3, "port": 4, "checked_in": 5, "received": 6,
}  # fmt: skip
"""How many of the stages are over at each milestone."""


def curve(skus: Sequence[Sku], found: Suggestion, lanes: Lanes, today: date) -> tuple[CashWeek, ...]:
    """WEEKS from `today`. Money is in the channels' own currencies and never added across them."""
    paid: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    earned: dict[str, list[float]] = {}
    weekly = np.diff(found.outcome.sold[:, :WEEKS], axis=1, prepend=0)
    for row, sku in enumerate(skus):
        unit = sku.unit
        if unit.currency is None:
            continue
        if unit.price is not None:
            net = float(unit.price * (1 - (sku.article.fee_rate or 0)))
            brought = np.asarray(earned.get(unit.currency, np.zeros(WEEKS))) + net * weekly[row]
            earned[unit.currency] = brought.tolist()
        if found.quantity[row] and unit.purchase is not None:
            for day, amount in _payments(sku, int(found.quantity[row]), int(found.rushed[row]), lanes):
                paid[unit.currency, min(day // 7, WEEKS - 1)] += amount
    currencies = sorted({*earned, *(currency for currency, _ in paid)})
    return tuple(
        CashWeek(
            week=today + timedelta(days=7 * week),
            currency=currency,
            paid=paid[currency, week].quantize(_CENT),
            earned=Decimal(f"{earned[currency][week]:.2f}") if currency in earned else Decimal(0),
        )
        for currency in currencies
        for week in range(WEEKS)
    )


def _payments(sku: Sku, quantity: int, rushed: int, lanes: Lanes) -> list[tuple[int, Decimal]]:
    """Days from today and amounts: goods as the supplier wants them, freight when it ships."""
    unit, supplier = sku.unit, defaults.supplier(lanes.supply, sku.terms.supplier)
    goods = quantity * (unit.purchase or Decimal(0))
    found = [(_reached(sku, pay.at, lanes) + pay.days, goods * pay.share) for pay in supplier.payments]
    freight = quantity * (unit.freight or Decimal(0)) + rushed * (unit.premium or Decimal(0))
    return [*found, (_reached(sku, "shipped", lanes), freight)]


def _reached(sku: Sku, milestone: Milestone, lanes: Lanes) -> int:
    """The usual day on which an order of today reaches a milestone."""
    medians = lanes.stages(sku.lane)
    share = sum(medians[stage] for stage in STAGES[: _BEFORE[milestone]]) / max(sum(medians.values()), 1e-9)
    return round(share * lanes.median(sku.lane))
