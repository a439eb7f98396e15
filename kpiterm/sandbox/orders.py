"""Orders as they happened, one shop day at a time, each with the moments of payment, shipment and cancellation."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from math import sqrt
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from kpiterm.sandbox.events import thanksgiving_weekend, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.stories import Stories

PACIFIC = ZoneInfo("America/Los_Angeles")
HOUR, DAY = 3600, 86400
SETTLED = timedelta(days=9)  # no order changes its state later than this after its day began

_EPOCH = date(2000, 1, 1)
_MODULUS, _FACTOR = 10**14, 61_803_398_875_903
_PER_DAY, _PER_ORDER = 100_000, 8
_HOURLY = (8, 5, 3, 3, 4, 8, 16, 26, 36, 44, 50, 52, 52, 50, 49, 48, 48, 50, 55, 62, 66, 58, 38, 18)
_WEEKDAY = (1.06, 1.03, 1.0, 0.97, 0.95, 0.93, 1.06)
_GROWTH_PER_DAY = 1.018 ** (1 / 30)
PLACES = (
    ("Austin", "TX", "78701", 825),
    ("Seattle", "WA", "98101", 1025),
    ("Columbus", "OH", "43004", 750),
    ("Portland", "OR", "97201", 0),
    ("Tampa", "FL", "33601", 750),
    ("San Diego", "CA", "92101", 775),
    ("Albany", "NY", "12201", 800),
)


class Line(NamedTuple):
    """One order line; money in cents for the whole line, `refunded` is the moment of a refund or 0."""

    item_id: str
    product: Product
    quantity: int
    price: int
    tax: int
    shipping: int
    discount: int
    refunded: int


class Order(NamedTuple):
    """One order with its whole future; moments are epoch seconds, 0 means never."""

    order_id: str
    day: date
    created: int
    paid: int
    shipped: int
    cancelled: int
    afn: bool
    non_amazon: bool
    business: bool
    price_hidden: bool  # no price shown while the payment is pending
    price_kept: bool  # a cancelled order may keep quantity and price
    late_counted: bool  # joins the sales and traffic report days after the others
    late_shipped: bool
    defect: str
    defect_at: int
    place: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What drives a day's orders."""

    seed: int
    products: tuple[Product, ...]
    orders_per_day: float
    first_day: date
    stories: Stories | None = None


class Shelf(NamedTuple):
    """What is on sale on a day, by position: products at the day's price, percent off, demand cumulated."""

    products: tuple[Product, ...]
    promos: list[int]
    cumulative: list[float]

    def pick(self, rng: Random) -> int:
        """The position of a product that a buyer chooses."""
        return bisect(self.cumulative, rng.random() * self.cumulative[-1])

    def sells(self, position: int) -> bool:
        return self.cumulative[position] > (self.cumulative[position - 1] if position else 0)


def status(order: Order, at: int) -> str:
    """PENDING, UNSHIPPED, SHIPPED or CANCELLED, as seen at a moment."""
    if order.cancelled and order.cancelled <= at:
        return "CANCELLED"
    if order.shipped and order.shipped <= at:
        return "SHIPPED"
    return "UNSHIPPED" if order.paid <= at else "PENDING"


def updated(order: Order, at: int) -> int:
    """The latest change to the order that is not after `at`."""
    return max(m for m in (order.created, order.paid, order.shipped, order.cancelled) if m <= at)


def price_known(order: Order, at: int) -> bool:
    """False for multi-channel orders, unauthorised payments and those cancelled orders that were blanked."""
    state = status(order, at)
    if order.non_amazon or (state == "PENDING" and order.price_hidden):
        return False
    return order.price_kept if state == "CANCELLED" else True


def quantity_shown(order: Order, line: Line, at: int) -> int:
    return line.quantity if order.price_kept or status(order, at) != "CANCELLED" else 0


def day_bounds(day: date) -> tuple[int, int]:
    """First second of the Pacific business day and of the next."""
    start, end = (datetime(d.year, d.month, d.day, tzinfo=PACIFIC) for d in (day, day + timedelta(days=1)))
    return int(start.timestamp()), int(end.timestamp())


def business_day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).astimezone(PACIFIC).date()


def season(day: date) -> float:
    """The year's shape: a summer event, the fourth quarter, the Thanksgiving weekend, the quiet after Christmas."""
    if within(day, thanksgiving_weekend(day.year)):
        return 2.1
    if day.month == 12:
        return 1.5 if day.day <= 17 else 1.15 if day.day <= 23 else 0.8
    if day.month == 11:
        return 1.08 + 0.012 * day.day
    if day.month == 7 and day.day in {14, 15}:
        return 1.8
    return (0.93, 0.94, 0.97, 0.99, 1.0, 1.0, 1.02, 1.0, 0.98, 1.03)[day.month - 1]


def expected_orders(demand: Demand, day: date) -> float:
    growth = _GROWTH_PER_DAY ** (day - demand.first_day).days
    return demand.orders_per_day * season(day) * _WEEKDAY[day.weekday()] * growth * _moved(demand, day)


def _moved(demand: Demand, day: date) -> float:
    """By how much the stories change the whole demand: a buyer who finds nothing goes to another shop."""
    if demand.stories is None:
        return 1.0
    factors = demand.stories.factors(day)
    whole = sum(p.weight for p in demand.products)
    return 1 + sum(p.weight * (factors[p.sku] - 1) for p in demand.products if p.sku in factors) / whole


def elsewhere(demand: Demand) -> Demand:
    """The demand on a channel that Amazon's stock and events do not touch."""
    return replace(demand, stories=demand.stories.elsewhere()) if demand.stories else demand


def products_on(demand: Demand, day: date) -> tuple[Product, ...]:
    """Every product, those that are not on sale included, as it is on that day."""
    return demand.stories.priced(demand.products, day) if demand.stories else demand.products


def promotions(demand: Demand, day: date) -> list[int]:
    """Percent off per product on that day: weekly coupons, and deals over the Thanksgiving weekend."""
    week = day - timedelta(days=day.weekday())
    rng = Random(f"{demand.seed}:promo:{week}")
    coupons = [rng.choice((10, 15)) if rng.random() < 0.12 else 0 for _ in demand.products]
    if season(day) < 2:
        return coupons
    return [20 if rng.random() < 0.5 else coupon for coupon in coupons]


def demand_weights(demand: Demand, day: date, promos: Sequence[int]) -> list[float]:
    """Shares of the day's demand by position; 0 for what is not on sale."""
    weights = [p.weight * (1 + percent / 40) for p, percent in zip(demand.products, promos, strict=True)]
    if demand.stories is None:
        return weights
    factors = demand.stories.factors(day)
    return [weight * factors.get(p.sku, 1.0) for weight, p in zip(weights, demand.products, strict=True)]


def shelf_of(demand: Demand, day: date) -> Shelf:
    promos = promotions(demand, day)
    return Shelf(products_on(demand, day), promos, list(accumulate(demand_weights(demand, day, promos))))


def orders_of(demand: Demand, day: date) -> tuple[Order, ...]:
    """All orders of one business day in order of creation; the same arguments always give the same orders."""
    rng = Random(f"{demand.seed}:orders:{day}")
    expected = expected_orders(demand, day)
    count = min(_PER_DAY - 1, max(0, round(rng.gauss(expected, sqrt(expected)))))
    start, end = day_bounds(day)
    hours = rng.choices(range(24), _HOURLY, k=count)
    moments = sorted(start + int((h + rng.random()) * (end - start) / 24) for h in hours)
    shelf = shelf_of(demand, day)
    return tuple(_order(rng, demand.seed, shelf, day, i, moment) for i, moment in enumerate(moments))


def _order(rng: Random, seed: int, shelf: Shelf, day: date, index: int, created: int) -> Order:
    number = ((day - _EPOCH).days * _PER_DAY + index) * _PER_ORDER
    place = int(rng.random() * len(PLACES))
    draw = rng.random()
    count = 1 if draw < 0.87 else 2 if draw < 0.97 else 3
    chosen = [shelf.products[shelf.pick(rng)] for _ in range(count)]
    afn = chosen[0].afn
    paid, shipped, cancelled, late = _timeline(rng, created, afn=afn)
    defect, defect_at = _defect(rng, shipped)
    lines = tuple(
        _line(rng, product, shelf.promos[product.position], number + i, shipped, PLACES[place][3])
        for i, product in enumerate(chosen)
        if product.afn == afn
    )
    draw = rng.random()
    return Order(
        order_id=_order_id(number, seed),
        day=day,
        created=created,
        paid=paid,
        shipped=shipped,
        cancelled=cancelled,
        afn=afn,
        non_amazon=afn and draw < 0.02,
        business=draw > 0.94,
        price_hidden=rng.random() < 0.5,
        price_kept=rng.random() < 0.4,
        late_counted=rng.random() < 0.02,
        late_shipped=late,
        defect=defect,
        defect_at=defect_at,
        place=place,
        lines=lines,
    )


def _timeline(rng: Random, created: int, *, afn: bool) -> tuple[int, int, int, bool]:
    """Moments of payment, shipment and cancellation, and whether a merchant shipment missed its date."""
    slow = rng.random() < 0.12
    paid = created + int(rng.uniform(6, 30) * HOUR if slow else rng.uniform(0.2, 2) * HOUR)
    late = not afn and rng.random() < 0.018
    shipped = paid + int((rng.uniform(3, 40) if afn else rng.uniform(8, 44)) * HOUR) + (2 * DAY if late else 0)
    if rng.random() >= 0.026:
        return paid, shipped, 0, late
    soon = rng.random() < 0.7
    cancelled = created + int(rng.uniform(0.2, 5) * HOUR if soon else rng.uniform(1, 4.5) * DAY)
    return min(paid, cancelled), 0, cancelled, False


def _defect(rng: Random, shipped: int) -> tuple[str, int]:
    draw = rng.random()
    if not shipped or draw >= 0.0052:
        return "", 0
    kind = "negativeFeedback" if draw < 0.003 else "claims" if draw < 0.0047 else "chargebacks"
    return kind, shipped + int(rng.uniform(3, 14) * DAY)


def _line(rng: Random, product: Product, percent: int, number: int, shipped: int, tax_rate: int) -> Line:
    draw = rng.random()
    quantity = 1 if draw < 0.86 else 2 if draw < 0.96 else 3 if draw < 0.99 else 5
    price = product.price * quantity
    shipping = 499 if not product.afn and rng.random() < 0.4 else 0
    refunded = 0
    if shipped and rng.random() < product.refund_rate:
        refunded = shipped + int(rng.uniform(5, 24) * DAY)
    discount = price * percent // 100 if percent and rng.random() < 0.8 else 0
    item_id = f"{number * _FACTOR % _MODULUS:014d}"
    return Line(item_id, product, quantity, price, (price - discount) * tax_rate // 10000, shipping, discount, refunded)


def _order_id(number: int, seed: int) -> str:
    digits = f"{(number * _FACTOR + seed) % _MODULUS:014d}"
    return f"11{number // _PER_ORDER % 4 + 1}-{digits[:7]}-{digits[7:]}"


def locate(order_id: str, seed: int) -> tuple[date, int] | None:
    """Day and position of an order, computed back from its id; None for text that is no order id."""
    digits = order_id.replace("-", "")
    if len(digits) != 17 or not digits.isdecimal():
        return None
    number = (int(digits[3:]) - seed) * pow(_FACTOR, -1, _MODULUS) % _MODULUS
    days, rest = divmod(number // _PER_ORDER, _PER_DAY)
    return (_EPOCH + timedelta(days=days), rest) if days < 60_000 else None
