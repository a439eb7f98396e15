"""How much a rate of few cases says: Wilson's interval, and whether it settles a target."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from kpiterm.analysis.view import Interval, Target

Z = Decimal("1.959963984540054")  # the normal quantile that leaves 5 % on both sides together
_PLACES = Decimal("0.000001")
_COUNTED = frozenset({"ratio", "last_ratio", "share"})


def interval(
    target: Target | None, numerator: Decimal | None, denominator: Decimal | None, *, kind: str, currency: str | None
) -> Interval | None:
    """The interval of a share of cases; None where money is divided, or where the cases were not counted.

    `kind` is the definition's. The verdict is "proven" where the whole interval meets, or misses, the target.
    """
    found = counted(numerator, denominator) if kind in _COUNTED and currency is None else None
    if found is None:
        return None
    low, high = wilson(*found)
    if target is None:
        return Interval(low, high, None)
    return Interval(low, high, "proven" if target.met_by(low) == target.met_by(high) else "not proven")


def wilson(cases: int, total: int) -> tuple[Decimal, Decimal]:
    """Wilson's 95 % interval of cases ÷ total, to six places outwards: 13 of 4,000 is 0.19 % to 0.56 %."""
    share, square = Decimal(cases) / total, Z * Z / total
    centre = (share + square / 2) / (1 + square)
    half = Z * ((share * (1 - share) + square / 4) / total).sqrt() / (1 + square)
    low = Decimal(0) if cases == 0 else (centre - half).quantize(_PLACES, ROUND_FLOOR)
    high = Decimal(1) if cases == total else (centre + half).quantize(_PLACES, ROUND_CEILING)
    return max(low, Decimal(0)), min(high, Decimal(1))


def counted(numerator: Decimal | None, denominator: Decimal | None) -> tuple[int, int] | None:
    """Cases and total as whole numbers; None where they are no share of a counted whole.

    A platform states some rates rounded and the cases follow from them, so that they are rounded here. A whole of one
    is a rate without its cases.
    """
    if numerator is None or denominator is None or denominator <= 1 or denominator != denominator.to_integral_value():
        return None
    cases = int(numerator.to_integral_value(ROUND_HALF_EVEN))
    return (cases, int(denominator)) if 0 <= cases <= denominator else None


def least_total(target: Target, cases: int = 1) -> int | None:
    """The smallest whole of which so many cases meet a limit: 1 defect passes < 0.5 % from 201 orders on.

    None where the target is no upper limit above zero.
    """
    if target.op not in {"<", "<="} or target.value <= 0:
        return None
    needed = cases / target.value
    if target.op == "<":
        return int(needed.to_integral_value(ROUND_FLOOR)) + 1
    return max(1, int(needed.to_integral_value(ROUND_CEILING)))
