"""Amounts and dates in the notations that exports use; what has two readings is refused."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.plugins.parse import count, currency_of, day, day_range, lost_digits, moment, money, percent, unwrap

amounts = st.decimals(-(10**12), 10**12, places=2)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,278.00", "1278.00"), ("-3.263,25", "-3263.25"), ("$-9.02", "-9.02"), ("-$9.02", "-9.02"),
        ("Rs.201.68", "201.68"), ("￥74,020", "74020"), ("366 714,82", "366714.82"), ("366\u202f714,82 €", "366714.82"),
        ("($1.50)", "-1.50"), ("\u22121.50", "-1.50"), ("1,25,000.50", "125000.50"), ("R$ 5,00", "5.00"),
        ("US$ 12", "12"), ("12.50 USD", "12.50"), ("1.234.567", "1234567"), ("0.278", "0.278"),
        ("1234.567", "1234.567"), ("１２.５", "12.5"), (".5", "0.5"),
    ],
)  # fmt: skip
def test_amounts_as_exports_write_them(text: str, amount: str) -> None:
    assert money(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "  ", None, "-", "--", "---", "Infinite", "N/A"])
def test_no_amount_is_none_and_never_zero(text: str | None) -> None:
    assert (money(text), count(text), percent(text)) == (None, None, None)


@pytest.mark.parametrize("text", ["1,278", "1.278", "-1.278 €"])
def test_a_lone_mark_before_three_digits_needs_the_callers_word(text: str) -> None:
    with pytest.raises(ValueError, match=r"1278 or 1\.278") as caught:
        money(text)
    assert repr(text) in str(caught.value)
    assert {abs(money(text, True) or 0), abs(money(text, False) or 0)} == {Decimal("1.278"), Decimal(1278)}


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "--5", "-$-5", "(-5)", "1TL2", "1e5", "$", "1,27,8.00", "12:30", "< 5", "5%", "1 2"]
)
def test_what_is_no_amount_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="no amount") as caught:
        money(text)
    assert repr(text) in str(caught.value)


def test_the_callers_notation_is_not_bent() -> None:
    for text, comma in (("-3.263,25", False), ("1,278.00", True)):
        with pytest.raises(ValueError, match="before the decimals"):
            money(text, comma)


@given(amounts, st.sampled_from(["{}", "${}", "{} €", "Rs.{}", "US$ {}"]), st.sampled_from([",.", ".,", " ,", "'."]))
def test_amounts_round_trip(amount: Decimal, sign: str, marks: str) -> None:
    text = sign.format(f"{amount:,.2f}".translate(str.maketrans(",.", marks)))
    assert money(text) == amount
    assert money(text, decimal_comma=marks[1] == ",") == amount


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    for parse in (money, count, percent, day, moment, day_range, currency_of):
        with contextlib.suppress(ValueError):
            parse(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7 Day Total Sales ($)", "USD"), ("14 Day Total Sales (₹)", "INR"), ("Rs.201.68", "INR"), ("￥74,020", "JPY"),
        ("5,00 €", "EUR"), ("CA$4.00", "CAD"), ("R$ 4", "BRL"), ("Spend(GBP)", "GBP"), ("Total Orders", None),
        ("industry", None), ("12.50", None), (None, None),
    ],
)  # fmt: skip
def test_currencies(text: str | None, code: str | None) -> None:
    assert currency_of(text) == code


def test_a_sign_of_several_countries_is_refused() -> None:
    with pytest.raises(ValueError, match="several countries"):
        currency_of("12 kr")


@pytest.mark.parametrize(
    ("text", "number"), [("1,138", 1138), ("1.138", 1138), ("1 138", 1138), ("1.0", 1), ("-5", -5)]
)
def test_counts(text: str, number: int) -> None:
    assert count(text) == number


@pytest.mark.parametrize("text", ["1.000", "1.5", "< 5", "12,34", ">306", "1e3", "$5"])
def test_counts_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        count(text)


@given(st.integers(-(10**15), 10**15))
def test_counts_round_trip(number: int) -> None:
    assert count(str(number)) == count(f"{number:,}") == number


@given(st.decimals(0, 1000, places=2))
def test_percentages_are_fractions(number: Decimal) -> None:
    assert percent(f"{number}%") == percent(f"{number} %".replace(".", ",")) == number / 100


@pytest.mark.parametrize("text", ["5.94", "$5%", "%", "1,234%"])
def test_percentages_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has its own words)
        percent(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-02-01", "2020-02-01"), ("2023/08/01", "2023-08-01"), ("Feb 1, 2020", "2020-02-01"),
        ("Nov 09, 2025", "2025-11-09"), ("Oct 2, 2019 12:20:42 PM PDT", "2019-10-02"), ("04-30-22", "2022-04-30"),
        ("30/04/2022", "2022-04-30"), ("05/05/22", "2022-05-05"), ("2023-04-10T23:10:59+09:00", "2023-04-10"),
        ("1 February 2020", "2020-02-01"),
    ],
)  # fmt: skip
def test_days_as_exports_write_them(text: str, expected: str) -> None:
    assert day(text).isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "44000", "44000.5", "2020-02-30", "13/13/2020", "2020-02-01 spring", "Foo 1, 2020"]
)
def test_what_is_no_day_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="no date") as caught:
        day(text)
    assert repr(text) in str(caught.value)


def test_month_and_day_that_may_be_swapped_need_the_callers_word() -> None:
    with pytest.raises(ValueError, match="say which comes first"):
        day("06/07/22")
    assert (day("06/07/22", True), day("06/07/22", False)) == (date(2022, 6, 7), date(2022, 7, 6))


@given(st.dates(date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%b %d, %Y", "%d-%b-%Y", "%B %d, %Y"]))
def test_days_round_trip(value: date, notation: str) -> None:
    text = value.strftime(notation)
    assert day(text) == value


def test_ranges() -> None:
    assert day_range("Nov 09, 2025 - Nov 27, 2025") == (date(2025, 11, 9), date(2025, 11, 27))
    assert day_range("2025-11-09") == (date(2025, 11, 9), date(2025, 11, 9))
    with pytest.raises(ValueError, match="ends before it starts"):
        day_range("Nov 27, 2025 - Nov 09, 2025")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oct 2, 2019 12:20:42 PM PDT", "2019-10-02T19:20:42"), ("Oct 2, 2019 12:20:42 AM PDT", "2019-10-02T07:20:42"),
        ("2023/08/01 0:34:50 JST", "2023-07-31T15:34:50"), ("2023-04-10T23:10:59+09:00", "2023-04-10T14:10:59"),
        ("2026-06-16 00:00:00 UTC", "2026-06-16T00:00:00"), ("Feb 28, 2026 21:17:51 GMT-8", "2026-03-01T05:17:51"),
    ],
)  # fmt: skip
def test_moments_as_exports_write_them(text: str, expected: str) -> None:
    assert moment(text).isoformat() == expected + "+00:00"


@pytest.mark.parametrize("text", ["2023-04-10 23:10", "2023-04-10 23:10 CST", "2023-04-10", "2023-04-10 25:00 UTC", ""])
def test_a_moment_without_a_known_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (each has its own words)
        moment(text)
    assert repr(text) in str(caught.value)


def test_a_zone_stands_in_for_a_missing_offset() -> None:
    zone = "America/Los_Angeles"
    assert moment("2026-07-01 08:00", zone) == datetime(2026, 7, 1, 15, tzinfo=UTC)
    assert moment("2026-12-01 08:00", zone) == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert moment("2026-12-01 08:00Z", zone) == datetime(2026, 12, 1, 8, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time zone"):
        moment("2026-07-01 08:00", "Mars/Olympus")


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(-720, 840))  # noqa: DTZ001 (the offset is drawn)
def test_moments_round_trip(naive: datetime, minutes: int) -> None:
    value = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(value.isoformat()) == moment(value.strftime("%Y/%m/%d %H:%M:%S.%f UTC%z")) == value


def test_cells_that_spreadsheets_wrap_or_cut() -> None:
    assert (unwrap('="468170906203317"'), unwrap("  a "), unwrap('=""'), unwrap(None)) == (
        "468170906203317", "a", None, None,
    )  # fmt: skip
    assert [lost_digits(text) for text in ("7.82115E+12", "7,8E+12", "782115", "E+12", None)] == [
        True,
        True,
        *[False] * 3,
    ]
