"""What past months teach about this one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from kpiterm.analysis.pacing.learn import Lesson, learn

NOISE, PRIOR = np.array([0.002]), np.array([0.01])


def taught(*past: float) -> Lesson:
    """From the errors of the months before this one, the last one first."""
    errors: NDArray[np.float64] = np.array([[np.nan], *([error] for error in past)])
    return learn(errors, NOISE, PRIOR)


def test_without_a_past_the_prior_stands() -> None:
    lesson = taught()
    assert lesson.shift == 0
    assert lesson.spread == pytest.approx(PRIOR**0.5)
    assert taught(np.nan, np.nan) == lesson


def test_months_that_went_wrong_widen_and_months_that_fitted_narrow() -> None:
    wrong, right = (taught(*np.resize([size, -size], 8)) for size in (0.3, 0.01))
    assert wrong.spread > 1.5 * PRIOR**0.5
    assert right.spread < 0.8 * PRIOR**0.5
    assert wrong.freedom == right.freedom > taught().freedom


def test_scatter_that_the_days_explain_is_not_counted_twice() -> None:
    errors = np.array([[np.nan], *([e] for e in np.resize([0.2, -0.2], 8))])
    calm, noisy = (learn(errors, np.array([noise]), PRIOR).spread for noise in (0.0, 0.04))
    assert noisy < calm


def test_an_outlier_is_one_bad_month_only() -> None:
    assert taught(0.0, 0.0, 0.0, -1.4).spread < 2 * PRIOR**0.5


def test_an_error_that_always_returns_is_corrected_by_part() -> None:
    assert 0.02 < taught(*[0.1] * 12).shift < 0.1
    assert taught(0.1).shift < taught(*[0.1] * 12).shift


def test_last_years_surprise_is_half_expected_until_two_years_show_how_alike_they_are() -> None:
    year = [0.3, -0.3, 0.1, -0.2, 0.4, 0.0, -0.4, 0.2, -0.1, 0.3, -0.3, 0.5]
    opposite = [*(-error for error in year[:-1]), year[-1]]
    assert 0.2 < taught(*year).shift < 0.35
    assert taught(*year, *year).shift > 0.4
    assert taught(*opposite, *year).shift < 0.1


def test_each_series_learns_from_its_own_past() -> None:
    errors = np.array([[np.nan, np.nan], *([e, e / 30] for e in np.resize([0.3, -0.3], 8))])
    lesson = learn(errors, np.resize(NOISE, 2), np.resize(PRIOR, 2))
    assert lesson.spread[0] > 3 * lesson.spread[1] / 2
