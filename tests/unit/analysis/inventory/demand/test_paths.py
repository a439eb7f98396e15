"""Simulated demand that agrees with the forecast."""

from __future__ import annotations

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand import forecast, lessons, paths
from kpiterm.analysis.inventory.demand.panel import QUANTILES, Forecast, Panel

ENDS = (7, 14, 28, 42, 56)
DRAWS = 256


@pytest.fixture(scope="module")
def found(shop: Panel) -> Forecast:
    part = shop.take(slice(0, 60))
    return forecast(part, lessons(shop, (14, 28, 56)), (14, 28, 56))


@pytest.fixture(scope="module")
def seeds() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return paths.seeds(1, ["us"] * 60, [f"SKU{n}" for n in range(60)])


@pytest.fixture(scope="module")
def drawn(found: Forecast, seeds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> paths.Draws:
    return paths.cumulated(found, slice(None), draws=DRAWS, ends=ENDS, seeds=seeds)


def test_demand_adds_up_and_never_falls(drawn: paths.Draws) -> None:
    assert drawn.shape == (60, DRAWS, len(ENDS))
    assert drawn.dtype == np.float32
    assert (drawn >= 0).all()
    assert (np.diff(drawn, axis=2) >= 0).all()


def test_draws_have_the_quantiles_of_the_forecasts_sums(found: Forecast, drawn: paths.Draws) -> None:
    for place, days in ((1, 28), (2, 56)):
        got = np.quantile(drawn[:, :, ENDS.index(days)], QUANTILES, axis=1).T
        off = np.abs(got - found.sum_quantiles[:, place]) / (found.sum_quantiles[:, place] + 1)
        assert np.quantile(off, 0.9) < 0.06
        assert got.sum(axis=0) == pytest.approx(found.sum_quantiles[:, place].sum(axis=0), rel=0.04)


def test_their_mean_is_the_forecasts(found: Forecast, drawn: paths.Draws) -> None:
    for place, days in ((1, 28), (2, 56)):
        mean = drawn[:, :, ENDS.index(days)].mean(axis=1)
        assert mean.sum() == pytest.approx(found.sum_mean[:, place].sum(), rel=0.03)


def test_a_row_is_the_same_in_any_company(
    found: Forecast, seeds: np.ndarray[tuple[int], np.dtype[np.int64]], drawn: paths.Draws
) -> None:
    rows = np.array([41, 2])
    assert np.array_equal(paths.cumulated(found, rows, draws=DRAWS, ends=ENDS, seeds=seeds[rows]), drawn[rows])


def test_rows_are_not_lucky_together(drawn: paths.Draws) -> None:
    last = drawn[:, :, -1] - drawn[:, :, -1].mean(axis=1, keepdims=True)
    with_each_other = np.corrcoef(last)[np.triu_indices(60, 1)]
    assert abs(with_each_other.mean()) < 0.05


def test_the_first_days_do_not_decide_the_rest(drawn: paths.Draws) -> None:
    first, rest = drawn[:, :, 0], drawn[:, :, -1] - drawn[:, :, 0]
    both = [np.corrcoef(a, b)[0, 1] for a, b in zip(first, rest, strict=True) if a.std() and b.std()]
    assert np.median(both) < 0.97


def test_seeds_depend_on_all_that_names_a_row_and_on_nothing_else() -> None:
    one = paths.seeds(1, ["us", "us", "eu"], ["A", "B", "A"])
    assert len(set(one.tolist())) == 3
    assert paths.seeds(1, ["us"], ["B"])[0] == one[1]
    assert paths.seeds(2, ["us"], ["B"])[0] != one[1]


@pytest.mark.parametrize("ends", [(), (7, 7), (14, 7), (0, 7), (7, 57)])
def test_ends_out_of_order_or_reach_are_refused(found: Forecast, ends: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ascend within 1 to 56"):
        paths.cumulated(found, slice(0, 1), draws=8, ends=ends, seeds=np.array([1]))
