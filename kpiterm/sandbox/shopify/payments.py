"""Shopify Payments: what was charged, given back and disputed, and the payouts that it was paid out with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY
from kpiterm.sandbox.shopify import state
from kpiterm.sandbox.shopify.sales import CARD, Sale, business_day, day_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.shopify.storefront import Storefront

_PAYOUT_BASE, _TRANSACTION_BASE = 101_000_000_000, 1_900_000_000_000
_DISPUTE_FEE = 1500
_DELAY = timedelta(days=2)


class Entry(NamedTuple):
    """One balance transaction; cents, `amount` and `net` to the seller positive, `fee` positive."""

    number: int
    kind: str
    source: str
    source_number: int
    moment: int
    amount: int
    fee: int
    sale: Sale
    payout: date

    @property
    def net(self) -> int:
        return self.amount - self.fee


class Payout(NamedTuple):
    """What is sent to the bank on a day."""

    day: date
    issued: int
    entries: tuple[Entry, ...]

    @property
    def number(self) -> int:
        return payout_number(self.day)

    @property
    def net(self) -> int:
        return sum(entry.net for entry in self.entries)


def payout_number(day: date) -> int:
    return _PAYOUT_BASE + (day - date(2000, 1, 1)).days


def payout_day(moment: int) -> date:
    """The first weekday at least two days after the transaction."""
    day = business_day(moment) + _DELAY
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def entries_of(front: Storefront, at: float) -> list[Entry]:
    """Every balance transaction that happened up to `at`, in order."""
    last = business_day(at)
    found = [e for s in front.sales(front.shop.first_day, last, at) for e in _entries(s) if e.moment <= at]
    return sorted(found, key=lambda entry: (entry.moment, entry.number))


def payouts_of(front: Storefront, at: float) -> list[Payout]:
    """The payouts issued up to `at`, in order of their days."""
    by_day: dict[date, list[Entry]] = {}
    for entry in entries_of(front, at):
        by_day.setdefault(entry.payout, []).append(entry)
    found = (Payout(day, day_bounds(day)[0], tuple(by_day[day])) for day in sorted(by_day))
    return [payout for payout in found if payout.issued <= at]


def payout_status(payout_issued: int, at: float) -> str:
    """Scheduled on its day, paid on the next."""
    return "PAID" if payout_issued + DAY <= at else "SCHEDULED"


def disputed(front: Storefront, at: float) -> list[Sale]:
    """Orders with a dispute that is open or was, in order of the dispute's number."""
    sales = front.sales(front.shop.first_day, business_day(at), at)
    return sorted((s for s in sales if state.dispute_of(s, at)), key=lambda s: s.serial)


def _entries(sale: Sale) -> Iterator[Entry]:
    if sale.gateway != CARD or sale.test or not sale.paid:
        return
    yield _entry(sale, 0, "CHARGE", sale.paid, sale.total, round(sale.total * 0.029) + 30, sale.number)
    for i, refund in enumerate(sale.refunds):
        if refund.amount:
            yield _entry(sale, 1 + i, "REFUND", refund.created, -refund.amount, 0, refund.number)
    dispute = sale.dispute
    if dispute and not dispute.inquiry:
        yield _entry(sale, 14, "DISPUTE_WITHDRAWAL", dispute.opened, -sale.total, _DISPUTE_FEE, dispute.number)
        if dispute.won:
            yield _entry(sale, 15, "DISPUTE_REVERSAL", dispute.finalised, sale.total, -_DISPUTE_FEE, dispute.number)


def _entry(sale: Sale, index: int, kind: str, moment: int, amount: int, fee: int, source: int) -> Entry:
    origin = "DISPUTE" if kind.startswith("DISPUTE") else kind
    number = _TRANSACTION_BASE + sale.serial * 16 + index
    return Entry(number, kind, origin, source, moment, amount, fee, sale, payout_day(moment))
