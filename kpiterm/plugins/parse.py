"""Amounts, counts and dates as exports write them. A text with two readings is a ValueError, never a guess."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from kpiterm.plugins.parse_dates import day, day_range, moment

__all__ = ["count", "currency_of", "day", "day_range", "lost_digits", "moment", "money", "percent", "unwrap"]

_BLANK = {"", "-", "--", "---", "–", "—", "n/a", "null", "infinite"}
_CODES = frozenset(
    re.findall(
        "[A-Z]{3}",
        "AED ARS AUD BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KRW KWD MXN MYR NOK NZD "
        "PEN PHP PKR PLN QAR RON SAR SEK SGD THB TRY TWD UAH USD VND ZAR",
    )
)
# Longer signs first. A bare $, ¥ or Rs stands for the marketplace that prints it so in its exports.
_SIGNS = {
    "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "MX$": "MXN", "NZ$": "NZD", "HK$": "HKD",
    "R$": "BRL", "S$": "SGD", "RS.": "INR", "RS": "INR", "ZŁ": "PLN", "TL": "TRY", "$": "USD", "€": "EUR", "£": "GBP",
    "¥": "JPY", "₹": "INR", "₺": "TRY", "₩": "KRW",
}  # fmt: skip
_LETTERS = "|".join(sorted((re.escape(m) for m in [*_CODES, *_SIGNS, "KR"] if m[-1].isalpha()), key=len, reverse=True))
_OTHERS = "|".join(re.escape(sign) for sign in _SIGNS if not sign[-1].isalpha())
_MARK = rf"(?:{_OTHERS}|(?<![A-Z])(?:{_LETTERS})(?![A-Z]))"
_AMOUNT = re.compile(rf"(?P<sign>[-+]?) ?(?:{_MARK})? ?(?P<inner>[-+]?) ?(?P<body>\d[\d.,' ]*|[.,]\d+) ?(?:{_MARK})?")
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[.,' ])(?:\d{2,3}(?P=mark))*\d{3})?")


def money(text: str | None, decimal_comma: bool | None = None) -> Decimal | None:
    """An amount without its currency, None for blanks and dashes: `$-9.02`, `-3.263,25`, `366 714,82`, `(1.50)`.

    `decimal_comma` says what a lone mark before three digits is; without it `1,278` raises ValueError.
    """
    plain = _clean(text)
    if plain.casefold() in _BLANK:
        return None
    in_brackets = plain.startswith("(") and plain.endswith(")")
    found = _AMOUNT.fullmatch((plain[1:-1] if in_brackets else plain).upper())
    if found is None or (signs := found["sign"] + found["inner"]) in ("--", "-+", "+-") or (in_brackets and signs):
        raise ValueError(f"{text!r} is no amount")
    body = found["body"].strip()
    if "¥" in plain and decimal_comma is None and _GROUPED.fullmatch(body):
        decimal_comma = "." in body  # yen have no decimals, so the mark groups thousands
    number = _decimal(body, decimal_comma, text)
    return -number if in_brackets or signs == "-" else number


def currency_of(text: str | None) -> str | None:
    """ISO code of the currency that an amount or a header names, None where it names none.

    A bare `$` is USD, `¥` JPY and `Rs` INR; `kr`, which three countries share, is a ValueError.
    """
    found = re.search(_MARK, _clean(text).upper())
    if found is None:
        return None
    if found[0] == "KR":
        raise ValueError(f"{text!r}: 'kr' is the currency of several countries; give its code")
    return _SIGNS.get(found[0], found[0])


def count(text: str | None) -> int | None:
    """A whole number, None for blanks and dashes: `1,138`, `1.0`. Bounds such as `< 5` are a ValueError."""
    plain = _clean(text)
    if plain.casefold() in _BLANK:
        return None
    if re.fullmatch(r"[+-]?\d+(\.0{1,2})?", plain):
        return int(plain.partition(".")[0])
    if re.fullmatch(r"[+-]?" + _GROUPED.pattern, plain) and not re.fullmatch(r"[+-]?\d+\.000", plain):
        return int(re.sub(r"[.,' ]", "", plain))
    raise ValueError(f"{text!r} is no whole number")


def percent(text: str | None, decimal_comma: bool | None = None) -> Decimal | None:
    """A percentage as a fraction, `5.94%` as 0.0594; None for blanks and dashes. The sign must be there."""
    plain = _clean(text)
    if plain.casefold() in _BLANK:
        return None
    if not plain.endswith("%"):
        raise ValueError(f"{text!r} has no percent sign: 0.5 may be a fraction or half a percent")
    number = money(plain[:-1], decimal_comma)
    if number is None or re.search(_MARK, plain.upper()):
        raise ValueError(f"{text!r} is no percentage")
    return number.scaleb(-2)


def unwrap(text: str | None) -> str | None:
    """A cell without the `="…"` that keeps spreadsheets from turning long numbers into floats; blanks as None."""
    plain = (text or "").strip()
    if plain.startswith("=") and (wrapped := re.fullmatch(r'="?([^"]*)"?', plain)):
        plain = wrapped[1].strip()
    return plain or None


def lost_digits(text: str | None) -> bool:
    """Whether a spreadsheet has turned a long code into `7.82115E+12`: its digits are gone for good."""
    return bool(text and "+" in text and re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+\d+", text.strip()))


def _clean(text: str | None) -> str:
    """Full-width forms, odd blanks and minus signs as their plain counterparts."""
    plain = unicodedata.normalize("NFKC", text or "").replace("\u2212", "-").replace("\u2019", "'")
    return " ".join(plain.split())


def _decimal(body: str, decimal_comma: bool | None, text: str | None) -> Decimal:
    marks = {mark for mark in ".," if mark in body}
    lone = "," if decimal_comma else "."
    point = _decimal_mark(body, marks, text) if decimal_comma is None else lone
    whole, _, fraction = body.partition(point) if point else (body, "", "")
    if (whole and not (whole.isdigit() or _GROUPED.fullmatch(whole))) or not (fraction.isdigit() or not fraction):
        raise ValueError(f"{text!r} is no amount" + (f" with {point!r} before the decimals" if point else ""))
    digits = re.sub(r"\D", "", whole) or "0"
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _decimal_mark(body: str, marks: set[str], text: str | None) -> str:
    """Which mark comes before the decimals, "" where there are none."""
    if len(marks) == 2:
        return max(marks, key=body.rindex)
    if not marks or body.count(mark := marks.pop()) > 1:
        return ""
    whole, _, fraction = body.partition(mark)
    if len(fraction) != 3 or not whole or whole.startswith("0") or len(whole) > 3:
        return mark
    raise ValueError(f"{text!r} may be {whole}{fraction} or {whole}.{fraction}: say which mark precedes the decimals")
