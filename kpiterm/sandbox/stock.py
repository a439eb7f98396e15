"""FBA stock: anchored at the shop's first look and carried by what was shipped and what arrived."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY

if TYPE_CHECKING:
    from kpiterm.sandbox.catalog import Product

_CYCLE = 30 * DAY


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


def stock_of(seed: int, product: Product, anchor: int, at: int, moved: Movement) -> StockLevel:
    """Stock of one FBA SKU at a moment: a tenth of the range is nearly out, a tenth overstocked."""
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
    inbound = [0, 0, 0]
    if due < 21 * DAY:
        inbound[0 if due > 14 * DAY else 1 if due > 3 * DAY else 2] = lot
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
