"""What simulated days to come owe to the days that were."""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from kpiterm.analysis.pacing import remaining, summary

THROUGH, END = date(2026, 11, 10), date(2026, 11, 30)  # a Tuesday, and 20 days to come


def shop(days: int, *, level: float = 100, scatter: float = 0.1, seed: int = 1) -> NDArray[np.float64]:
    """One series whose days scatter around a level, [days, 1]."""
    generator = np.random.default_rng(seed)
    return level * np.exp(generator.normal(0, scatter, (days, 1)))


def paths(
    history: NDArray[np.float64], through: date = THROUGH, end: date = END, **options: object
) -> NDArray[np.float64]:
    """Sums of the days to come, for a history that ends on `through`."""
    first_day = through - timedelta(days=len(history) - 1)
    found = remaining(history, first_day, through, end, **{"seed": 1} | options)  # type: ignore[arg-type]
    assert found is not None
    return found


def interval(sums: NDArray[np.float64], column: int = 0) -> tuple[float, float, float]:
    low, middle, high = np.quantile(sums[:, column], (0.1, 0.5, 0.9))
    return float(low), float(middle), float(high)


class TestLevel:
    def test_a_steady_shop_goes_on_as_it_did(self) -> None:
        low, middle, high = interval(paths(shop(180)))
        assert middle == pytest.approx(2000, rel=0.04)
        assert low < 2000 < high
        assert high - low < 400

    def test_a_shop_that_has_doubled_is_projected_from_where_it_is_now(self) -> None:
        assert interval(paths(np.vstack([shop(120), shop(40, level=200)])))[1] == pytest.approx(4000, rel=0.15)

    def test_growth_that_never_ended_is_expected_to_go_on(self) -> None:
        growing = shop(300, scatter=0.03) * np.exp(0.08 * np.arange(-299, 1) / 30)[:, None]
        coming = sum(100 * np.exp(0.08 * day / 30) for day in range(1, 21))
        level_alone = 20 * growing[-28:].mean()
        assert abs(interval(paths(growing))[1] - coming) < abs(level_alone - coming)

    @pytest.mark.parametrize("days", [12, 30, 150])
    def test_one_bulk_order_does_not_set_the_level(self, days: int) -> None:
        plain, bulk = shop(days), shop(days)
        bulk[-4] *= 40
        assert interval(paths(bulk))[1] == pytest.approx(interval(paths(plain))[1], rel=0.25)

    def test_rare_sales_are_no_giants(self) -> None:
        generator = np.random.default_rng(4)
        rare = generator.poisson(0.3, (200, 1)) * generator.uniform(20, 200, (200, 1))
        low, middle, high = interval(paths(rare))
        assert low < 20 * rare.mean() < high
        assert middle > 0

    def test_a_measure_that_began_three_weeks_ago_is_not_averaged_with_nothing(self) -> None:
        begun = np.vstack([np.zeros((200, 1)), shop(21)])
        assert interval(paths(begun))[1] == pytest.approx(2000, rel=0.1)


class TestCalendar:
    def test_a_closed_weekend_brings_nothing(self) -> None:
        history = shop(140)
        first_day = THROUGH - timedelta(days=139)
        weekend = np.array([(first_day.weekday() + day) % 7 >= 5 for day in range(140)])
        history[weekend] = 0
        friday = date(2026, 11, 6)
        known = history[: 140 - (THROUGH - friday).days]
        assert interval(paths(known, friday, date(2026, 11, 8)))[2] < 10
        assert interval(paths(known, friday, date(2026, 11, 13)))[1] == pytest.approx(500, rel=0.1)

    def test_chance_is_no_weekday_pattern(self) -> None:
        history = shop(21, scatter=0.4)
        monday = paths(history, end=date(2026, 11, 11))
        assert interval(monday)[1] == pytest.approx(history[-14:].mean(), rel=0.45)

    def test_a_season_that_came_twice_is_expected_again(self) -> None:
        through, end = date(2026, 12, 1), date(2026, 12, 31)
        days = [through - timedelta(days=back) for back in range(800)][::-1]
        season = np.array([[2.0 if day.month == 12 and day.day > 3 else 1.0] for day in days])
        assert interval(paths(shop(800) * season, through, end))[1] > 1.5 * interval(paths(shop(800), through, end))[1]

    def test_one_odd_year_is_only_half_believed(self) -> None:
        through, end = date(2026, 12, 1), date(2026, 12, 31)
        days = [through - timedelta(days=back) for back in range(430)][::-1]
        season = np.array([[2.0 if day.month == 12 and day.day > 3 else 1.0] for day in days])
        plain = interval(paths(shop(430), through, end))[1]
        assert 1.05 * plain < interval(paths(shop(430) * season, through, end))[1] < 1.9 * plain

    def test_an_event_to_come_is_counted_and_one_gone_by_is_forgotten(self) -> None:
        history = shop(120)
        plain = interval(paths(history))[1]
        coming = {date(2026, 11, 27): 3.0, date(2026, 11, 28): 3.0}
        assert interval(paths(history, events=coming))[1] == pytest.approx(plain + 4 * 100, rel=0.04)
        gone = {THROUGH - timedelta(days=back): 4.0 for back in range(3)}
        history[-3:] *= 4
        assert interval(paths(history, events=gone))[1] == pytest.approx(plain, rel=0.04)


class TestUncertainty:
    def test_little_history_gives_a_wider_interval(self) -> None:
        short, long = (interval(paths(shop(180)[-days:])) for days in (10, 180))
        assert short[2] - short[0] > 2 * (long[2] - long[0])

    def test_a_shop_that_kept_jumping_from_month_to_month_is_less_certain(self) -> None:
        steps = np.repeat(np.random.default_rng(2).choice([0.6, 1.0, 1.6], 14), 30)[:, None]
        steps[-60:] = 1
        calm, jumpy = (interval(paths(history)) for history in (shop(420), shop(420) * steps))
        assert jumpy[2] - jumpy[0] > 1.5 * (calm[2] - calm[0])

    def test_series_that_move_together_keep_their_ratio(self) -> None:
        orders, strangers = shop(200, scatter=0.4), shop(200, scatter=0.4, seed=9)
        together = paths(np.hstack([orders, 0.2 * orders]))
        apart = paths(np.hstack([orders, 0.2 * strangers]))
        assert np.median(together[:, 1] / together[:, 0]) == pytest.approx(0.2, rel=0.01)
        spread = [np.std(sums[:, 1] / sums[:, 0]) for sums in (together, apart)]
        assert spread[0] < 0.25 * spread[1]

    def test_sales_that_stopped_may_stay_away_or_come_back(self) -> None:
        low, middle, high = interval(paths(np.vstack([shop(120), np.zeros((10, 1))])))
        assert low < 100
        assert 200 < middle < 1900
        assert high > 1500

    def test_the_longer_sales_have_stopped_the_less_they_are_expected_back(self) -> None:
        stopped = [interval(paths(np.vstack([shop(120), np.zeros((days, 1))])))[1] for days in (4, 10, 30)]
        assert stopped[0] > stopped[1] > stopped[2]

    def test_days_without_a_sale_that_are_usual_are_no_stop(self) -> None:
        rare = np.random.default_rng(3).poisson(0.2, (200, 1)).astype(float)
        rare[-8:] = 0
        assert interval(paths(rare))[1] > 0.4 * 20 * rare.mean()


class TestGaps:
    def test_missing_days_are_neither_zero_nor_a_reason_to_give_up(self) -> None:
        history = shop(120)
        whole = interval(paths(history))[1]
        history[np.random.default_rng(1).random(120) < 0.3] = np.nan
        assert interval(paths(history))[1] == pytest.approx(whole, rel=0.06)

    def test_under_five_days_there_is_nothing_to_say(self) -> None:
        history = shop(40)
        history[:-4] = np.nan
        assert remaining(history, THROUGH - timedelta(days=39), THROUGH, END, seed=1) is None
        assert remaining(np.zeros((0, 2)), THROUGH + timedelta(days=1), THROUGH, END, seed=1) is None

    def test_a_series_that_has_only_begun_leaves_the_others_alone(self) -> None:
        history = np.hstack([shop(60), shop(60, seed=2)])
        history[:-3, 1] = np.nan
        sums = paths(history)
        assert np.isnan(sums[:, 1]).all()
        assert summary(sums[:, 1] / sums[:, 0]) is None
        assert interval(sums)[1] == pytest.approx(2000, rel=0.1)

    def test_a_series_of_zeros_stays_at_zero(self) -> None:
        assert (paths(np.hstack([shop(60), np.zeros((60, 1))]))[:, 1] == 0).all()

    def test_a_period_that_is_over_brings_nothing_more(self) -> None:
        sums = paths(shop(60), END, END)
        assert sums.shape == (2000, 1)
        assert (sums == 0).all()

    def test_rows_that_do_not_fit_the_days_are_refused(self) -> None:
        with pytest.raises(ValueError, match="takes 10 rows"):
            remaining(shop(9), date(2026, 11, 1), THROUGH, END, seed=1)


class TestAnyHistory:
    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(1, 80).flatmap(
            lambda days: arrays(float, (days, 2), elements=st.one_of(st.floats(0, 1e9), st.just(np.nan), st.just(0.0)))
        ),
        st.integers(0, 100),
    )
    def test_sums_are_finite_and_never_negative(self, history: NDArray[np.float64], ahead: int) -> None:
        first_day = THROUGH - timedelta(days=len(history) - 1)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sums = remaining(history, first_day, THROUGH, THROUGH + timedelta(days=ahead), seed=1, paths=50)
        known = np.isfinite(history).sum(axis=0)
        if sums is None:
            assert known.max() < 5
            return
        assert (sums[:, known >= 5] >= 0).all()
        assert np.isfinite(sums[:, known >= 5]).all()

    def test_the_same_question_gets_the_same_answer(self) -> None:
        history = shop(90)
        assert (paths(history, seed=7) == paths(history, seed=7)).all()
        assert (paths(history, seed=7) != paths(history, seed=8)).any()

    def test_the_unit_of_money_makes_no_difference(self) -> None:
        history = shop(90)
        assert paths(history * 1000) == pytest.approx(paths(history) * 1000)


def test_importing_the_package_loads_no_numpy() -> None:
    code = "import sys, kpiterm.analysis.pacing; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
