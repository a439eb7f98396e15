"""What a new product resembles."""

from __future__ import annotations

import numpy as np
import pytest

from kpiterm.analysis.inventory.demand.events import Texts
from kpiterm.analysis.inventory.demand.resemble import resembled
from kpiterm.analysis.inventory.supply.model import Supply, Terms


def names(*texts: str) -> Texts:
    return np.array(texts, dtype=object)


def ask(supply: Supply | None = None) -> tuple[list[float], list[str]]:
    """Red, blue and new are variations of one parent; lone has none. New and lone are young."""
    sku, parent = names("red", "blue", "new", "lone"), names("P", "P", "P", "")
    age, rate = np.array([400, 300, 10, 10]), np.array([6.0, 2.0, 9.0, 1.0])
    alike, basis = resembled(names(*["us"] * 4), sku, parent, age, rate, supply or Supply())
    return alike.tolist(), basis.tolist()


def test_a_variation_resembles_the_grown_ones_of_its_parent() -> None:
    alike, basis = ask()
    assert alike[2] == 4.0
    assert basis == ["own", "own", "parent", "pool"]


def test_a_grown_series_and_one_without_relatives_resemble_nothing() -> None:
    assert np.isnan([ask()[0][place] for place in (0, 1, 3)]).all()


def test_what_people_name_stands_before_the_parent_and_ramps_up() -> None:
    supply = Supply(terms=(Terms(sku="new", supplier="f", analogue="red"),))
    alike, basis = ask(supply)
    assert basis[2] == "analogue"
    assert alike[2] == pytest.approx(6 * (0.5 + 0.5 * 10 / 90))


def test_an_analogue_that_was_never_sold_here_is_left_alone() -> None:
    assert ask(Supply(terms=(Terms(sku="lone", supplier="f", analogue="nobody"),)))[1][3] == "pool"
