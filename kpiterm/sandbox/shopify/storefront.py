"""The online shop at a moment: which orders, refunds, returns and sessions are known, and the true totals of them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import elsewhere
from kpiterm.sandbox.shop import days_between
from kpiterm.sandbox.shopify.sales import IMPORTED, SETTLED, Sale, business_day, day_bounds, locate, sales_of
from kpiterm.sandbox.shopify.stock import Level, levels_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.shop import Shop
    from kpiterm.sandbox.shopify.after_sales import Refund


class SalesTotals(NamedTuple):
    """Totals over order lines in cents; cancelled and test orders and gift cards are left out.

    `gmv` is before discounts and without shipping and tax, as the KPI counts it.
    """

    gmv: int
    discounts: int
    units: int
    orders: int
    lines: int


class RefundTotals(NamedTuple):
    """Refunds granted on the days asked for: money that buyers got back, and units taken back or given up."""

    amount: int
    units: int
    refunds: int


class Sessions(NamedTuple):
    """Visits to the online store on one day."""

    sessions: int
    visitors: int
    page_views: int
    cart_additions: int
    reached_checkout: int
    completed_checkout: int


class Storefront:
    """The shop of `shop`'s seller at Shopify. Days are made when first looked at and never change afterwards."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.demand = elsewhere(shop.demand)
        self._sales = lru_cache(maxsize=None)(sales_of)
        self._levels = lru_cache(maxsize=8)(self._levels_at)

    def day_sales(self, day: date) -> tuple[Sale, ...]:
        """Every order created on one of the shop's days, the future included; empty before the shop opened."""
        return self._sales(self.demand, day) if day >= self.shop.first_day else ()

    def sales(self, day_from: date, day_to: date, at: float) -> Iterator[Sale]:
        """Orders created on those days (both included) and not after `at`."""
        for day in days_between(max(day_from, self.shop.first_day), min(day_to, business_day(at))):
            for sale in self.day_sales(day):
                if sale.created <= at:
                    yield sale

    def sale(self, number: int, at: float) -> Sale | None:
        """One order by its number, if it exists at `at`."""
        place = locate(number)
        if place is None or place[0] < self.shop.first_day:
            return None
        day = self.day_sales(place[0])
        found = day[place[1]] if place[1] < len(day) else None
        return found if found and found.created <= at else None

    def gmv(self, day_from: date, day_to: date, *, at: datetime) -> SalesTotals:
        """Totals by the day on which the buyer ordered (`processedAt` in the shop's zone)."""
        seconds, counts = at.timestamp(), Counter[str]()
        for sale in self.sales(day_from, day_to + IMPORTED + timedelta(days=1), seconds):
            ordered = business_day(sale.processed)
            if sale.test or 0 < sale.cancelled <= seconds or not day_from <= ordered <= day_to:
                continue
            lines = [line for line in sale.lines if not line.gift_card]
            counts["gmv"] += sum(line.gross for line in lines)
            counts["discounts"] += sum(line.automatic_discount + line.code_discount for line in lines)
            counts["units"] += sum(line.quantity for line in lines)
            counts["orders"] += bool(lines)
            counts["lines"] += len(lines)
        return SalesTotals(*(counts[name] for name in SalesTotals._fields))

    def refunds(self, day_from: date, day_to: date, *, at: datetime) -> RefundTotals:
        """Refunds of orders that are no tests, by the day on which they were granted."""
        amount = units = count = 0
        for _, refund in self.refunds_between(day_from, day_to, at.timestamp()):
            amount += refund.amount
            units += sum(back.quantity for back in refund.lines)
            count += 1
        return RefundTotals(amount, units, count)

    def refunds_between(self, day_from: date, day_to: date, at: float) -> Iterator[tuple[Sale, Refund]]:
        """Every refund granted on those days and not after `at`, with its order; tests left out."""
        for sale in self.sales(day_from - SETTLED, day_to, at):
            for refund in sale.refunds:
                known = not sale.test and refund.created <= at
                if known and day_from <= business_day(refund.created) <= day_to:
                    yield sale, refund

    def stock(self, *, at: datetime) -> tuple[Level, ...]:
        """Every inventory level at `at`, at both locations."""
        return tuple(level for levels in self.levels(at.timestamp()).values() for level in levels)

    def levels(self, at: float) -> dict[int, tuple[Level, ...]]:
        """The levels at `at` by the product's position."""
        return self._levels(int(at))

    def sessions(self, day: date, *, at: datetime) -> Sessions:
        """Visits on one day as far as they are counted at `at`; none before the shop opened or in the future."""
        start, end = day_bounds(day)
        share = min(1.0, max(0.0, (at.timestamp() - start) / (end - start)))
        if day < self.shop.first_day or not share:
            return Sessions(0, 0, 0, 0, 0, 0)
        bought = sum(not s.test and s.source == "web" and s.created <= at.timestamp() for s in self.day_sales(day))
        rng = Random(f"{self.shop.seed}:shopify-sessions:{day}")
        sessions = bought + round(share * (len(self.day_sales(day)) + rng.uniform(2, 6)) / rng.uniform(0.018, 0.031))
        carts = bought + round((sessions - bought) * rng.uniform(0.05, 0.08))
        checkouts = bought + round((carts - bought) * rng.uniform(0.4, 0.6))
        visitors, views = round(sessions * rng.uniform(0.78, 0.88)), round(sessions * rng.uniform(2.2, 3.4))
        return Sessions(sessions, visitors, views, carts, checkouts, bought)

    def _levels_at(self, at: int) -> dict[int, tuple[Level, ...]]:
        since = business_day(min(self.shop.anchor, at)) - SETTLED
        low, high = sorted((self.shop.anchor, at))
        return levels_of(self.shop, list(self.sales(since, business_day(high), high)), low, at)
