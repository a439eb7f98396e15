"""Days on which the shop's year turns: Amazon's sales events, the Thanksgiving weekend, the Chinese New Year."""

from __future__ import annotations

from datetime import date, timedelta

_TUESDAY = 1
_PRIME_DAYS = {2024: (date(2024, 7, 16), 2), 2025: (date(2025, 7, 8), 4), 2026: (date(2026, 6, 23), 4)}
_CHINESE_NEW_YEARS = tuple(
    map(
        date.fromisoformat,
        (
            *("2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
            *("2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28"),
        ),
    )
)


def prime_day(year: int) -> tuple[date, date]:
    """First and last day; for years whose dates are not known, four days from June's fourth Tuesday as in 2026."""
    first, days = _PRIME_DAYS.get(year) or (_tuesday(date(year, 6, 22)), 4)
    return first, first + timedelta(days=days - 1)


def big_deal_days(year: int) -> tuple[date, date]:
    """The October event: a Tuesday and Wednesday, the first from the 6th on, as every year since 2022."""
    first = _tuesday(date(year, 10, 6))
    return first, first + timedelta(days=1)


def thanksgiving_weekend(year: int) -> tuple[date, date]:
    """Five days, from Thanksgiving to Cyber Monday."""
    november = date(year, 11, 1)
    first = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    return first, first + timedelta(days=4)


def next_chinese_new_year(day: date) -> date | None:
    """The first one after `day`, around which factories are closed; None beyond the years that are listed."""
    return next((new_year for new_year in _CHINESE_NEW_YEARS if new_year > day), None)


def within(day: date, span: tuple[date, date]) -> bool:
    return span[0] <= day <= span[1]


def _tuesday(earliest: date) -> date:
    return earliest + timedelta(days=(_TUESDAY - earliest.weekday()) % 7)
