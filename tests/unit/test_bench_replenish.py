"""The simulated warehouse of the benchmark keeps its own books, and the engine decides in it."""

from __future__ import annotations

import numpy as np
import pytest

from bench.replenish import needed
from bench.stock_policies import Engine, velocity
from bench.stock_world import CLOSED, Lead, Result, Seen, World

KNOWN, DAYS = 84, 196


@pytest.fixture(scope="module")
def demand() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.random.default_rng(1).poisson([[1.0], [4.0], [9.0]], (3, DAYS)).astype(float)


def test_nothing_is_sold_that_was_not_there(demand: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    seen: list[Seen] = []

    def nothing(now: Seen) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        seen.append(now)
        return np.zeros(3)

    result = World(demand, KNOWN, 28, Lead()).run(nothing)
    assert result.unit_fill < 0.05  # what was there or on its way is gone by then
    assert not seen[-1].stock[1:, -7:].any()
    assert (seen[-1].units <= demand[:, : seen[-1].day]).all()


def test_more_caution_holds_more_and_loses_less(demand: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    low, high = (World(demand, KNOWN, 56, Lead()).run(Engine(s, Lead(), 16000, draws=64)) for s in (0.5, 0.97))
    assert low.days < high.days
    assert low.unit_fill < high.unit_fill
    assert high.unit_fill > 0.95


def test_an_order_waits_for_the_closed_factory() -> None:
    lead, total = Lead(closed=100), np.array([45.0])
    assert lead.arrival(60, total)[0] == 105
    assert lead.arrival(90, total)[0] == 90 + 45 + CLOSED
    assert lead.arrival(110, total)[0] == 100 + CLOSED + 45
    assert lead.arrival(130, total)[0] == 175


def test_stock_that_is_needed_lies_between_the_levels_that_were_tried() -> None:
    results = [Result(10, 0.90, 0.9), Result(30, 0.96, 0.95)]
    assert needed(results, "unit_fill", 0.93) == pytest.approx(20)
    assert needed(results, "unit_fill", 0.97) is None
    assert velocity({30: 1.0}, 10)(Seen(day=30, units=np.ones((1, 30)), stock=np.ones((1, 30), dtype=bool),
                                        on_hand=np.array([2.0]), open=[(0, np.array([5.0]))]))[0] == 62 - 7  # fmt: skip
