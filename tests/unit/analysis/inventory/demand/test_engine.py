"""From daily series to expected demand and what sums of it may come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand import forecast, lessons
from kpiterm.analysis.inventory.demand.learn import Lessons
from kpiterm.analysis.inventory.demand.panel import QUANTILES, Forecast, Panel
from tests.unit.analysis.inventory.demand.conftest import AHEAD, LAST, SHOWN, Rows

Make = Callable[..., Panel]
HORIZONS = (28, AHEAD)


@pytest.fixture(scope="module")
def taught(shop: Panel) -> Lessons:
    return lessons(shop, HORIZONS)


@pytest.fixture(scope="module")
def found(shop: Panel, taught: Lessons) -> Forecast:
    return forecast(shop, taught, HORIZONS)


def pinball(came: Rows, quantiles: Rows) -> float:
    """Losses at all quantiles together."""
    below = came[:, None] - quantiles
    return float(np.maximum(below * QUANTILES, -below * (1 - np.array(QUANTILES))).sum())


def test_sums_beat_velocity_rules_and_cover_what_they_say(shop: Panel, sold: Rows, found: Forecast) -> None:
    came = sold[:, SHOWN:].sum(axis=1)
    units = shop.units
    rule = AHEAD * (0.4 * units[:, -3:].mean(1) + 0.4 * units[:, -7:].mean(1) + 0.2 * units[:, -30:].mean(1))
    deviation = units[:, -90:].std(axis=1) * np.sqrt(AHEAD)
    ruled = np.maximum(rule[:, None] + deviation[:, None] * [0, 1.2816, 1.6449, 2.3263], 0)
    mean, quantiles = found.sum_mean[:, 1], found.sum_quantiles[:, 1]
    assert np.abs(came - mean).sum() < 0.85 * np.abs(came - rule).sum()
    assert pinball(came, quantiles) < 0.7 * pinball(came, ruled)
    assert 0.91 <= (came <= quantiles[:, 2]).mean() <= 0.985
    assert (came <= quantiles[:, 3]).mean() >= 0.965
    assert abs(mean.sum() / came.sum() - 1) < 0.1


def test_series_that_were_out_of_stock_are_not_forecast_low(sold: Rows, found: Forecast) -> None:
    came, mean = sold[::5, SHOWN:].sum(), found.sum_mean[::5, 1].sum()
    assert abs(mean / came - 1) < 0.1


def test_days_add_up_to_sums_and_a_sum_to_its_parts(found: Forecast) -> None:
    for place, days in enumerate(HORIZONS):
        assert found.mean[:, :days].sum(axis=1) == pytest.approx(found.sum_mean[:, place])
        parts = found.daily * days + found.season[:, place] + found.events[:, place]
        assert parts == pytest.approx(found.sum_mean[:, place])


def test_quantiles_are_in_order_and_more_days_ask_for_no_less(found: Forecast) -> None:
    assert (found.quantiles >= 0).all()
    assert (np.diff(found.quantiles, axis=2) >= -1e-9).all()
    assert (np.diff(found.sum_quantiles, axis=2) >= -1e-9).all()
    assert (np.diff(found.sum_quantiles, axis=1) >= -1e-9).all()


def test_the_same_again_gives_the_same_to_the_last_digit(shop: Panel, found: Forecast) -> None:
    again = forecast(shop, lessons(shop, HORIZONS), HORIZONS)
    assert all(np.array_equal(getattr(again, f.name), getattr(found, f.name)) for f in fields(Forecast))


def test_neither_chunks_nor_other_series_change_a_series(shop: Panel, taught: Lessons, found: Forecast) -> None:
    part = forecast(shop.take(np.array([7, 100, 3])), taught, HORIZONS)
    assert part.sum_quantiles == pytest.approx(found.sum_quantiles[[7, 100, 3]], rel=1e-9)
    assert part.mean == pytest.approx(found.mean[[7, 100, 3]], rel=1e-9)


def test_the_order_of_horizons_is_the_callers(shop: Panel, taught: Lessons, found: Forecast) -> None:
    turned = forecast(shop, taught, HORIZONS[::-1])
    assert turned.sum_quantiles[:, ::-1] == pytest.approx(found.sum_quantiles)


def test_a_horizon_that_was_not_learnt_is_refused(shop: Panel, taught: Lessons) -> None:
    with pytest.raises(ValueError, match=r"\[35\]"):
        forecast(shop, taught, (35,))


def test_an_event_to_come_multiplies_its_day_only(shop: Panel, taught: Lessons, found: Forecast) -> None:
    some = np.where(np.arange(len(shop.units)) < 3, 4.0, 1.0)
    special = forecast(shop, taught, HORIZONS, events={LAST + 10: some})
    assert special.mean[:3, 9] == pytest.approx(4 * found.mean[:3, 9])
    assert special.mean[3:] == pytest.approx(found.mean[3:])
    assert special.events[:3, 0] == pytest.approx(3 * found.mean[:3, 9])
    assert (special.sum_quantiles[:3, 0] >= found.sum_quantiles[:3, 0]).all()


def test_past_event_days_leave_the_base(shop: Panel, taught: Lessons, found: Forecast) -> None:
    units = shop.units.copy()
    units[1, -6:-2] = 9 * units[1].mean()
    promoted = replace(shop, units=units)
    days = {LAST - back: 9.0 for back in range(2, 6)}
    plain, known = (forecast(promoted, taught, HORIZONS, events=e).daily[1] for e in ({}, days))
    assert plain > 1.1 * found.daily[1]
    assert known == pytest.approx(found.daily[1], rel=0.1)


def test_a_new_series_takes_from_what_it_resembles(shop: Panel, taught: Lessons, panel: Make) -> None:
    units = [[*[np.nan] * 390, *[1.0] * 10]] * 3
    new = panel(units, alike=np.array([np.nan, 20.0, 0.1]))
    alone, high, low = forecast(new, taught, HORIZONS).daily
    assert low < alone < high
    assert high < 20


def test_series_that_never_sold_are_expected_to_sell_next_to_nothing(shop: Panel, taught: Lessons, panel: Make) -> None:
    idle = forecast(panel(np.zeros((2, SHOWN))), taught, HORIZONS)
    assert (idle.sum_mean < 1).all()
    assert np.isfinite(idle.sum_quantiles).all()


def test_a_handful_of_short_series_is_answered_too(panel: Make) -> None:
    tiny = panel([[1.0, 0.0, 2.0, 1.0], [np.nan, 3.0, 1.0, 0.0]])
    answer = forecast(tiny, lessons(tiny, (14, 30)), (14, 30))
    assert (answer.sum_mean > 0).all()
    assert (answer.sum_quantiles[:, :, 3] > answer.sum_mean).all()
