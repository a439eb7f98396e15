"""The nine seller performance metrics, counted from the orders: Walmart leaves its own fulfilment (WFS) out of most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from kpiterm.sandbox.orders import DAY, HOUR, business_day
from kpiterm.sandbox.walmart.trade import BUYER_CANCEL, SELLER_FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from kpiterm.sandbox.walmart.business import WalmartShop
    from kpiterm.sandbox.walmart.trade import PurchaseOrder

ANSWER_HOURS = 48


@dataclass
class Metric:
    """`hit` of `total` orders; `drivers` splits the seller's faults, `others` what is not the seller's, `lost` is
    cents of sales."""

    total: int = 0
    hit: int = 0
    lost: int = 0
    drivers: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Per cent of the orders that were hit by the seller's fault."""
        return self.percent(self.hit)

    @property
    def overall(self) -> float:
        return self.percent(self.hit + self.others.total())

    def percent(self, count: int) -> float:
        return round(100 * count / self.total, 2) if self.total else 0.0

    def fault(self, cause: str, cents: int) -> None:
        self.hit += 1
        self.drivers[cause] += 1
        self.lost += cents


def metric(shop: WalmartShop, name: str, days: int, *, at: datetime, expedited: bool | None = None) -> Metric:
    """One metric over orders of the last `days` full business days, as known at `at`; WFS counts in feedback alone."""
    last, out = business_day(at.timestamp()) - timedelta(days=1), Metric()
    for order in shop.orders(last - timedelta(days=days - 1), last, at):
        if (name == "negativeFeedback" or not order.wfs) and expedited in {None, order.expedited}:
            COUNTS[name](out, order, int(at.timestamp()))
    return out


def _value(order: PurchaseOrder) -> int:
    return sum(line.price for line in order.lines)


def _cancellations(out: Metric, order: PurchaseOrder, at: int) -> None:
    out.total += 1
    reasons = [line.cancel_reason for line in order.lines if line.cancelled and line.cancelled <= at]
    if seller := [reason for reason in reasons if reason != BUYER_CANCEL]:
        out.fault(seller[0], sum(line.price for line in order.lines if line.cancelled))
    elif reasons:
        out.others[BUYER_CANCEL] += 1


def late_by_seller(order: PurchaseOrder) -> bool:
    return bool(order.shipped) and order.shipped > order.ship_by


def _on_time(out: Metric, order: PurchaseOrder, at: int) -> None:
    """Counts what came late: the rate on show is the rest."""
    if not order.shipped or order.deliver_by > at:
        return
    out.total += 1
    if order.delivered and order.delivered <= order.deliver_by:
        return
    if order.late_cause == "weather":
        out.others["weatherDelays"] += 1
    else:
        cause = "lateShipment" if late_by_seller(order) else "carrierDelays" if order.delivered else "noCarrierScan"
        out.fault(cause, _value(order))


def _tracking(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.shipped or order.shipped > at:
        return
    out.total += 1
    if order.tracking_fault:
        out.fault(order.tracking_fault, 0)


def _responses(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.asked or order.asked + ANSWER_HOURS * HOUR > at:
        return
    out.total += 1
    if order.answered - order.asked > ANSWER_HOURS * HOUR:
        out.fault("trackOrder", 0)


def _refunds(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.shipped or order.shipped > at:
        return
    out.total += 1
    given = [line.refund for line in order.lines if line.refund and line.refund.at <= at]
    if seller := [refund for refund in given if refund.reason in SELLER_FAULTS]:
        out.fault(seller[0].reason, sum(refund.price for refund in given))
    elif given:
        out.others["customerChangedMind"] += 1


def _returns(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.delivered or order.delivered > at:
        return
    out.total += 1
    opened = [line.refund for line in order.lines if line.refund and 0 < line.refund.returned <= at]
    if seller := [refund for refund in opened if refund.reason in SELLER_FAULTS]:
        out.fault(seller[0].reason, sum(refund.price for refund in opened))
    elif opened:
        out.others["customerChangedMind"] += 1


def _not_received(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.shipped or order.shipped > at:
        return
    out.total += 1
    if any(line.refund and line.refund.reason == "lost" and line.refund.at <= at for line in order.lines):
        out.fault("lost", _value(order))


def _feedback(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.delivered or order.delivered > at:
        return
    out.total += 1
    if 0 < order.feedback_at <= at:
        if order.wfs:
            out.others["wfs"] += 1
        else:
            out.fault("productQuality", _value(order))


def _late_shipment(out: Metric, order: PurchaseOrder, at: int) -> None:
    if not order.shipped or max(order.shipped, order.ship_by) > at:
        return
    out.total += 1
    if late_by_seller(order):
        if order.shipped - order.ship_by > DAY:
            out.fault("lateShipment", _value(order))
        else:
            out.fault("lateHandoverToCarrier", _value(order))


COUNTS: Mapping[str, Callable[[Metric, PurchaseOrder, int], None]] = {
    "cancellations": _cancellations,
    "otd": _on_time,
    "vtr": _tracking,
    "srr": _responses,
    "refunds": _refunds,
    "returns": _returns,
    "itemNotReceived": _not_received,
    "negativeFeedback": _feedback,
    "lateShipment": _late_shipment,
}
