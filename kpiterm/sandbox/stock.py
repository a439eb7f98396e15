"""FBA stock: anchored at the shop's first look and carried by what was shipped and what arrived."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpiterm.sandbox.catalog import Product

_CYCLE = 30 * DAY
_ANNOUNCED = 21 * DAY


class Plan(NamedTuple):
    """A SKU's units in the warehouses at the shop's first look, and what arrived or will: moments and units."""

    on_hand: int
    receipts: tuple[tuple[int, int], ...]


class StockLevel(NamedTuple):
    """Units of one SKU in Amazon's network at a moment."""

    product: Product
    fulfillable: int
    inbound_working: int
    inbound_shipped: int
    inbound_receiving: int
    reserved_orders: int
    reserved_processing: int
    unfulfillable: int
    updated: int

    @property
    def total(self) -> int:
        inbound = self.inbound_working + self.inbound_shipped + self.inbound_receiving
        return self.fulfillable + inbound + self.reserved_orders + self.reserved_processing + self.unfulfillable


class Movement(NamedTuple):
    """What the order book says of one SKU: units shipped since the anchor (negative before it), units still open.

    `last_change` is the latest shipment in epoch seconds, or 0.
    """

    shipped: int
    open_units: int
    per_day: float
    last_change: int


def stock_of(
    seed: int, product: Product, anchor: int, at: int, moved: Movement, plan: Plan | None = None
) -> StockLevel:
    """Stock of one FBA SKU at a moment; without plans a tenth of the range is nearly out, a tenth overstocked."""
    if plan:
        return _planned(seed, product, anchor, at, moved, plan)
    rng = Random(f"{seed}:stock:{product.sku}")
    draw = rng.random()
    cover = rng.uniform(
        *((2, 5) if draw < 0.12 else (8, 20) if draw < 0.35 else (28, 60) if draw < 0.9 else (120, 190))
    )
    first_arrival = anchor + int(rng.uniform(3, 30) * DAY)
    lot = max(12, round(moved.per_day * 30 / 6) * 6)
    arrived = max(0, (at - first_arrival) // _CYCLE + 1) if at >= first_arrival else 0
    level = round(moved.per_day * cover) + arrived * lot - moved.shipped
    due = (first_arrival - at) % _CYCLE
    inbound = _inbound(((due, lot),))
    return StockLevel(
        product=product,
        fulfillable=max(0, level - moved.open_units),
        inbound_working=inbound[0],
        inbound_shipped=inbound[1],
        inbound_receiving=inbound[2],
        reserved_orders=moved.open_units,
        reserved_processing=rng.randrange(4),
        unfulfillable=rng.randrange(6),
        updated=moved.last_change or anchor,
    )


def _planned(seed: int, product: Product, anchor: int, at: int, moved: Movement, plan: Plan) -> StockLevel:
    """Before the anchor, receipts that were still to come are taken off and what was shipped since is put back."""
    rng = Random(f"{seed}:stock:{product.sku}")
    arrived = sum(units for moment, units in plan.receipts if anchor < moment <= at)
    awaited = sum(units for moment, units in plan.receipts if at < moment <= anchor)
    level = plan.on_hand + arrived - awaited - moved.shipped
    inbound = _inbound((moment - at, units) for moment, units in plan.receipts if moment > at)
    received = [moment for moment, _ in plan.receipts if moment <= at]
    return StockLevel(
        product=product,
        fulfillable=max(0, level - moved.open_units),
        inbound_working=inbound[0],
        inbound_shipped=inbound[1],
        inbound_receiving=inbound[2],
        reserved_orders=moved.open_units,
        reserved_processing=0,
        unfulfillable=rng.randrange(6),
        updated=max([*received, moved.last_change]) or anchor,
    )


def _inbound(arrivals: Iterable[tuple[int, int]]) -> list[int]:
    """Units that are being prepared, on their way and being received, of arrivals due in so many seconds."""
    stages = [0, 0, 0]
    for due, units in arrivals:
        if due < _ANNOUNCED:
            stages[0 if due > 14 * DAY else 1 if due > 3 * DAY else 2] += units
    return stages
