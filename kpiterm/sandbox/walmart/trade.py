"""Walmart purchase orders as they happened: one ship node each, with the whole future of every line."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY, HOUR, locate, orders_of
from kpiterm.sandbox.walmart.people import BUYERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kpiterm.sandbox import orders as base
    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.orders import Demand
    from kpiterm.sandbox.walmart.items import Item, Node
    from kpiterm.sandbox.walmart.people import Buyer

SELLER_CANCELS = ("outOfStock", "pricingError", "shipWindowExpired")
BUYER_CANCEL = "customerRequested"
SELLER_FAULTS = ("defective", "damaged", "incorrectItem", "arrivedLate", "lost")
_REASONS = ("customerChangedMind", "defective", "damaged", "incorrectItem", "arrivedLate")
_REASON_WEIGHTS = (44, 22, 16, 10, 8)
_CUSTOMER_FACTOR, _CUSTOMER_MODULUS = 61_803_398_879, 10**11


class Refund(NamedTuple):
    """Money back on a line, in cents; `returned` is the moment at which a return was opened, `back` that of the goods'
    arrival (0 where there is none)."""

    at: int
    quantity: int
    price: int
    shipping: int
    tax: int
    reason: str
    returned: int
    back: int
    kept: bool


class Line(NamedTuple):
    """One order line; money in cents for the whole line, `discount` is a subscription's. Moments: epoch seconds, 0 is
    never."""

    number: int
    product: Product
    quantity: int
    price: int
    discount: int
    shipping: int
    tax: int
    cancelled: int
    cancel_reason: str
    refund: Refund | None


class PurchaseOrder(NamedTuple):
    """One purchase order; moments are epoch seconds, 0 means never."""

    po_id: str
    customer_order_id: str
    day: date
    node: Node
    created: int
    acknowledged: int
    shipped: int
    delivered: int
    ship_by: int
    deliver_by: int
    late_cause: str  # weather, carrier or nothing
    tracking_fault: str
    blanked: bool  # a cancelled line may lose its charges
    expedited: bool
    feedback_at: int
    asked: int
    answered: int
    place: int
    buyer: Buyer
    lines: tuple[Line, ...]

    @property
    def wfs(self) -> bool:
        return self.node == "WFSFulfilled"


def purchase_orders(demand: Demand, items: Sequence[Item], day: date) -> tuple[PurchaseOrder, ...]:
    """All purchase orders of one business day in order of creation; the same arguments give the same orders."""
    return tuple(_purchase_order(demand.seed, items, order, i) for i, order in enumerate(orders_of(demand, day)))


def locate_po(po_id: str, seed: int) -> tuple[date, int] | None:
    """Day and position of a purchase order, computed back from its id; None for text that is none."""
    if len(po_id) != 15 or not po_id.isascii() or not po_id.isdecimal() or po_id[0] != "1":
        return None
    return locate(f"111{po_id[1:]}", seed)


def modified(order: PurchaseOrder, at: int) -> int:
    """The latest change to the order that is not after `at`."""
    moments = [order.created, order.acknowledged, order.shipped, order.delivered]
    for line in order.lines:
        moments += (line.cancelled, line.refund.at if line.refund else 0)
    return max(moment for moment in moments if moment <= at)


def line_states(order: PurchaseOrder, line: Line, at: int) -> list[tuple[str, int]]:
    """Status and units; a line of which some units were refunded has two."""
    if line.cancelled and line.cancelled <= at:
        return [("Cancelled", line.quantity)]
    state = "Created"
    for name, moment in (
        ("Acknowledged", order.acknowledged),
        ("Shipped", order.shipped),
        ("Delivered", order.delivered),
    ):
        state = name if moment and moment <= at else state
    refunded = line.refund.quantity if line.refund and line.refund.at <= at else 0
    return [(name, units) for name, units in ((state, line.quantity - refunded), ("Refund", refunded)) if units]


def _purchase_order(seed: int, items: Sequence[Item], order: base.Order, index: int) -> PurchaseOrder:
    rng = Random(f"{seed}:walmart-order:{order.day}:{index}")
    node = items[order.lines[0].product.position].node
    slack = rng.randrange(4, 30) * HOUR
    ship_by = order.shipped - slack if order.late_shipped else order.shipped + slack
    if not order.shipped:
        ship_by = order.created + 2 * DAY
    deliver_by = ship_by + rng.randrange(4, 7) * DAY
    delivered, cause = _delivery(rng, order.shipped)
    ours = [line for line in order.lines if items[line.product.position].node == node]
    asked = order.created + rng.randrange(2, 120) * HOUR if rng.random() < 0.06 else 0
    return PurchaseOrder(
        po_id="1" + order.order_id.replace("-", "")[3:],
        customer_order_id=_customer_order_id(order.order_id, seed),
        day=order.day,
        node=node,
        created=order.created,
        acknowledged=0 if order.cancelled else order.paid,
        shipped=order.shipped,
        delivered=delivered,
        ship_by=ship_by,
        deliver_by=deliver_by,
        late_cause=cause,
        tracking_fault=rng.choice(("invalidTrackingId", "noCarrierScan")) if rng.random() < 0.006 else "",
        blanked=not order.price_kept,
        expedited=node != "SellerFulfilled" and rng.random() < 0.5,
        feedback_at=delivered + rng.randrange(1, 12) * DAY if delivered and rng.random() < 0.012 else 0,
        asked=asked,
        answered=asked + int(rng.uniform(0.5, 30) * HOUR if rng.random() < 0.965 else rng.uniform(50, 90) * HOUR),
        place=order.place,
        buyer=BUYERS[rng.randrange(len(BUYERS))],
        lines=tuple(_line(rng, order, line, n, len(ours), delivered) for n, line in enumerate(ours, start=1)),
    )


def _customer_order_id(order_id: str, seed: int) -> str:
    place = locate(order_id, seed)
    assert place is not None
    serial = place[0].toordinal() * 100_000 + place[1]
    return f"2000{serial * _CUSTOMER_FACTOR % _CUSTOMER_MODULUS:011d}"


def _delivery(rng: Random, shipped: int) -> tuple[int, str]:
    transit, draw = int(rng.uniform(1.2, 4.2) * DAY), rng.random()
    if not shipped or draw < 0.008:
        return 0, ""
    if draw < 0.045:
        return shipped + transit + 4 * DAY, "weather" if draw < 0.02 else "carrier"
    return shipped + transit, ""


def _line(rng: Random, order: base.Order, sold: base.Line, number: int, of: int, delivered: int) -> Line:
    price = sold.price - sold.discount  # a promotion lowers Walmart's item price; it is no discount of its own
    cancelled, reason = order.cancelled, ""
    if not cancelled and number > 1 and number == of and rng.random() < 0.15:
        cancelled = order.created + int(rng.uniform(0.1, 0.9) * (order.shipped - order.created))
    if cancelled:
        reason = rng.choice(SELLER_CANCELS) if rng.random() < 0.4 else BUYER_CANCEL
    line = Line(
        number=number,
        product=sold.product,
        quantity=sold.quantity,
        price=price,
        discount=price // 20 if rng.random() < 0.03 else 0,
        shipping=sold.shipping if number == 1 else 0,
        tax=sold.tax,
        cancelled=cancelled,
        cancel_reason=reason,
        refund=None,
    )
    return line if cancelled else line._replace(refund=_refund(rng, order.shipped, delivered, sold.refunded, line))


def _refund(rng: Random, shipped: int, delivered: int, refunded: int, line: Line) -> Refund | None:
    if shipped and not delivered:
        lost_at = shipped + rng.randrange(12, 20) * DAY
        return Refund(lost_at, line.quantity, line.price - line.discount, line.shipping, line.tax, "lost", 0, 0, False)
    if not refunded:
        return None
    quantity = line.quantity if rng.random() < 0.7 else rng.randrange(1, line.quantity + 1)
    reason, draw = rng.choices(_REASONS, _REASON_WEIGHTS)[0], rng.random()
    at = max(refunded, delivered + 5 * DAY)
    returned = 0 if draw < 0.16 else at - rng.randrange(3, 5) * DAY if draw < 0.88 else at - HOUR
    kept = draw >= 0.88
    return Refund(
        at=at,
        quantity=quantity,
        price=(line.price - line.discount) * quantity // line.quantity,
        shipping=line.shipping if quantity == line.quantity and reason != "customerChangedMind" else 0,
        tax=line.tax * quantity // line.quantity,
        reason=reason,
        returned=returned,
        back=at - rng.randrange(4, 30) * HOUR if returned and not kept else 0,
        kept=kept,
    )
