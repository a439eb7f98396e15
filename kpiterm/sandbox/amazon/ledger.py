"""The seller's money at Amazon: what each sale, refund and charge adds to or takes from the balance, in cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.amazon.brand_ads import brand_cells
from kpiterm.sandbox.orders import DAY, HOUR, business_day
from kpiterm.sandbox.shop import days_between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.orders import Line, Order
    from kpiterm.sandbox.shop import Shop

_REFERRAL = 15  # percent of what the buyer pays before tax
_LONGEST = timedelta(days=42)  # from an order to the last posting that it causes
_SUBSCRIPTION = 3999
_DEFERRAL = 14 * DAY  # invoiced business orders are paid out that much later


class Part(NamedTuple):
    """One component of an item as the settlement names it; positive is to the seller."""

    amount_type: str
    description: str
    cents: int


class Item(NamedTuple):
    """What one order line, or one charge, consists of."""

    line: Line | None
    product: Product | None
    quantity: int
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        return sum(part.cents for part in self.parts)


class Event(NamedTuple):
    """One posting; `kind` is the settlement's transaction type, `deferred` the moment at which it was first held
    back, or 0."""

    posted: int
    kind: str
    order: Order | None
    items: tuple[Item, ...]
    deferred: int = 0
    reference: str = ""

    @property
    def total(self) -> int:
        return sum(item.total for item in self.items)


class Reimbursement(NamedTuple):
    """Units that Amazon lost or damaged, paid for."""

    approved: int
    number: int
    product: Product
    quantity: int
    per_unit: int
    reason: str


def events(shop: Shop, start: int, end: int) -> list[Event]:
    """All postings in `[start, end)`, in order of time."""
    found = [e for e in _all(shop, start, end) if start <= e.posted < end and e.items]
    return sorted(found, key=lambda e: (e.posted, e.kind, e.order.order_id if e.order else ""))


def pending(shop: Shop, start: int, end: int) -> list[Event]:
    """Sales that were held back when they were posted in `[start, end)`."""
    held = (_sale(order) for order in _orders(shop, start, end) if order.business and order.shipped)
    return [event for event in held if start <= event.deferred < end]


def _all(shop: Shop, start: int, end: int) -> Iterator[Event]:
    for order in _orders(shop, start, end):
        if order.shipped:
            yield _sale(order)
            yield from _refunds(order)
    for day in days_between(max(business_day(start) - timedelta(days=1), shop.first_day), business_day(end)):
        yield from _charges(shop, day)
    for found in reimbursements(shop, start, end):
        part = Part("FBA Inventory Reimbursement", found.reason, found.per_unit * found.quantity)
        item = Item(None, found.product, found.quantity, (part,))
        yield Event(found.approved, "other-transaction", None, (item,), reference=str(found.number))


def _orders(shop: Shop, start: int, end: int) -> Iterator[Order]:
    moment = datetime.fromtimestamp(end, UTC)
    for order in shop.orders(business_day(start) - _LONGEST, business_day(end), moment):
        if not order.non_amazon:
            yield order


def commission(line: Line) -> int:
    """The referral fee of a line, positive."""
    return (line.price + line.shipping - line.discount) * _REFERRAL // 100


def fulfilment_fee(product: Product) -> int:
    """What Amazon takes to pick, pack and ship one unit."""
    return (322 + product.position % 5 * 87) if product.afn else 0


def _sale(order: Order) -> Event:
    items = tuple(Item(line, line.product, line.quantity, _kept(_sale_parts(line))) for line in order.lines)
    first = order.shipped + HOUR
    if order.business:
        return Event(first + _DEFERRAL, "Order", order, items, deferred=first)
    return Event(first, "Order", order, items)


def _sale_parts(line: Line) -> tuple[Part, ...]:
    return (
        Part("ItemPrice", "Principal", line.price),
        Part("ItemPrice", "Tax", line.tax),
        Part("ItemPrice", "Shipping", line.shipping),
        Part("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", -line.tax),
        Part("Promotion", "Principal", -line.discount),
        Part("ItemFees", "Commission", -commission(line)),
        Part("ItemFees", "FBAPerUnitFulfillmentFee", -fulfilment_fee(line.product) * line.quantity),
    )


def _refunds(order: Order) -> Iterator[Event]:
    for line in order.lines:
        if line.refunded:
            item = Item(line, line.product, line.quantity, _kept(_refund_parts(line)))
            yield Event(line.refunded + 2 * HOUR, "Refund", order, (item,), reference=line.item_id)


def _refund_parts(line: Line) -> tuple[Part, ...]:
    back = [p._replace(cents=-p.cents) for p in _sale_parts(line) if p.description != "FBAPerUnitFulfillmentFee"]
    return (*back, Part("ItemFees", "RefundCommission", -min(500, commission(line) // 5)))


def _kept(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.cents)


def _charges(shop: Shop, day: date) -> Iterator[Event]:
    """What is taken on a day without an order: the plan on the 1st, storage on the 10th, advertising on Mondays."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    if day.day == 1:
        yield _charge(noon, "Subscription Fee", _SUBSCRIPTION)
    if day.day == 10:
        yield _charge(noon, "Storage Fee", sum(storage(shop, day).values()))
    if day.weekday() == 0:
        yield _charge(noon, "TransactionTotalAmount", ad_spend(shop, day), "Cost of Advertising")


def _charge(posted: int, description: str, cents: int, amount_type: str = "other-transaction") -> Event:
    parts = _kept((Part(amount_type, description, -cents),))
    items = (Item(None, None, 0, parts),) if parts else ()
    return Event(posted, "ServiceFee", None, items, reference=f"{description[:4]}{posted}")


def storage(shop: Shop, day: date) -> dict[int, int]:
    """Cents of storage by product position, charged on the 10th of a month."""
    rng = Random(f"{shop.seed}:storage:{day:%Y-%m}")
    return {p.position: rng.randrange(45, 900) for p in shop.products if p.afn}


def ad_spend(shop: Shop, monday: date) -> int:
    """Cents of advertising of the week before a Monday, all ad products, as in the end."""
    week = list(days_between(monday - timedelta(days=7), monday - timedelta(days=1)))
    sponsored = sum(cell.cost for day in week for cell in shop.day_ads(day))
    return sponsored + sum(cell.cost for day in week for kind in ("SB", "SD") for cell in brand_cells(shop, kind, day))


def reimbursements(shop: Shop, start: int, end: int) -> list[Reimbursement]:
    """What Amazon paid for lost or damaged units in `[start, end)`."""
    fba = [product for product in shop.products if product.afn]
    found = []
    for day in days_between(max(business_day(start), shop.first_day), business_day(end)) if fba else ():
        rng = Random(f"{shop.seed}:reimbursement:{day}")
        if rng.random() < 0.16:
            product, reason = rng.choice(fba), rng.choice(("WAREHOUSE_LOST", "WAREHOUSE_DAMAGE"))
            approved = int(datetime(day.year, day.month, day.day, 15, rng.randrange(60), tzinfo=UTC).timestamp())
            number = 9_000_000_000 + day.toordinal()
            quantity = rng.choice((1, 1, 2))
            found.append(Reimbursement(approved, number, product, quantity, product.price * 55 // 100, reason))
    return [entry for entry in found if start <= entry.approved < end]
