"""The seeded shop: what truly happened, day by day, and what of it is known at a moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from math import ceil
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.advertising import AdCell, AdTotals, build_campaigns, cells_of
from kpiterm.sandbox.catalog import Product, build_catalog
from kpiterm.sandbox.orders import (
    DAY,
    HOUR,
    SETTLED,
    Demand,
    Order,
    business_day,
    day_bounds,
    expected_orders,
    locate,
    orders_of,
    price_known,
    products_on,
    quantity_shown,
    status,
)
from kpiterm.sandbox.stock import Movement, Plan, StockLevel, stock_of
from kpiterm.sandbox.stories import Stories, plant
from kpiterm.sandbox.story_stock import plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CURRENCY = "USD"
MARKETPLACE_ID = "ATVPDKIKX0DER"


class Sales(NamedTuple):
    """Totals over order lines; `gmv` in cents before discounts, cancelled and multi-channel orders left out."""

    gmv: int
    units: int
    orders: int
    lines: int


class Defects(NamedTuple):
    """Orders of a 60-day window and those of them with a defect, by kind."""

    orders: int
    by_kind: Counter[str]

    @property
    def rate(self) -> float:
        return self.by_kind.total() / self.orders if self.orders else 0.0


class Shop:
    """One US seller. Orders and ad days are made when first looked at and never change afterwards."""

    def __init__(
        self,
        *,
        seed: int,
        days: int,
        orders_per_day: float,
        skus: int,
        now: datetime,
        lag: bool = True,
        stories: bool = False,
    ) -> None:
        if days < 1 or skus < 1 or orders_per_day < 0:
            raise ValueError(
                f"a shop needs days >= 1, skus >= 1, orders_per_day >= 0: {days}, {skus}, {orders_per_day}"
            )
        self.seed, self.lag = seed, lag
        self.anchor = int(now.timestamp())
        self.first_day = business_day(self.anchor) - timedelta(days=days - 1)
        self.products = build_catalog(seed, skus)
        planted: Stories | None = None
        if stories:
            self.products, planted = plant(self.products, business_day(self.anchor))
        self.campaigns = build_campaigns(seed, self.products)
        shape = Demand(seed, self.products, 1.0, self.first_day, planted)
        mean = sum(expected_orders(shape, self.first_day + timedelta(days=i)) for i in range(days)) / days
        self.demand = replace(shape, orders_per_day=orders_per_day / mean)
        self._orders = lru_cache(maxsize=None)(orders_of)
        self._cells = lru_cache(maxsize=None)(cells_of)

    @property
    def stories(self) -> Mapping[str, str]:
        """The SKU of each role of `stories.ROLES`; empty in a shop without stories. Their dates: `demand.stories`."""
        return self.demand.stories.roles if self.demand.stories else {}

    def listed(self, product: Product) -> date:
        """The first day of which the shop knows anything about a product."""
        stories = self.demand.stories
        if stories and product.sku == stories.roles["new"]:
            return max(self.first_day, stories.stocked)
        return self.first_day

    def level(self, product: Product, at: int, moved: Movement) -> StockLevel:
        """FBA stock of one SKU at a moment, from what the order book says of it."""
        return stock_of(self.seed, product, self.anchor, at, moved, self._plans.get(product.sku))

    @cached_property
    def _plans(self) -> dict[str, Plan]:
        return plans(self, self.demand.stories) if self.demand.stories else {}

    def day_orders(self, day: date) -> tuple[Order, ...]:
        """Every order of a business day, those of the future included; empty before the shop opened."""
        return self._orders(self.demand, day) if day >= self.first_day else ()

    def day_ads(self, day: date) -> tuple[AdCell, ...]:
        return self._cells(self.demand, self.campaigns, day) if day >= self.first_day else ()

    def orders(self, day_from: date, day_to: date, at: datetime) -> Iterator[Order]:
        """Orders created on business days `day_from`..`day_to` (both included) and not after `at`."""
        seconds = int(at.timestamp())
        for day in days_between(max(day_from, self.first_day), min(day_to, business_day(seconds))):
            for order in self.day_orders(day):
                if order.created <= seconds:
                    yield order

    def order(self, order_id: str, at: datetime) -> Order | None:
        """One order by its id, if it exists at `at`."""
        place = locate(order_id, self.seed)
        if place is None or not self.first_day <= place[0] <= business_day(at.timestamp()):
            return None
        orders = self.day_orders(place[0])
        found = orders[place[1]] if place[1] < len(orders) else None
        return found if found and found.order_id == order_id and found.created <= at.timestamp() else None

    def orders_touched(self, start: int, end: int) -> Iterator[Order]:
        """Orders that may have been created or changed between two moments: a superset, in order of creation."""
        opened = max(start, day_bounds(self.first_day)[0])
        for day in days_between(max(business_day(opened) - SETTLED, self.first_day), business_day(end)):
            yield from self.day_orders(day)

    def sales(self, day_from: date, day_to: date, *, at: datetime) -> Sales:
        """What order sources show at `at`: lines whose price is still unknown add units but no money."""
        seconds = int(at.timestamp())
        gmv = units = orders = lines = 0
        for order in self.orders(day_from, day_to, at):
            if order.non_amazon or status(order, seconds) == "CANCELLED":
                continue
            orders += 1
            lines += len(order.lines)
            units += sum(line.quantity for line in order.lines)
            if price_known(order, seconds):
                gmv += sum(line.price for line in order.lines)
        return Sales(gmv, units, orders, lines)

    def gmv(self, day_from: date, day_to: date, *, at: datetime) -> int:
        """Cents of ordered product sales that order sources show at `at`."""
        return self.sales(day_from, day_to, at=at).gmv

    def ad_totals(self, day_from: date, day_to: date, *, at: datetime) -> AdTotals:
        """Sponsored Products totals that a report asked for at `at` shows."""
        totals, seconds = AdTotals(), int(at.timestamp())
        for day in days_between(day_from, day_to):
            if self.ads_visible(day, seconds):
                for cell in self.day_ads(day):
                    totals.add(cell, seconds)
        return totals

    def ads_visible(self, day: date, at: int) -> bool:
        """Reports hold a day once it is over, and with lag about twelve hours later."""
        return at >= day_bounds(day)[1] + (12 * HOUR if self.lag else 0)

    def traffic_visible(self, day: date, at: int) -> bool:
        """The sales and traffic report holds a day 24 to 72 hours after its end."""
        delay = Random(f"{self.seed}:lag:{day}").randrange(24, 73) * HOUR if self.lag else 0
        return day >= self.first_day and at >= day_bounds(day)[1] + delay

    def odr(self, *, at: datetime) -> dict[str, Defects]:
        """Order defects by fulfilment (`mfn`, `afn`) over the 60-day window that the performance report covers."""
        last = business_day(at.timestamp()) - timedelta(days=16)
        counts, defects = Counter[str](), {"mfn": Counter[str](), "afn": Counter[str]()}
        for order in self.orders(last - timedelta(days=59), last, at):
            network = "afn" if order.afn else "mfn"
            counts[network] += not order.non_amazon
            if order.defect and not order.non_amazon and order.defect_at <= at.timestamp():
                defects[network][order.defect] += 1
        return {network: Defects(counts[network], kinds) for network, kinds in defects.items()}

    def stock(self, *, at: datetime) -> tuple[StockLevel, ...]:
        """FBA stock of every FBA SKU at `at`."""
        seconds = int(at.timestamp())
        low, high = sorted((self.anchor, seconds))
        shipped, open_units, recent, changed = Counter[int](), Counter[int](), Counter[int](), dict[int, int]()
        since = business_day(low - 30 * DAY) - SETTLED
        for order in self.orders(since, business_day(high), datetime.fromtimestamp(high, tz=at.tzinfo)):
            if not order.afn:
                continue
            sent = bool(order.shipped)
            is_open = order.created <= seconds and status(order, seconds) in {"PENDING", "UNSHIPPED"}
            for line in order.lines:
                index, quantity = line.product.position, quantity_shown(order, line, seconds)
                recent[index] += quantity if sent and self.anchor - 30 * DAY < order.shipped <= self.anchor else 0
                shipped[index] += quantity if sent and low < order.shipped <= high else 0
                open_units[index] += quantity if is_open else 0
                if sent and order.shipped <= seconds:
                    changed[index] = max(changed.get(index, 0), order.shipped)
        sign = 1 if seconds >= self.anchor else -1
        return tuple(
            self.level(
                p,
                seconds,
                Movement(
                    sign * shipped[p.position],
                    open_units[p.position],
                    recent[p.position] / 30,
                    changed.get(p.position, 0),
                ),
            )
            for p in self.products
            if p.afn and business_day(seconds) >= self.listed(p)
        )


class Traffic(NamedTuple):
    """Visits to one product's page on one day, as counted in the end."""

    product: Product
    sessions: int
    mobile_sessions: int
    page_views: int
    mobile_page_views: int
    buy_box: float


def traffic_of(shop: Shop, day: date) -> list[Traffic]:
    """Final traffic of a day: sessions follow from the day's order items and each product's conversion."""
    rng = Random(f"{shop.seed}:traffic:{day}")
    items = Counter(line.product.position for o in shop.day_orders(day) if not o.non_amazon for line in o.lines)
    out = []
    for product in products_on(shop.demand, day):
        if day < shop.listed(product):
            continue
        sessions = ceil(
            (items[product.position] + rng.uniform(0.2, 0.9)) / product.conversion * rng.uniform(0.92, 1.08)
        )
        mobile, views = round(sessions * rng.uniform(0.6, 0.72)), round(sessions * rng.uniform(1.25, 1.6))
        out.append(
            Traffic(product, sessions, mobile, views, round(views * rng.uniform(0.6, 0.72)), rng.uniform(86, 99.5))
        )
    return out


def days_between(day_from: date, day_to: date) -> Iterator[date]:
    """Every day from one to the other, both included."""
    for offset in range((day_to - day_from).days + 1):
        yield day_from + timedelta(days=offset)
