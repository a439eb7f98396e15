"""Rounded amounts that add up, whatever is shown and in whatever digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.cause.result import FACTORS
from kpiterm.analysis.cause.settle import Row, grid, settle

BOTH = st.dictionaries(st.sampled_from(FACTORS[:6]), st.floats(-1e6, 1e6), min_size=1, max_size=6)
PARTS = st.one_of(BOTH, st.dictionaries(st.just("new"), st.floats(0.01, 1e6), min_size=1))
NAMES = (*FACTORS[:6], "new")
QUANTUM = st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.0001")])


def test_the_difference_goes_to_the_largest_part() -> None:
    parts = settle({"traffic": -408.776, "conversion": 369.784, "price": -199.008}, Decimal(-238), Decimal(1))
    assert parts == {"traffic": -409, "conversion": 370, "price": -199}
    assert settle({"traffic": 1.4, "price": 5.4}, Decimal(7), Decimal(1)) == {"traffic": 1, "price": 6}


def test_a_part_that_rounds_to_nothing_is_not_told() -> None:
    assert settle({"traffic": 0.2, "price": 5.0}, Decimal(5), Decimal(1)) == {"price": 5}


@pytest.mark.parametrize("has_rest", [True, False])
def test_rows_and_columns_meet(has_rest: bool) -> None:
    rows = [Row(1.4, {"price": 1.4}), Row(1.4, {"traffic": 0.7, "price": 0.7})]
    found = grid(Row(Decimal(3), {"traffic": 0.9, "price": 2.1}), rows, has_rest=has_rest, quantum=Decimal(1))
    assert sum(found.parts.values()) == 3
    assert sum(sum(row.values()) for row in (*found.rows, found.rest or {})) == 3


@given(st.lists(PARTS, min_size=1, max_size=8), st.integers(1, 8), QUANTUM)
def test_every_sum_is_exact(lines: list[dict[str, float]], told: int, quantum: Decimal) -> None:
    rows = [Row(sum(parts.values()), parts) for parts in lines]
    totals = {name: sum(parts.get(name, 0.0) for parts in lines) for name in NAMES}
    change = Decimal(sum(totals.values())).quantize(quantum)
    found = grid(Row(change, totals), rows[:told], has_rest=told < len(rows), quantum=quantum)
    shown = [*found.rows, *([found.rest] if found.rest is not None else [])]
    assert sum(found.parts.values()) == change
    assert sum(sum(row.values()) for row in shown) == change
    for name in NAMES:
        assert sum(row.get(name, Decimal(0)) for row in shown) == found.parts.get(name, Decimal(0))
    for row, parts in zip(rows[:told][:-1], found.rows, strict=False):
        assert abs(sum(parts.values()) - Decimal(row.change)) <= quantum * len(rows)
    assert all(amount % quantum == 0 for row in (found.parts, *shown) for amount in row.values())
