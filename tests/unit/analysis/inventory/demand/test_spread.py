"""Quantile lines, and what they cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.inventory.demand import quantile, spread
from kpiterm.analysis.inventory.demand.panel import QUANTILES

_TRAITS = 2


def learned(expected: float, errors: np.ndarray[tuple[int], np.dtype[np.float64]]) -> spread.Spread:
    size = len(errors)
    mean = np.full(size, expected)
    usual = spread.usual_scale(mean, mean / 28, mean / 28, 28, 1.0)
    traits = np.zeros((size, _TRAITS))
    traits[:, 0] = 1
    return spread.learn(mean, usual, traits, mean + errors, 1.0)


def told(found: spread.Spread, expected: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    mean = np.array([expected])
    usual = spread.usual_scale(mean, mean / 28, mean / 28, 28, 1.0)
    traits = np.array([[1.0, 0.0]])
    return np.asarray(found.of(mean, found.scale(usual, traits), 1.0)[0])


@settings(max_examples=15, deadline=None)
@given(share=st.sampled_from([0.1, 0.5, 0.9]), seed=st.integers(0, 100))
def test_a_share_of_the_values_lies_under_the_line(share: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    columns = np.stack([np.ones(400), random.normal(size=400)], axis=1)
    values = 3 + 2 * columns[:, 1] + random.normal(size=400)
    weights = quantile.line(columns, values, np.ones(400), share, 0.001)
    assert (values <= columns @ weights).mean() == pytest.approx(share, abs=0.03)


def test_quantiles_are_those_of_past_errors() -> None:
    errors = np.random.default_rng(1).normal(0, 10, 4000)
    found = told(learned(100.0, errors), 100.0)
    assert found == pytest.approx(100 + np.quantile(errors, QUANTILES), abs=2.5)


def test_without_a_past_the_prior_is_wide_and_skewed() -> None:
    low, high, _, top = told(learned(100.0, np.zeros(0)), 100.0)
    assert low == pytest.approx(100, rel=0.1)
    assert top - low > high - low > 20


def test_demand_is_never_negative() -> None:
    assert (told(learned(2.0, np.full(500, -2.0)), 2.0) >= 0).all()
