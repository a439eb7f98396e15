"""Charts of text: no line is wider than asked for, parts begin where the one before ended, Chinese takes two cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kpiterm.tui.charts import Band, DayMark, Mark, Step, band, bars, strip, waterfall

STEPS = [
    Step("before", 100, "100", total=True),
    Step("流量", 40, "+40"),
    Step("price", -20, "−20"),
    Step("after", 120, "120", total=True),
]


@pytest.mark.parametrize("width", [12, 30, 60, 140])
def test_a_waterfall_fills_its_width_exactly(width: int) -> None:
    assert {cell_len(line.plain) for line in waterfall(STEPS, width)} == {width}


def test_a_part_of_a_waterfall_begins_where_the_one_before_ended() -> None:
    _, rise, fall, total = [line.plain for line in waterfall(STEPS, 80)]
    ends = [cell_len(line[: line.rindex(sign)]) for line, sign in ((rise, "█"), (fall, "▒"))]
    assert ends[0] == ends[1]
    assert fall.index("▒") == total.rindex("█")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8), st.integers(16, 120), st.booleans())
def test_no_waterfall_is_wider_than_asked_for(sizes: list[int], width: int, total: bool) -> None:
    steps = [Step(f"part {n}", Decimal(size), f"{size:+}", total=total) for n, size in enumerate(sizes)]
    assert {cell_len(line.plain) for line in waterfall(steps, width)} == {width}


def test_bars_show_the_target_and_leave_a_gap_for_what_is_missing() -> None:
    drawn = [line.plain for line in bars([1, None, 4], Mark(2, "≥ 2"), ("0", "4"), 40, 4)]
    assert {cell_len(line) for line in drawn} == {40}
    assert any(line.lstrip().startswith("≥ 2 ") and "┄" in line for line in drawn)
    assert drawn[0].lstrip().startswith("4")
    assert "█" in drawn[0]


def test_bars_without_any_value_are_no_chart() -> None:
    assert bars([None, None], None, ("", ""), 40, 4) == []


def test_a_band_holds_its_middle() -> None:
    drawn = [line.plain for line in band([Band(0, 5, 10), Band(0, 1, 2)], 20, 5)]
    assert {cell_len(line) for line in drawn} == {20}
    assert sum(line.count("━") for line in drawn) == 20
    assert "░" in drawn[0]


def test_a_strip_marks_its_days_and_names_its_months() -> None:
    marks = [
        DayMark(date(2026, 11, 25), "N", "notice"),
        DayMark(date(2026, 12, 10), "░", "closed", last=date(2026, 12, 12)),
        DayMark(date(2026, 10, 1), "x", "before the strip"),
    ]
    months, days = [line.plain for line in strip(date(2026, 11, 22), 60, marks, 60)]
    assert (months[:3], months[9:12]) == ("Nov", "Dec")
    assert days[3] == "N"
    assert days[18:21] == "░░░"
    assert "x" not in days


def test_a_strip_that_is_too_narrow_draws_days_together() -> None:
    _, days = [line.plain for line in strip(date(2026, 11, 22), 90, [DayMark(date(2026, 11, 24), "N", "")], 30)]
    assert (cell_len(days), days[0]) == (30, "N")


def test_bars_grow_from_zero_in_both_directions() -> None:
    rows = [line.plain for line in bars([-10, 10, 20], None, ("-10", "20"), 30, 6)]
    bodies = [[n for n, row in enumerate(rows) if row[at] == "█"] for at in (4, 10, 16)]
    assert bodies == [[4, 5], [2, 3], [0, 1, 2, 3]]


def test_names_that_have_no_room_are_left_out_and_never_cut() -> None:
    feet = [
        [(name, "") for name in ("Jul", "Aug", "Sep", "Oct", "Nov")],
        [("x", ""), ("", ""), ("", ""), ("", ""), ("*", "")],
    ]
    *_, names, signs = [line.plain for line in bars([1, 2, 3, 4, 5], None, ("1", "5"), 20, 4, feet)]
    assert names.split() == ["Jul", "Sep", "Nov"]
    assert signs.split() == ["x", "*"]
    assert signs.index("*") == names.index("Nov")


def test_what_happened_stands_under_its_bar() -> None:
    feet = [[("Sep", ""), ("Oct", ""), ("11月", "")], [("", ""), ("*x", ""), ("$", "")]]
    *_, names, signs = [line.plain for line in bars([1, 2, 3], Mark(2, "2"), ("1", "3"), 40, 4, feet)]
    assert {cell_len(names), cell_len(signs)} == {40}
    assert signs.index("*x") == names.index("Oct")
    assert signs.index("$") == names.index("11月")
