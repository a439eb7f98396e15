"""Signs, short numbers and days as a language other than English writes them, from Babel's tables (CLDR).

Babel is imported when the first of them is asked for: English, and a command that draws nothing, do without.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

_UNITS = {"hours": "duration-hour", "days": "duration-day"}
_LEAST = 10_000  # what has fewer digits is short enough
_THREE = Context(prec=3, rounding=ROUND_HALF_EVEN)


@cache
def symbol(currency: str, language: str) -> str:
    """The sign before an amount, `JP¥`; a currency without one has its code and a space."""
    if currency == "USD":
        return "$"  # as sellers on US marketplaces write it in any language, and as reports do
    from babel.numbers import get_currency_symbol

    found = get_currency_symbol(currency, locale=language)
    return f"{found} " if found == currency else found


@cache
def percent_sign(language: str) -> str:
    """What stands behind the digits, with a space where the language has one."""
    from babel import Locale

    return str(Locale.parse(language).percent_formats[None].suffix[0])


def timed(digits: str, unit: str, language: str) -> str:
    """Digits with `hours` or `days`: `9.5小时`."""
    from babel.units import format_unit

    places = len(digits.partition(".")[2])
    number = Decimal(digits.replace(",", ""))
    return format_unit(number, _UNITS[unit], "short", format=f"#,##0.{'0' * places}", locale=language)


def short(value: Decimal, language: str) -> str:
    """Three digits and the language's own step, `41.2万`; empty where all digits are short enough."""
    if abs(value) < _LEAST:
        return ""
    from babel.numbers import format_compact_decimal

    return format_compact_decimal(_THREE.create_decimal(value), locale=language, fraction_digits=2)


@cache
def day(value: date, language: str, skeleton: str = "MMMd") -> str:
    """`11月22日`; the skeletons yMMMd and yMMM have the year too, MMM is the month alone."""
    from babel.dates import format_skeleton

    return format_skeleton(skeleton, value, locale=language)
