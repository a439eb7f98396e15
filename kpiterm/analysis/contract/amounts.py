"""Rounding as signed, and figures as a statement prints them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from kpiterm.analysis.contract.model import ZERO, Rounding

_MODES = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "down": ROUND_DOWN}
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "TND": 3}


def rounded(amount: Decimal, currency: str, rounding: Rounding) -> Decimal:
    """An amount in the currency's minor unit."""
    unit = Decimal(1).scaleb(-_MINOR_DIGITS.get(currency, 2))
    return amount.quantize(unit, _MODES[rounding]) + ZERO  # + 0 makes -0.00 plain


def split_rounded(amounts: Iterable[Decimal], currency: str, rounding: Rounding) -> list[Decimal]:
    """Amounts that add up to their rounded sum: a month that is cut into parts costs no cent more or less."""
    found: list[Decimal] = []
    total = done = ZERO
    for amount in amounts:
        total += amount
        found.append(rounded(total, currency, rounding) - done)
        done += found[-1]
    return found


def fixed(value: Decimal, digits: int) -> str:
    """So many decimals, half to even: attainments have 4, scores 6."""
    return f"{value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN) + ZERO:f}"


def digits(value: Decimal) -> str:
    """All digits, without an exponent and without zeros at the end; what never ends is cut at the twelfth decimal."""
    text = f"{round(value, 12):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
