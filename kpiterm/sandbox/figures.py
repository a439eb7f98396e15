"""A day's sales and traffic as the seller's business report counts them: late at first, and put right within a week."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from kpiterm.sandbox.orders import DAY, day_bounds, status
from kpiterm.sandbox.shop import days_between, traffic_of

if TYPE_CHECKING:
    from kpiterm.sandbox.orders import Order
    from kpiterm.sandbox.shop import Shop

_RESTATED_DAYS = 7
_LATE_COUNTED_DAYS = 5
_LONGEST_REFUND = timedelta(days=36)


@dataclass
class ProductFigures:
    """Sums of one product; money in cents, `buy_box` is page views times the percentage."""

    units: int = 0
    items: int = 0
    sales: int = 0
    sessions: int = 0
    mobile_sessions: int = 0
    page_views: int = 0
    mobile_page_views: int = 0
    buy_box: float = 0.0

    def add(self, other: ProductFigures) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Figures:
    """Sums of one or more days: by product, and what lands on the day of shipment, refund or feedback."""

    products: dict[int, ProductFigures] = field(default_factory=dict)
    other: Counter[str] = field(default_factory=Counter)

    def product(self, index: int) -> ProductFigures:
        return self.products.setdefault(index, ProductFigures())

    def add(self, other: Figures) -> None:
        for index, figures in other.products.items():
            self.product(index).add(figures)
        self.other.update(other.other)

    def total(self) -> ProductFigures:
        total = ProductFigures()
        for figures in self.products.values():
            total.add(figures)
        return total


def figures_of(shop: Shop, day_from: date, day_to: date, at: int) -> dict[date, Figures]:
    """Figures of each day of the range that the report holds at `at`; days that it does not hold yet are left out."""
    visible = [day for day in days_between(day_from, day_to) if shop.traffic_visible(day, at)]
    if not visible:
        return {}
    out = {day: Figures() for day in visible}
    for day in visible:
        _count_traffic(shop, day, at, out[day])
    starts = [day_bounds(day)[0] for day in days_between(day_from, day_to + timedelta(days=1))]
    moment = datetime.fromtimestamp(at, UTC)
    for order in shop.orders(day_from - _LONGEST_REFUND, day_to, moment):
        if order.day in out and _counted(order, shop, at):
            _count_order(order, out[order.day])
        _count_events(order, at, starts, day_from, out)
    return out


def _age_days(day: date, at: int) -> int:
    return max(0, at - day_bounds(day)[1]) // DAY


def _counted(order: Order, shop: Shop, at: int) -> bool:
    if order.non_amazon or status(order, at) == "CANCELLED":
        return False
    return not (order.late_counted and shop.lag and _age_days(order.day, at) < _LATE_COUNTED_DAYS)


def _count_order(order: Order, figures: Figures) -> None:
    figures.other["orders"] += 1
    for line in order.lines:
        product = figures.product(line.product.position)
        product.units += line.quantity
        product.items += 1
        product.sales += line.price


def _count_events(order: Order, at: int, starts: list[int], day_from: date, out: dict[date, Figures]) -> None:
    def on(moment: int) -> Counter[str]:
        position = bisect_right(starts, moment) - 1
        day = day_from + timedelta(days=position)
        known = 0 < moment <= at and 0 <= position < len(starts) - 1 and day in out
        return out[day].other if known else Counter()

    if order.shipped and not order.non_amazon:
        shipped = on(order.shipped)
        shipped["orders_shipped"] += 1
        shipped["units_shipped"] += sum(line.quantity for line in order.lines)
        shipped["shipped_sales"] += sum(line.price for line in order.lines)
    for line in order.lines:
        if line.refunded and not order.non_amazon:
            on(line.refunded)["units_refunded"] += line.quantity
    if order.defect and not order.non_amazon:
        seen = on(order.defect_at)
        seen[order.defect] += 1
        seen["claims_amount"] += sum(line.price for line in order.lines) if order.defect == "claims" else 0


def _count_traffic(shop: Shop, day: date, at: int, figures: Figures) -> None:
    age = _age_days(day, at)
    missing = max(0, _RESTATED_DAYS - age) if shop.lag else 0
    share = 1 - 0.012 * missing  # sessions are still being counted for a week
    for seen in traffic_of(shop, day):
        product = figures.product(seen.product.position)
        product.sessions = int(seen.sessions * share)
        product.mobile_sessions = int(seen.mobile_sessions * share)
        product.page_views = int(seen.page_views * share)
        product.mobile_page_views = int(seen.mobile_page_views * share)
        product.buy_box = seen.buy_box * product.page_views
    rng = Random(f"{shop.seed}:feedback:{day}")
    figures.other["positive_feedback"] = sum(rng.random() < 0.03 for _ in shop.day_orders(day))
