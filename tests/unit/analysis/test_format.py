from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.format import (
    amount_digits,
    compact_value,
    exact_money,
    format_change,
    format_target,
    format_value,
    plain,
)
from kpiterm.analysis.view import Target


@pytest.mark.parametrize(
    ("value", "unit", "currency", "long", "short"),
    [
        ("0.2604", "ratio", None, "26.0 %", "26.0%"),
        ("0.00325", "ratio", None, "0.32 %", "0.32%"),
        ("-0.105", "ratio", None, "-10.5 %", "-10.5%"),
        ("412000", "money", "USD", "$412,000", "$412k"),
        ("412.5", "money", "USD", "$412.50", "$412"),
        ("74020", "money", "JPY", "¥74,020", "¥74.0k"),
        ("12", "money", "JPY", "¥12", "¥12"),
        ("999999", "money", "USD", "$999,999", "$1.0M"),
        ("1234567", "money", "SEK", "SEK 1,234,567", "SEK 1.2M"),
        ("-1500", "money", "EUR", "-€1,500", "-€1.5k"),
        ("9.5", "hours", None, "9.5 h", "9.5h"),
        ("28", "count", None, "28", "28"),
        ("0", "ratio", None, "0.0 %", "0.0%"),
    ],
)
def test_values_as_people_read_them(value: str, unit: str, currency: str | None, long: str, short: str) -> None:
    assert format_value(Decimal(value), unit, currency) == long
    assert compact_value(Decimal(value), unit, currency) == short


def test_a_missing_value_is_never_zero() -> None:
    assert format_value(None, "money", "USD") == compact_value(None, "ratio") == format_change(None, "ratio") == "—"


def test_targets_and_changes() -> None:
    assert format_target(Target("<=", Decimal("0.28")), "ratio") == "≤ 28 %"
    assert format_target(Target("<", Decimal("0.005")), "ratio") == "< 0.5 %"
    assert format_target(Target("<", Decimal(12)), "hours") == "< 12 h"
    assert format_target(None, "ratio") == "—"
    assert format_change(Decimal("-0.0207"), "ratio") == "−2.1 pp"
    assert format_change(Decimal(12000), "money", "USD") == "+$12,000"


def test_a_ledger_amount_keeps_its_digits() -> None:
    assert exact_money(Decimal("1234.0000"), "EUR") == "EUR 1,234.00"
    assert exact_money(Decimal("0.0275"), "USD") == "USD 0.0275"
    assert exact_money(Decimal("74020.0000"), "JPY") == "JPY 74,020"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12))
def test_plain_digits_are_exact_and_without_exponent(value: Decimal) -> None:
    assert Decimal(plain(value)) == Decimal(amount_digits(value, "USD")) == value
    assert "E" not in plain(value).upper()


@pytest.mark.parametrize(
    ("value", "unit", "currency", "full", "compact"),
    [
        ("0.2604", "ratio", None, "26.0%", "26.0%"),
        ("412345.6", "money", "USD", "$412,346", "$41.2万"),
        ("-152345678", "money", "CNY", "-¥152,345,678", "-¥1.52亿"),
        ("74020", "money", "JPY", "JP¥74,020", "JP¥7.4万"),
        ("9999", "count", None, "9,999", "9,999"),
        ("9.5", "hours", None, "9.5小时", "9.5小时"),
    ],
)
def test_chinese_readers_get_their_own_signs_and_steps(
    value: str, unit: str, currency: str | None, full: str, compact: str
) -> None:
    assert format_value(Decimal(value), unit, currency, "zh") == full
    assert compact_value(Decimal(value), unit, currency, "zh") == compact


def test_targets_and_changes_follow_the_language() -> None:
    assert format_target(Target("<=", Decimal("0.28")), "ratio", None, "zh") == "≤ 28%"
    assert format_target(Target("<", Decimal(12)), "hours", None, "zh") == "< 12小时"
    assert format_change(Decimal("-0.021"), "ratio", None, "zh") == "−2.1百分点"
