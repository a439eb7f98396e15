"""The shop's Walmart business as it truly happened: what the simulator answers from and tests compare with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.advertising import AdCell, AdTotals, build_campaigns, cells_of
from kpiterm.sandbox.orders import DAY, business_day, elsewhere
from kpiterm.sandbox.shop import Sales, days_between
from kpiterm.sandbox.stock import Movement, StockLevel, stock_of
from kpiterm.sandbox.walmart.items import build_items
from kpiterm.sandbox.walmart.trade import PurchaseOrder, line_states, locate_po, purchase_orders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.walmart.items import Item, Node

SHARE = 0.25  # of the Amazon orders
_SEED_STEP = 7_000_003
_LONGEST_REFUND = timedelta(days=45)
_RECENT_DAYS = 30


class Refunds(NamedTuple):
    """Totals of refunds granted on some days: lines, units, and cents of product price, shipping and tax."""

    lines: int
    units: int
    price: int
    shipping: int
    tax: int


class ItemStock(NamedTuple):
    """Stock of one item where its ship node keeps it; `per_day` is what it sold a day over the last 30."""

    item: Item
    level: StockLevel
    per_day: float


class WalmartShop:
    """The same seller on Walmart. Built from a shop alone, so a test makes its own beside a running sandbox."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.seed = shop, shop.seed + _SEED_STEP
        self.items = build_items(self.seed, shop.products)
        products = tuple(item.product for item in self.items)
        self.demand = replace(
            elsewhere(shop.demand),
            seed=self.seed,
            products=products,
            orders_per_day=shop.demand.orders_per_day * SHARE,
        )
        self.campaigns = build_campaigns(self.seed, products)
        self._orders = lru_cache(maxsize=None)(lambda day: purchase_orders(self.demand, self.items, day))
        self._stock = lru_cache(maxsize=8)(self._count_stock)
        self._cells = lru_cache(maxsize=None)(lambda day: cells_of(self.demand, self.campaigns, day))

    def day_orders(self, day: date) -> tuple[PurchaseOrder, ...]:
        """Every order of a business day, those of the future included; empty before the shop opened."""
        return self._orders(day) if day >= self.shop.first_day else ()

    def day_ads(self, day: date) -> tuple[AdCell, ...]:
        return self._cells(day) if day >= self.shop.first_day else ()

    def orders(self, day_from: date, day_to: date, at: datetime) -> Iterator[PurchaseOrder]:
        """Orders created on business days `day_from`..`day_to` (both included) and not after `at`."""
        seconds = int(at.timestamp())
        for day in days_between(max(day_from, self.shop.first_day), min(day_to, business_day(seconds))):
            for order in self.day_orders(day):
                if order.created <= seconds:
                    yield order

    def order(self, po_id: str, at: datetime) -> PurchaseOrder | None:
        """One order by its purchase order id, if it exists at `at`."""
        place = locate_po(po_id, self.seed)
        if place is None or not self.shop.first_day <= place[0] <= business_day(at.timestamp()):
            return None
        orders = self.day_orders(place[0])
        found = orders[place[1]] if place[1] < len(orders) else None
        return found if found and found.po_id == po_id and found.created <= at.timestamp() else None

    def sales(self, day_from: date, day_to: date, *, at: datetime, node: Node | None = None) -> Sales:
        """Item prices in cents before subscription discounts, units, orders and lines; cancelled lines left out."""
        seconds = int(at.timestamp())
        gmv = units = orders = lines = 0
        for order in self.orders(day_from, day_to, at):
            kept = [line for line in order.lines if not line.cancelled or line.cancelled > seconds]
            if not kept or (node and order.node != node):
                continue
            orders += 1
            lines += len(kept)
            units += sum(line.quantity for line in kept)
            gmv += sum(line.price for line in kept)
        return Sales(gmv, units, orders, lines)

    def gmv(self, day_from: date, day_to: date, *, at: datetime) -> int:
        """Cents of ordered product sales that the order interface shows at `at`, all three ship-node types."""
        return self.sales(day_from, day_to, at=at).gmv

    def refunds(self, day_from: date, day_to: date, *, at: datetime) -> Refunds:
        """What was given back on business days `day_from`..`day_to`, by the day of the refund."""
        seconds, totals = int(at.timestamp()), Counter[str]()
        for order in self.orders(day_from - _LONGEST_REFUND, day_to, at):
            for refund in (line.refund for line in order.lines if line.refund):
                if refund.at <= seconds and day_from <= business_day(refund.at) <= day_to:
                    totals["lines"] += 1
                    for name in ("quantity", "price", "shipping", "tax"):
                        totals[name] += getattr(refund, name)
        return Refunds(totals["lines"], totals["quantity"], totals["price"], totals["shipping"], totals["tax"])

    def ad_totals(self, day_from: date, day_to: date, *, at: datetime) -> AdTotals:
        """Sponsored Search totals that a snapshot asked for at `at` holds; attributed over 3, 14 or 30 days."""
        totals, seconds = AdTotals(), int(at.timestamp())
        for day in days_between(day_from, day_to):
            if self.shop.ads_visible(day, seconds):
                for cell in self.day_ads(day):
                    totals.add(cell, seconds)
        return totals

    def stock(self, *, at: datetime) -> tuple[ItemStock, ...]:
        """Stock of every item at `at`: WFS items in Walmart's warehouses, the others at the seller's own nodes."""
        return self._stock(int(at.timestamp()))

    def _count_stock(self, at: int) -> tuple[ItemStock, ...]:
        anchor = self.shop.anchor
        low, high = sorted((anchor, at))
        shipped, open_units, recent, changed = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
        since = business_day(low - _RECENT_DAYS * DAY) - timedelta(days=9)
        for order in self.orders(since, business_day(high), datetime.fromtimestamp(high, UTC)):
            for line in order.lines:
                index, sent = line.product.position, 0 if line.cancelled else order.shipped
                recent[index] += line.quantity if anchor - _RECENT_DAYS * DAY < sent <= anchor else 0
                shipped[index] += line.quantity if low < sent <= high else 0
                if order.created <= at and line_states(order, line, at)[0][0] in {"Created", "Acknowledged"}:
                    open_units[index] += line.quantity
                if sent <= at:
                    changed[index] = max(changed[index], sent)
        sign = 1 if at >= anchor else -1
        out = []
        for i, item in enumerate(self.items):
            moved = Movement(sign * shipped[i], open_units[i], recent[i] / _RECENT_DAYS, changed[i])
            out.append(ItemStock(item, stock_of(self.seed, item.product, anchor, at, moved), moved.per_day))
        return tuple(out)
