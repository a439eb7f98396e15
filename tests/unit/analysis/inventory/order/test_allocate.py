"""Sharing out a cap, and moving stock between channels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.inventory.order.allocate import Wanted, within
from kpiterm.analysis.inventory.order.lots import lots
from kpiterm.analysis.inventory.order.transfer import Place, moves

ROWS = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 200), st.integers(1, 24), st.floats(0.5, 30), st.floats(0.5, 20)),
    min_size=1,
    max_size=8,
)


def wanted(rows: list[tuple[int, int, int, float, float]]) -> Wanted:
    """Orders of (need, MOQ, carton, gain, cost); each need is sure within a fifth."""
    need, moq, carton, gain, cost = (np.array(column) for column in zip(*rows, strict=True))
    return Wanted(
        quantity=lots(need.astype(float), moq, carton),
        moq=moq,
        carton=carton,
        missing=need[:, None] * np.linspace(0.8, 1.2, 16)[None, :],
        gain=gain.astype(float),
        loss=cost.astype(float) * 0.1,
        weight=cost.astype(float),
    )


@given(ROWS, st.floats(0, 20_000))
def test_a_cap_holds_and_every_order_can_be_placed(rows: list[tuple[int, int, int, float, float]], cap: float) -> None:
    orders = wanted(rows)
    given_ = within(cap, orders)
    assert given_ @ orders.weight <= cap + 1e-6
    assert (given_ <= orders.quantity).all()
    assert ((given_ == 0) | (given_ >= orders.moq)).all()
    assert (given_ % orders.carton == 0).all()


def test_cash_goes_where_a_dollar_earns_most() -> None:
    orders = wanted([(100, 10, 10, 20.0, 5.0), (100, 10, 10, 5.0, 5.0)])
    assert within(500, orders).tolist() == [100, 0]
    assert within(5000, orders).tolist() == [100, 100]


def test_the_last_units_of_a_good_order_yield_to_the_first_of_a_fair_one() -> None:
    unsure = wanted([(100, 10, 10, 6.0, 5.0), (100, 10, 10, 5.0, 5.0)])
    assert within(850, unsure).tolist() == [90, 80]


def test_an_order_that_does_not_fit_leaves_the_rest_to_others() -> None:
    assert within(200, wanted([(500, 500, 1, 30.0, 5.0), (20, 1, 1, 2.0, 5.0)])).tolist() == [0, 20]


def test_stock_moves_to_where_it_is_missing_within_a_group_and_once() -> None:
    places = [
        Place(row=0, sku="A", channel="amazon.com", need=50, spare=0),
        Place(row=1, sku="A", channel="shopify", need=0, spare=30),
        Place(row=2, sku="A", channel="walmart.com", need=40, spare=0),
        Place(row=3, sku="B", channel="shopify", need=0, spare=99),
    ]
    found = moves(places, [("amazon.com", "shopify", "walmart.com")])
    assert [(move.source, move.target, move.units) for move in found] == [(1, 0, 30)]
    assert moves(places, [("amazon.com", "walmart.com")]) == []
