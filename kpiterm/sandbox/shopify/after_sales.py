"""What comes after a sale: refunds in part and in whole, returns with and without one, disputes over the payment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY, HOUR

if TYPE_CHECKING:
    from random import Random

    from kpiterm.sandbox.shopify.sales import SaleLine

_REFUND_BASE, _RETURN_BASE, _DISPUTE_BASE = 930_000_000_000, 7_300_000_000, 8_800_000_000
_PER_SALE = 8
_REASONS = ("DEFECTIVE", "NOT_AS_DESCRIBED", "UNWANTED", "WRONG_ITEM", "SIZE_TOO_SMALL", "OTHER")
_DISPUTE_REASONS = ("FRAUDULENT", "PRODUCT_NOT_RECEIVED", "PRODUCT_UNACCEPTABLE", "CREDIT_NOT_PROCESSED")


class Case(NamedTuple):
    """What matters of an order for what comes after it."""

    serial: int
    paid: int
    fulfilled: int
    cancelled: int
    shipping: int
    disputable: bool


class RefundedLine(NamedTuple):
    """Units of a line that were taken back or given up, with their money in cents."""

    line: SaleLine
    quantity: int
    subtotal: int
    tax: int
    restock: str


class Refund(NamedTuple):
    """One refund; `amount` is what the buyer got, 0 when an unpaid order was cancelled."""

    number: int
    created: int
    lines: tuple[RefundedLine, ...]
    shipping: int
    goodwill: int
    amount: int
    note: str


class Return(NamedTuple):
    """Goods that a buyer wanted to send back; `outcome` is the last status and `settled` its moment."""

    number: int
    created: int
    approved: int
    settled: int
    outcome: str
    lines: tuple[tuple[SaleLine, int, str], ...]
    refund: int


class Dispute(NamedTuple):
    """A buyer's claim at the bank, decided at `finalised`."""

    number: int
    opened: int
    finalised: int
    inquiry: bool
    won: bool
    reason: str


def sale_serial(number: int) -> int:
    """The serial of the order that a refund or return with this number belongs to."""
    return (number - (_REFUND_BASE if number >= _REFUND_BASE else _RETURN_BASE)) // _PER_SALE


def _refund_of_cancellation(case: Case, lines: tuple[SaleLine, ...]) -> Refund:
    """Cancelling takes every line back; money only where there was a payment."""
    back = tuple(RefundedLine(line, line.quantity, line.net, line.tax, "CANCEL") for line in lines)
    total = sum(line.net + line.tax for line in lines) + case.shipping
    number = _REFUND_BASE + case.serial * _PER_SALE
    return Refund(number, case.cancelled, back, case.shipping, 0, total if case.paid else 0, "Cancelled")


def after_sales(
    rng: Random, case: Case, lines: tuple[SaleLine, ...]
) -> tuple[tuple[Refund, ...], tuple[Return, ...], Dispute | None]:
    """The refunds, returns and dispute of an order."""
    if case.cancelled:
        return (_refund_of_cancellation(case, lines),), (), None
    refunds, returns = list[Refund](), list[Return]()
    for line in lines:
        if line.product and rng.random() < line.product.refund_rate * 1.2 and len(refunds) < _PER_SALE - 2:
            _give_back(rng, case, line, refunds, returns)
    if not refunds and rng.random() < 0.025:
        amount, moment = rng.randrange(300, 900), case.fulfilled + int(rng.uniform(1, 12) * DAY)
        amount = min(amount, sum(line.net for line in lines) // 4)
        refunds.append(Refund(_number(_REFUND_BASE, case, refunds), moment, (), 0, amount, amount, "Late delivery"))
    if rng.random() < 0.012 and lines[0].product and not returns:
        returns.append(_without_refund(rng, case, lines[0]))
    refunds.sort(key=lambda refund: refund.created)
    return tuple(refunds), tuple(returns), _dispute(rng, case)


def _give_back(rng: Random, case: Case, line: SaleLine, refunds: list[Refund], returns: list[Return]) -> None:
    quantity = rng.randrange(1, line.quantity + 1)
    moment = case.fulfilled + int(rng.uniform(4, 28) * DAY)
    restock = "RETURN" if rng.random() < 0.75 else "NO_RESTOCK"
    back = RefundedLine(
        line, quantity, line.net * quantity // line.quantity, line.tax * quantity // line.quantity, restock
    )
    shipping = case.shipping if not refunds and rng.random() < 0.2 else 0
    amount = back.subtotal + back.tax + shipping
    refund = Refund(_number(_REFUND_BASE, case, refunds), moment, (back,), shipping, 0, amount, "")
    refunds.append(refund)
    if restock == "RETURN" and rng.random() < 0.8:
        asked = moment - int(rng.uniform(2, 3.9) * DAY)
        number = _number(_RETURN_BASE, case, returns)
        taken = ((line, quantity, rng.choice(_REASONS)),)
        returns.append(Return(number, asked, asked + 6 * HOUR, moment, "CLOSED", taken, refund.number))


def _without_refund(rng: Random, case: Case, line: SaleLine) -> Return:
    asked = case.fulfilled + int(rng.uniform(2, 20) * DAY)
    outcome = rng.choice(("REQUESTED", "DECLINED", "CANCELED", "OPEN"))
    approved = 0 if outcome in {"REQUESTED", "DECLINED"} else asked + 6 * HOUR
    settled = asked + 2 * DAY if outcome in {"DECLINED", "CANCELED"} else 0
    return Return(_number(_RETURN_BASE, case, []), asked, approved, settled, outcome, ((line, 1, "UNWANTED"),), 0)


def _dispute(rng: Random, case: Case) -> Dispute | None:
    if not case.disputable or rng.random() >= 0.006:
        return None
    opened = case.fulfilled + int(rng.uniform(8, 25) * DAY)
    finalised = opened + int(rng.uniform(14, 40) * DAY)
    draws = rng.random() < 0.2, rng.random() < 0.4, rng.choice(_DISPUTE_REASONS)
    return Dispute(_DISPUTE_BASE + case.serial, opened, finalised, *draws)


def _number(base: int, case: Case, taken: list[Refund] | list[Return]) -> int:
    return base + case.serial * _PER_SALE + len(taken)
