"""Orders of the online shop as they happened: the seeded catalogue sold at about a seventh of Amazon's volume."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import sqrt
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from kpiterm.sandbox.orders import DAY, HOUR, PLACES, Demand, Shelf, expected_orders, shelf_of
from kpiterm.sandbox.shopify.after_sales import Case, Dispute, Refund, Return, after_sales

if TYPE_CHECKING:
    from kpiterm.sandbox.catalog import Product

TIMEZONE = ZoneInfo("America/New_York")
SHARE = 0.15  # of Amazon's orders
SETTLED = timedelta(days=90)  # no order changes later than this after its day
IMPORTED = timedelta(days=3)  # an imported order was processed at most so long before it was created
IMPORT_SOURCE = "1424624641"
MANUAL, CARD, BOGUS = "manual", "shopify_payments", "bogus"

_EPOCH = date(2000, 1, 1)
_PER_DAY = 100_000
_ORDER_BASE, _STRIDE = 5_600_000_000_000, 97
_LINE_BASE, _LINES = 14_200_000_000_000, 64
_SOURCES = (("web", 0.79), ("pos", 0.09), ("shopify_draft_order", 0.07), ("iphone", 0.03), (IMPORT_SOURCE, 0.02))
_HOURLY = (4, 2, 1, 1, 2, 4, 9, 18, 30, 42, 50, 54, 56, 52, 50, 48, 47, 48, 54, 62, 64, 52, 30, 12)
_GIFT_CARDS = (2500, 5000, 10000)
CANADA = len(PLACES)  # the place of orders that are paid in Canadian dollars


class SaleLine(NamedTuple):
    """One line; cents, discounts for the whole line. Without a product it is a gift card or a custom item."""

    number: int
    product: Product | None
    title: str
    quantity: int
    unit_price: int
    automatic_discount: int
    code_discount: int
    tax: int
    gift_card: bool

    @property
    def gross(self) -> int:
        return self.unit_price * self.quantity

    @property
    def net(self) -> int:
        """After all discounts, before tax."""
        return self.gross - self.automatic_discount - self.code_discount


class Sale(NamedTuple):
    """One order with its whole future; moments are epoch seconds, 0 means never."""

    number: int
    serial: int
    day: date
    created: int
    processed: int
    paid: int
    authorised: bool  # a card is held, but the money is not taken yet
    fulfilled: int
    cancelled: int
    cancel_reason: str
    source: str
    gateway: str
    test: bool
    place: int
    code: str
    shipping: int
    lines: tuple[SaleLine, ...]
    refunds: tuple[Refund, ...]
    returns: tuple[Return, ...]
    dispute: Dispute | None

    @property
    def subtotal(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return self.subtotal + self.tax + self.shipping

    @property
    def closed(self) -> int:
        """When the order was archived: soon after it was sent and paid, or with its cancellation."""
        done = max(self.fulfilled, self.paid) if self.fulfilled and self.paid else 0
        return self.cancelled or (done + HOUR if done else 0)


class _Draft(NamedTuple):
    """What is known of an order before its lines."""

    serial: int
    created: int
    source: str
    place: int
    test: bool


def business_day(moment: float) -> date:
    """The shop's own day."""
    return datetime.fromtimestamp(moment, UTC).astimezone(TIMEZONE).date()


def day_bounds(day: date) -> tuple[int, int]:
    """First second of the shop's day and of the next."""
    start, end = (datetime(d.year, d.month, d.day, tzinfo=TIMEZONE) for d in (day, day + timedelta(days=1)))
    return int(start.timestamp()), int(end.timestamp())


def number_of_serial(serial: int) -> int:
    """The id of the order with a serial."""
    return _ORDER_BASE + serial * _STRIDE


def locate(number: int) -> tuple[date, int] | None:
    """Day and position of an order, computed back from its number."""
    serial, rest = divmod(number - _ORDER_BASE, _STRIDE)
    days, index = divmod(serial, _PER_DAY)
    return (_EPOCH + timedelta(days=days), index) if not rest and 0 <= days < 60_000 else None


def sales_of(demand: Demand, day: date) -> tuple[Sale, ...]:
    """All orders created on one of the shop's days; the same arguments always give the same orders."""
    rng = Random(f"{demand.seed}:shopify:{day}")
    expected = expected_orders(demand, day) * SHARE
    count = min(_PER_DAY - 1, max(0, round(rng.gauss(expected, sqrt(expected)))))
    start, end = day_bounds(day)
    hours = rng.choices(range(24), _HOURLY, k=count)
    moments = sorted(start + int((hour + rng.random()) * (end - start) / 24) for hour in hours)
    shelf = shelf_of(demand, day)
    first = (day - _EPOCH).days * _PER_DAY
    return tuple(_sale(rng, shelf, day, first + i, moment) for i, moment in enumerate(moments))


def _sale(rng: Random, shelf: Shelf, day: date, serial: int, created: int) -> Sale:
    source = rng.choices([s for s, _ in _SOURCES], [w for _, w in _SOURCES])[0]
    place = CANADA if source == "web" and rng.random() < 0.06 else int(rng.random() * len(PLACES))
    draft = _Draft(serial, created, source, place, rng.random() < 0.015)
    code = "WELCOME10" if source == "web" and rng.random() < 0.14 else ""
    lines = _lines(rng, shelf, draft, code)
    gateway, paid, authorised = _payment(rng, draft)
    fulfilled = _fulfilled(rng, draft, paid, digital=all(line.gift_card for line in lines))
    shipping = 595 if source != "pos" and fulfilled != paid and sum(line.net for line in lines) < 5000 else 0
    cancelled, reason = _cancellation(rng, created, fulfilled, 0.12 if gateway == MANUAL else 0.028)
    if cancelled:
        paid, fulfilled = (paid if paid <= cancelled else 0), 0
    case = Case(serial, paid, fulfilled, cancelled, shipping, gateway == CARD and not draft.test)
    refunds, returns, dispute = after_sales(rng, case, lines)
    return Sale(
        number=number_of_serial(serial),
        serial=serial,
        day=day,
        created=created,
        processed=created - int(rng.uniform(0.1, 1) * IMPORTED.total_seconds()) if source == IMPORT_SOURCE else created,
        paid=paid,
        authorised=authorised,
        fulfilled=fulfilled,
        cancelled=cancelled,
        cancel_reason=reason,
        source=source,
        gateway=gateway,
        test=draft.test,
        place=place,
        code=code,
        shipping=shipping,
        lines=lines,
        refunds=refunds,
        returns=returns,
        dispute=dispute,
    )


def _lines(rng: Random, shelf: Shelf, draft: _Draft, code: str) -> tuple[SaleLine, ...]:
    wholesale = draft.source == "shopify_draft_order"
    draw = rng.random()
    count = 1 if draw < 0.7 else 2 if draw < 0.9 else 3 if draw < 0.98 else rng.randrange(4, 14)
    positions = list(dict.fromkeys(shelf.pick(rng) for _ in range(3 * count)))[:count]
    if wholesale and rng.random() < 0.08:
        positions = [int(rng.random() * len(shelf.products)) for _ in range(rng.randrange(51, 60))]
        positions = [position for position in positions if shelf.sells(position)]
    numbers = iter(range(_LINE_BASE + draft.serial * _LINES, _LINE_BASE + (draft.serial + 1) * _LINES))
    lines = [
        _product_line(rng, next(numbers), shelf.products[position], shelf.promos[position], draft, code)
        for position in positions
    ]
    if draft.source == "web" and rng.random() < 0.03:
        lines.append(SaleLine(next(numbers), None, "Gift Card", 1, rng.choice(_GIFT_CARDS), 0, 0, 0, True))
        lines = lines[-1:] if rng.random() < 0.5 else lines
    if wholesale and rng.random() < 0.5:
        price = rng.randrange(1500, 9000)
        lines.append(SaleLine(next(numbers), None, "Custom engraving", 1, price, 0, 0, 0, False))
    return tuple(lines)


def _product_line(rng: Random, number: int, product: Product, percent: int, draft: _Draft, code: str) -> SaleLine:
    draw = rng.random()
    quantity = 1 if draw < 0.86 else 2 if draw < 0.95 else 3 if draw < 0.99 else 6
    gross = product.price * quantity
    automatic = gross * percent // 100 if percent and rng.random() < 0.6 else 0
    by_code = (gross - automatic) // 10 if code else 0
    rate = 0 if draft.place == CANADA else PLACES[draft.place][3]
    tax = (gross - automatic - by_code) * rate // 10000
    return SaleLine(number, product, product.title, quantity, product.price, automatic, by_code, tax, False)


def _payment(rng: Random, draft: _Draft) -> tuple[str, int, bool]:
    """Gateway, moment of payment, and whether a card is held until then."""
    if draft.test:
        return BOGUS, draft.created + 2, False
    if draft.source == "shopify_draft_order" or (draft.source == "web" and rng.random() < 0.05):
        return MANUAL, draft.created + int(rng.uniform(4, 120) * HOUR), False
    held = draft.source == "web" and rng.random() < 0.03
    gateway = CARD if rng.random() < 0.9 else "cash" if draft.source == "pos" else "paypal"
    return gateway, draft.created + (int(rng.uniform(1, 20) * HOUR) if held else rng.randrange(2, 9)), held


def _fulfilled(rng: Random, draft: _Draft, paid: int, *, digital: bool) -> int:
    return paid if digital or draft.source == "pos" else paid + int(rng.uniform(5, 54) * HOUR)


def _cancellation(rng: Random, created: int, fulfilled: int, rate: float) -> tuple[int, str]:
    if rng.random() >= rate or fulfilled - created < HOUR:
        return 0, ""
    reason = rng.choice(("CUSTOMER", "CUSTOMER", "INVENTORY", "FRAUD", "DECLINED", "OTHER"))
    return created + int(rng.uniform(0.02, 0.95) * min(fulfilled - created, 4 * DAY)), reason
