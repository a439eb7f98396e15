"""The few figures that are made of a KPI's value on every path."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.pacing import summary
from kpiterm.analysis.view import Projection, Target

HUNDRED = np.arange(1.0, 101.0)


def test_the_value_is_the_median_and_the_interval_holds_four_fifths() -> None:
    assert summary(np.arange(0.0, 2001.0)) == Projection(D(1000), D(200), D(1800), None)


@pytest.mark.parametrize(("op", "share"), [(">=", "0.51"), (">", "0.50"), ("<=", "0.50"), ("<", "0.49")])
def test_strict_targets_are_strict(op: Literal["<", "<=", ">", ">="], share: str) -> None:
    found = summary(HUNDRED, Target(op, D(50)))
    assert found
    assert found.p_hit == D(share)


def test_nothing_is_certain_before_the_period_is_over() -> None:
    for over, shares in ((False, ("0.99", "0.01")), (True, ("1.00", "0.00"))):
        found = [summary(HUNDRED, Target(op, D(0)), over=over) for op in (">", "<")]
        assert tuple(str(projection.p_hit) for projection in found if projection) == shares


def test_a_finished_period_keeps_every_digit() -> None:
    found = summary(np.full(2000, 12345.67), Target(">=", D("12345.67")), over=True)
    assert found == Projection(D("12345.67"), D("12345.67"), D("12345.67"), D(1))


def test_figures_are_rounded_to_about_a_hundredth_of_the_interval() -> None:
    found = summary(np.linspace(398_213.37, 431_999.91, 2001))
    assert found == Projection(D(415100), D(401600), D(428600), None)
    found = summary(np.linspace(0.2612345, 0.2811789, 2001))
    assert found == Projection(D("0.2712"), D("0.2632"), D("0.2792"), None)


def test_paths_without_a_value_are_left_out_unless_they_are_most() -> None:
    some = np.concatenate([HUNDRED, np.full(50, np.nan), np.full(49, np.inf)])
    assert summary(some) == summary(HUNDRED)
    assert summary(np.concatenate([HUNDRED, np.full(101, np.nan)])) is None


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=50), st.floats(-1e12, 1e12))
def test_the_value_lies_within_the_interval(values: list[float], limit: float) -> None:
    found = summary(np.array(values), Target("<=", D(limit)))
    assert found
    assert found.p_hit is not None
    assert found.low <= found.value <= found.high
    assert D("0.01") <= found.p_hit <= D("0.99")
