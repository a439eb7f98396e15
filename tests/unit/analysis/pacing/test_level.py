"""Levels and weekday patterns."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from kpiterm.analysis.pacing.level import WINDOW, capped, fit

WEEKDAY = (np.arange(WINDOW) % 7)[None]
PATTERN = np.array([1.3, 1.1, 1.0, 1.0, 1.2, 0.9, 0.5])


def days(scatter: float, known: int = WINDOW) -> NDArray[np.float64]:
    """One moment, one series with the pattern of the week; only the last `known` days."""
    generator = np.random.default_rng(5)
    values = 100 * PATTERN[WEEKDAY[0]] * np.exp(generator.normal(-(scatter**2) / 2, scatter, WINDOW))
    values[: WINDOW - known] = np.nan
    return np.asarray(values[None, None])


def test_level_and_week_are_found_apart() -> None:
    found = fit(days(0.05), WEEKDAY)
    assert found.week[0, 0] == pytest.approx(PATTERN, abs=0.04)
    assert found.level[0, 0] == pytest.approx(100, rel=0.03)


def test_the_day_on_which_the_data_end_does_not_tilt_the_level() -> None:
    """A window that ends after a weekend holds more of what weekends are like."""
    values = days(0.0)
    values[..., -2:] = np.nan
    assert fit(values, WEEKDAY).level[0, 0] == pytest.approx(100, rel=0.01)


def test_a_pattern_is_believed_by_as_much_as_there_is_evidence() -> None:
    strength = [float(np.ptp(fit(days(0.35, known), WEEKDAY).week)) for known in (10, 28, WINDOW)]
    assert strength[0] == 0
    assert strength[2] == pytest.approx(np.ptp(PATTERN), abs=0.3)


def test_chance_alone_makes_no_pattern() -> None:
    flat = np.random.default_rng(8).lognormal(0, 0.5, (1, 300, 35))
    window = np.full((1, 300, WINDOW), np.nan)
    window[..., -35:] = flat
    raw = np.stack([flat[..., day::7].mean(axis=-1) for day in range(7)], axis=-1)
    assert fit(window, WEEKDAY).week.std() < 0.5 * (raw / raw.mean(axis=-1, keepdims=True)).std()


def test_less_history_is_a_less_certain_level() -> None:
    few, many = (fit(days(0.1, known), WEEKDAY).sampling[0, 0] for known in (8, WINDOW))
    assert few > 2 * many
    assert 1 / 60 < many < 1 / 20


def test_a_giant_is_cut_to_a_multiple_of_what_high_days_reach() -> None:
    values = np.array([[[1.0, 2, 3, 2, 1, 2, 3, 2, 500]]])
    assert capped(values).max() == 9
    assert (capped(values)[..., :-1] == values[..., :-1]).all()


def test_nothing_sold_is_a_level_of_zero() -> None:
    found = fit(np.zeros((1, 1, WINDOW)), WEEKDAY)
    assert found.level == 0
    assert (found.week == 1).all()
