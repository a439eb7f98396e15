"""Stock that will lie too long: what keeping it costs until it is sold, and the cheapest way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from kpiterm.analysis.inventory.order.exit_fees import coupon, removal
from kpiterm.analysis.inventory.order.gather import Sku
from kpiterm.analysis.inventory.order.line import Excess, Exit
from kpiterm.analysis.inventory.supply import fees
from kpiterm.analysis.pacing.arrays import Floats

MONTH = 28  # days: the ends at which what is left is looked at
_HALF_YEAR, _QUARTER = 6, 3  # months: stock older than this pays; an exit should be done within that
_ELASTICITY = 2.0  # times by which demand grows as price falls, in logarithms; a guess where nobody has tried
_CLIPPED = Decimal("0.6")  # of the buyers who would have bought anyway use a coupon that they see
_DEEPEST = 0.5  # discount
_CENT = Decimal("0.01")
_FEE_DAY = 15  # of the month, on which Amazon looks at ages
_FEW = 0.05  # of the stock: less is no excess


def excess(sku: Sku, left: Floats, days: int | None, units: int, today: date, holding: Decimal) -> Excess | None:
    """None where stock is sold in time. `left` are the expected units of today's stock that are still there after each
    month, `days` what all of it lasts, `units` those beyond the need."""
    aged, have = sku.article.aged, sku.article.available
    aging = round(float(left[_HALF_YEAR - 1]))
    if not have or max(aged or 0, aging) <= max(1.0, _FEW * have):
        return None
    keeping = _keeping(sku, left, today, holding)
    return Excess(
        account=sku.key[0],
        channel=sku.key[1],
        sku=sku.key[2],
        title=sku.article.title,
        available=have,
        units=units,
        days=days,
        aged=aged,
        aging=aging,
        step=_next_step(today),
        currency=sku.unit.currency,
        keeping=keeping,
        exits=tuple(sorted(_exits(sku, left, aging or aged or 0, today), key=lambda e: (e.cost, e.way))),
    )


def _exits(sku: Sku, left: Floats, units: int, today: date) -> Iterator[Exit]:
    """What each way costs against selling everything at today's price without holding it."""
    unit, channel = sku.unit, sku.key[1]
    if unit.price is None:
        return
    net = unit.price * (1 - (sku.article.fee_rate or 0))
    sold = sku.article.available - float(left[_QUARTER - 1])
    cut = _discount(sold, units)
    if cut is not None:
        all_of_it = Decimal(round(sold + units))
        yield Exit(way="price", units=units, cost=_cents(cut * net * all_of_it), price=_cents(unit.price * (1 - cut)))
        if terms := coupon(channel, today):
            clipped = units + _CLIPPED * Decimal(round(sold))
            fee = terms.of(clipped * unit.price * (1 - cut))
            yield Exit(
                way="coupon",
                units=units,
                cost=_cents(cut * unit.price * clipped + fee),
                price=_cents(unit.price * (1 - cut)),
            )
    if rate := removal(channel, today):
        yield Exit(way="removal", units=units, cost=_cents(units * (net + rate.of(sku.terms.weight_kg))))


def _discount(sold: float, units: int) -> Decimal | None:
    """The price cut at which a quarter sells so many units more; None where none is deep enough."""
    if sold <= 0 or units <= 0:
        return None
    cut = 1 - ((sold + units) / sold) ** (-1 / _ELASTICITY)
    return Decimal(f"{cut:.4f}") if cut <= _DEEPEST else None


def _keeping(sku: Sku, left: Floats, today: date, holding: Decimal) -> Decimal:
    """Storage, capital and surcharges until it is sold; what is still there after a year is written off."""
    unit, have = sku.unit, float(sku.article.available)
    total = Decimal(0)
    for month, units in enumerate(_amounts(left), start=1):
        total += units * (unit.storage + (unit.purchase or 0) * holding * MONTH / 365)
        sold = Decimal(have) - units
        old = max((sku.article.aged or 0) - sold, Decimal(0)) if month <= _HALF_YEAR else units
        age = 271 if month <= _HALF_YEAR else 181 + (month - _HALF_YEAR - 1) * MONTH
        total += old * _surcharge(sku, today + timedelta(days=month * MONTH), age)
    worth = (unit.price or 0) * (1 - (sku.article.fee_rate or 0))
    return _cents(total + _amounts(left)[-1] * worth)


def _surcharge(sku: Sku, day: date, age: int) -> Decimal:
    found = fees.aged(sku.key[1], day, age, sku.terms.weight_kg, sku.terms.volume_l)
    return found.amount if found else Decimal(0)


def _next_step(today: date) -> date:
    """The next day on which ages are looked at."""
    if today.day < _FEE_DAY:
        return today.replace(day=_FEE_DAY)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=_FEE_DAY)


def _amounts(left: Floats) -> Sequence[Decimal]:
    return [Decimal(f"{units:.1f}") for units in left.tolist()]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT)
