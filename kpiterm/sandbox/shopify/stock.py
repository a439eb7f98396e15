"""Inventory at the shop's two locations: a warehouse that ships and is restocked, and a showroom that is not."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.stock import Movement, stock_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.shopify.sales import Sale

ON_HAND = ("available", "committed", "damaged", "quality_control", "reserved", "safety_stock")
LOCATIONS = ("Warehouse Secaucus", "Showroom Brooklyn")


class Level(NamedTuple):
    """Units of one variant at one location; what is on hand leaves out what is incoming."""

    product: Product
    location: int
    active: bool
    updated: int
    available: int
    committed: int
    damaged: int
    incoming: int
    quality_control: int
    reserved: int
    safety_stock: int

    @property
    def on_hand(self) -> int:
        return sum(getattr(self, name) for name in ON_HAND)


def levels_of(shop: Shop, sales: Sequence[Sale], low: int, at: int) -> dict[int, tuple[Level, ...]]:
    """Both levels of each product by its position, from the orders around the anchor (`low` is the earlier of both)."""
    sent, waiting, recent, changed = Counter[int](), Counter[int](), Counter[int](), dict[int, int]()
    high = max(shop.anchor, at)
    for sale in sales:
        if sale.source == "pos" or sale.test:
            continue
        is_open = sale.created <= at and not sale.cancelled and not 0 < sale.fulfilled <= at
        for line in sale.lines:
            if line.product is None:
                continue
            index = line.product.position
            sent[index] += line.quantity * (low < sale.fulfilled <= high)
            waiting[index] += line.quantity * is_open
            recent[index] += line.quantity * (shop.anchor - 30 * DAY < sale.fulfilled <= shop.anchor)
            if sale.fulfilled <= at:
                changed[index] = max(changed.get(index, 0), sale.fulfilled)
    sign = 1 if at >= shop.anchor else -1
    out: dict[int, tuple[Level, ...]] = {}
    for product in shop.products:
        index = product.position
        moved = Movement(sign * sent[index], waiting[index], recent[index] / 30, changed.get(index, 0))
        out[index] = (_warehouse(shop, product, at, moved), _showroom(shop, product))
    return out


def _warehouse(shop: Shop, product: Product, at: int, moved: Movement) -> Level:
    level = stock_of(shop.seed + 1, product, shop.anchor, at, moved)
    incoming = level.inbound_working + level.inbound_shipped + level.inbound_receiving
    checking = product.position % 5
    return Level(
        product=product,
        location=0,
        active=True,
        updated=level.updated,
        available=level.fulfillable,
        committed=level.reserved_orders,
        damaged=level.unfulfillable,
        incoming=incoming,
        quality_control=checking if checking > 2 else 0,
        reserved=level.reserved_processing,
        safety_stock=product.position % 3,
    )


def _showroom(shop: Shop, product: Product) -> Level:
    rng = Random(f"{shop.seed}:showroom:{product.sku}")
    # Sold over the counter before it was booked in: available may be negative.
    available, active = rng.randrange(-2, 9), rng.random() < 0.85
    return Level(product, 1, active, shop.anchor - rng.randrange(DAY, 9 * DAY), available, 0, 0, 0, 0, 0, 0)
