"""Which days tell of demand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kpiterm.analysis.inventory.demand.clean import Base, clean
from kpiterm.analysis.inventory.demand.panel import Panel

Make = Callable[..., Panel]


def cleaned(panel: Panel, outside: list[int] | None = None) -> Base:
    special = np.zeros(panel.units.shape, dtype=np.bool_)
    special[:, outside or []] = True
    return clean(panel, special, np.ones(panel.units.shape))


def test_a_day_out_of_stock_is_unknown_and_not_zero(panel: Make) -> None:
    base = cleaned(panel([[4, 4, 0, 4]], stock=np.array([[True, True, False, True]])))
    assert base.known.tolist() == [[True, True, False, True]]


def test_a_sold_out_day_that_beats_the_usual_day_counts(panel: Make) -> None:
    stock = np.array([[True, True, True, False, False]])
    base = cleaned(panel([[4, 4, 4, 9, 2]], stock=stock))
    assert base.known.tolist() == [[True, True, True, True, False]]


def test_an_event_day_is_left_out(panel: Make) -> None:
    assert cleaned(panel([[4, 4, 40, 4]]), [2]).known.tolist() == [[True, True, False, True]]


def test_days_before_the_first_are_not_known(panel: Make) -> None:
    assert cleaned(panel([[np.nan, np.nan, 3, 1]])).known.tolist() == [[False, False, True, True]]


def test_a_bulk_order_is_cut_down_to_what_is_usual(panel: Make) -> None:
    base = cleaned(panel([[2.0] * 30 + [500.0] + [2.0] * 9]))
    assert base.base.max() == 2
    assert base.sold.max() == 500


def test_a_stop_that_chance_does_not_explain_is_left_out_unless_it_still_lasts(panel: Make) -> None:
    busy, stop = [3.0] * 40, [0.0] * 12
    inside, still = cleaned(panel([[*busy, *stop, *busy]])), cleaned(panel([[*busy, *busy, *stop]]))
    assert not inside.known[0, 40:52].any()
    assert still.known.all()


def test_a_quiet_series_is_not_taken_for_one_that_stopped(panel: Make) -> None:
    rare = np.zeros(120)
    rare[::15] = 1
    assert cleaned(panel([rare])).known.all()
