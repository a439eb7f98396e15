"""Numbers as people read them, for the command line and the screen alike; in other languages by their own customs."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from kpiterm.analysis import local
from kpiterm.analysis.view import Target
from kpiterm.i18n import said, told

_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "CAD": "CA$", "AUD": "A$", "MXN": "MX$", "BRL": "R$",
    "INR": "₹", "SGD": "S$",
}  # fmt: skip
_NO_MINOR_UNIT = frozenset({"JPY", "KRW", "VND", "CLP"})
_SUFFIX = {"hours": " h", "days": " d"}
_STEPS = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def format_value(value: Decimal | None, unit: str, currency: str | None = None, language: str = "en") -> str:
    """A value with its unit: `26.0 %`, `$412,000`, `¥74,020`, `9.5 h`; a missing one is `—`."""
    if value is None:
        return "—"
    if unit == "ratio":
        return _percent(_fixed(value * 100, _ratio_digits(value)), language)
    if unit == "money":
        small = abs(value) < 1000 and currency not in _NO_MINOR_UNIT
        return _with_currency(_fixed(value, 2 if small else 0), currency, language)
    if unit in _SUFFIX:
        return _timed(_fixed(value, 1), unit, language)
    return _fixed(value, 0 if value == value.to_integral_value() else 1)


def compact_value(value: Decimal | None, unit: str, currency: str | None = None, language: str = "en") -> str:
    """The same in at most about seven characters: `26.0%`, `$412k`, `¥1.2M`, `9.5h`; in Chinese `$41.2万`."""
    if value is None:
        return "—"
    if unit == "money":
        return _with_currency(_short(value, language), currency, language)
    if unit == "count":
        return _short(value, language)
    return format_value(value, unit, currency, language).replace(" ", "")


def format_target(target: Target | None, unit: str, currency: str | None = None, language: str = "en") -> str:
    """A target with its operator: `≤ 28 %`, `< 12 h`; none is `—`."""
    if target is None:
        return "—"
    sign = {"<=": "≤", ">=": "≥"}.get(target.op, target.op)
    if unit == "ratio":
        return f"{sign} {_percent(plain(target.value * 100), language)}"
    if unit in _SUFFIX:
        return f"{sign} {_timed(plain(target.value), unit, language)}"
    return f"{sign} {format_value(target.value, unit, currency, language)}"


def format_change(change: Decimal | None, unit: str, currency: str | None = None, language: str = "en") -> str:
    """A difference with its sign; ratios in percentage points: `−2.1 pp`, `+$12,000`."""
    if change is None:
        return "—"
    size = abs(change)
    if unit == "ratio":
        text = told(said("{0} pp", _fixed(size * 100, _ratio_digits(size))), language)
    else:
        text = format_value(size, unit, currency, language)
    return f"{'−' if change < 0 else '+' if change > 0 else '±'}{text}"


def money(value: Decimal, currency: str | None, digits: int) -> str:
    """An amount with so many decimals, where several of them must add up: `$1,234`, `$0.90`."""
    return _with_currency(_fixed(value, digits), currency)


def exact_money(amount: Decimal, currency: str | None) -> str:
    """An amount as a ledger writes it: `EUR 1,234.00`; no digit of the amount is dropped."""
    return f"{currency or '(no currency)'} {amount_digits(amount, currency, grouped=True)}"


def amount_digits(amount: Decimal, currency: str | None, *, grouped: bool = False) -> str:
    """Every digit of an amount, with at least those of the currency's minor unit: `412000.00`, `0.0275`."""
    text = plain(amount)
    least = 0 if currency in _NO_MINOR_UNIT else 2
    digits = max(least, len(text.partition(".")[2]))
    return f"{Decimal(text):{',' if grouped else ''}.{digits}f}"


def plain(value: Decimal) -> str:
    """All digits, no exponent, no trailing zeros after the point."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _ratio_digits(value: Decimal) -> int:
    # Defect rates live below one per cent, where one decimal would hide whether 0.5 % is met.
    return 2 if 0 < abs(value) < Decimal("0.01") else 1


def _fixed(value: Decimal, digits: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}"


def _percent(digits: str, language: str) -> str:
    return f"{digits} %" if language == "en" else f"{digits}{local.percent_sign(language)}"


def _timed(digits: str, unit: str, language: str) -> str:
    return f"{digits}{_SUFFIX[unit]}" if language == "en" else local.timed(digits, unit, language)


def _short(value: Decimal, language: str) -> str:
    if language != "en":
        return local.short(value, language) or _fixed(value, 0)
    for step, suffix in _STEPS:
        # Rounded first, so that 999,999 is 1.0M and not 1,000k.
        if abs(scaled := value / step) >= Decimal("0.9995") and abs(value) >= 1000:
            return f"{_fixed(scaled, 0 if abs(scaled) >= Decimal('99.95') else 1)}{suffix}"
    return _fixed(value, 0)


def _with_currency(digits: str, currency: str | None, language: str = "en") -> str:
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    if language != "en" and currency:
        symbol = local.symbol(currency, language)
    else:
        symbol = _SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    return f"{sign}{symbol}{digits}"
