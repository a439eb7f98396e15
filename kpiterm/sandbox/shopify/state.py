"""What of an order is seen at a moment: its statuses, and how much of it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiterm.sandbox.orders import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpiterm.sandbox.shopify.after_sales import Dispute, Refund, Return
    from kpiterm.sandbox.shopify.sales import Sale, SaleLine


EVIDENCE_SENT = 5 * DAY  # after a dispute was opened


def updated(sale: Sale, at: float) -> int:
    """The latest change to the order that is not after `at`."""
    return max(moment for moment in _changes(sale) if moment <= at)


def refunds(sale: Sale, at: float) -> list[Refund]:
    return [refund for refund in sale.refunds if refund.created <= at]


def returns(sale: Sale, at: float) -> list[Return]:
    return [item for item in sale.returns if item.created <= at]


def refunded(sale: Sale, at: float) -> int:
    """Cents that the buyer got back."""
    return sum(refund.amount for refund in refunds(sale, at))


def current_quantity(sale: Sale, line: SaleLine, at: float) -> int:
    taken = (b.quantity for r in refunds(sale, at) for b in r.lines if b.line.number == line.number)
    return line.quantity - sum(taken)


def current_total(sale: Sale, at: float) -> int:
    """The order's total without what was removed; money given without goods does not change it."""
    gone = sum(b.subtotal + b.tax for r in refunds(sale, at) for b in r.lines)
    cancelled = 0 < sale.cancelled <= at
    return 0 if cancelled else sale.total - gone - sum(r.shipping for r in refunds(sale, at))


def current_subtotal(sale: Sale, at: float) -> int:
    return sale.subtotal - sum(b.subtotal for r in refunds(sale, at) for b in r.lines)


def paid(sale: Sale, at: float) -> bool:
    return 0 < sale.paid <= at


def financial_status(sale: Sale, at: float) -> str:
    if not paid(sale, at):
        if 0 < sale.cancelled <= at:
            return "VOIDED"
        return "AUTHORIZED" if sale.authorised else "PENDING"
    back = refunded(sale, at)
    return "PAID" if not back else "REFUNDED" if back >= sale.total else "PARTIALLY_REFUNDED"


def return_status(item: Return, at: float) -> str:
    """The return's own status."""
    if item.settled and item.settled <= at:
        return item.outcome
    return "OPEN" if 0 < item.approved <= at else "REQUESTED"


def order_return_status(sale: Sale, at: float) -> str:
    found = {return_status(item, at) for item in returns(sale, at)}
    if "OPEN" in found:
        return "IN_PROGRESS"
    if "REQUESTED" in found:
        return "RETURN_REQUESTED"
    return "RETURNED" if "CLOSED" in found else "NO_RETURN"


def dispute_of(sale: Sale, at: float) -> Dispute | None:
    return sale.dispute if sale.dispute and sale.dispute.opened <= at else None


def dispute_status(dispute: Dispute, at: float) -> str:
    if dispute.finalised <= at:
        return "WON" if dispute.won else "LOST"
    return "UNDER_REVIEW" if dispute.opened + EVIDENCE_SENT <= at else "NEEDS_RESPONSE"


def _changes(sale: Sale) -> Iterator[int]:
    yield from (sale.created, sale.paid, sale.fulfilled, sale.closed, sale.cancelled)
    yield from (refund.created for refund in sale.refunds)
    for item in sale.returns:
        yield from (item.created, item.approved, item.settled)
