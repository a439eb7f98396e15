from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.period import comparison, label, parse_period, past, upto, whole
from kpiterm.analysis.view import Span
from kpiterm.errors import UsageError

DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
days = st.dates(date(2001, 1, 1), date(2098, 12, 31))


def span(first: str, last: str, through: str) -> Span:
    return Span(*(date.fromisoformat(text) for text in (first, last, through)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, span("2026-11-01", "2026-11-30", "2026-11-21")),
        ("2026-10", span("2026-10-01", "2026-10-31", "2026-10-31")),
        ("last", span("2026-10-01", "2026-10-31", "2026-10-31")),
        ("2026-W47", span("2026-11-16", "2026-11-22", "2026-11-21")),
        ("2020-W53", span("2020-12-28", "2021-01-03", "2021-01-03")),
        ("2026-11-01..2026-11-21", span("2026-11-01", "2026-11-21", "2026-11-21")),
        ("2024-02", span("2024-02-01", "2024-02-29", "2024-02-29")),
        ("2026-12", span("2026-12-01", "2026-12-31", "2026-11-30")),
    ],
)
def test_periods_as_people_write_them(text: str | None, expected: Span) -> None:
    assert parse_period(text, TODAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-13",
        "2026",
        "2026-W54",
        "2026-W00",
        "2021-W53",
        "2026-11-31..2026-12-01",
        "nov",
        "2026-11-02",
        "a..b..c",
    ],
)
def test_a_period_that_is_none_names_the_forms(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_period(text, TODAY)
    assert repr(text) in caught.value.message
    assert "2026-W47" in caught.value.hint


@pytest.mark.parametrize("text", ["0001-01", "9999-12", "2026-01-01..9999-12-31"])
def test_a_period_without_any_data_is_refused_rather_than_counted_back_from(text: str) -> None:
    with pytest.raises(UsageError):
        parse_period(text, TODAY)


def test_a_range_the_wrong_way_round_is_put_right_in_the_hint() -> None:
    with pytest.raises(UsageError) as caught:
        parse_period("2026-11-21..2026-11-01", TODAY)
    assert "2026-11-01..2026-11-21" in caught.value.hint


@given(days)
def test_the_month_to_date_is_compared_with_as_many_days_of_the_month_before(today: date) -> None:
    now = upto(parse_period(f"{today:%Y-%m}", date.max), today)
    before = comparison(now)
    assert before.end + DAY == now.start
    assert before.start.day == 1
    if now.through == now.end:
        assert before.through == before.end
    else:
        assert before.through.day == min(today.day, monthrange(before.start.year, before.start.month)[1])


@given(days)
def test_every_iso_week_is_found_by_its_name_and_compared_with_the_seven_days_before(day: date) -> None:
    year, week, _ = day.isocalendar()
    found = parse_period(f"{year}-W{week:02}", date.max)
    assert found.start <= day <= found.end
    assert label(found) == f"{year}-W{week:02}"
    partial = upto(found, day)
    before = comparison(partial)
    assert (before.end, before.through) == (found.start - DAY, day - 7 * DAY)


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_a_range_is_compared_with_as_many_days_before_it(first: date, length: int, elapsed: int) -> None:
    asked = Span(first, first + length * DAY, first + min(length, elapsed) * DAY)
    before = comparison(asked)
    if label(asked) != f"{asked.start:%Y-%m}":
        assert (before.end + DAY, before.end - before.start) == (asked.start, asked.end - asked.start)
        assert before.through - before.start == asked.through - asked.start


@given(days)
def test_thirteen_months_reach_the_same_month_of_the_year_before(today: date) -> None:
    spans = past(parse_period(None, today), 13)
    assert (spans[0].start.year, spans[0].start.month) == (today.year - 1, today.month)
    assert all(a.end + DAY == b.start and a == whole(a) for a, b in pairwise(spans))


@given(days, days)
def test_through_never_leaves_the_period_nor_passes_the_day(today: date, day: date) -> None:
    found = upto(parse_period(None, today), day)
    assert found.start - DAY <= found.through <= found.end
    assert found.through <= day or found.through == found.start - DAY
