"""What the engine promises of every suggestion, whatever the case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.inventory.order.suggest import suggest

if TYPE_CHECKING:
    from tests.unit.analysis.inventory.order.conftest import MakeCase

CASES = st.fixed_dictionaries(
    {
        "daily": st.floats(0.05, 40),
        "on_hand": st.integers(0, 1500).map(float),
        "lead": st.floats(5, 90),
        "fast": st.none() | st.floats(3, 20),
        "inbound": st.lists(st.tuples(st.floats(1, 800), st.floats(0, 150)), max_size=2).map(tuple),
        "moq": st.integers(1, 400),
        "carton": st.integers(1, 48),
        "premium": st.floats(0.1, 6),
        "seed": st.integers(0, 5),
    }
)
FEW = settings(max_examples=40)


@FEW
@given(CASES, st.integers(1, 400))
def test_more_stock_never_orders_more(case: MakeCase, options: dict[str, Any], more: int) -> None:
    made, basis = case(**options)
    poorer, richer = suggest(made, basis), suggest(replace(made, on_hand=made.on_hand + more), basis)
    assert (richer.quantity <= poorer.quantity).all()


@FEW
@given(CASES, st.floats(0.5, 40))
def test_a_longer_lead_time_never_orders_later(case: MakeCase, options: dict[str, Any], longer: float) -> None:
    # Inbound that comes before the order is no reason to order later; between two lead times it may well be.
    options["inbound"] = tuple((units, min(day, options["lead"] / 2)) for units, day in options["inbound"])
    made, basis = case(**options)
    slow = replace(made, arrivals=replace(made.arrivals, days=np.ceil(made.arrivals.days + np.float32(longer))))
    assert (suggest(slow, basis).order_by <= suggest(made, basis).order_by).all()


@FEW
@given(CASES)
def test_moq_and_carton_hold_and_the_derivation_adds_up(case: MakeCase, options: dict[str, Any]) -> None:
    made, basis = case(rows=3, **options)
    found = suggest(made, basis)
    assert (found.lines.sum(axis=1) == found.quantity).all()
    assert (found.quantity % made.buying.carton == 0).all()
    assert ((found.quantity == 0) | (found.quantity >= made.buying.moq)).all()
    assert (found.quantity >= found.need - 0.01).all()
    assert (found.rushed <= found.quantity).all()


@FEW
@given(CASES)
def test_the_same_case_gives_the_same_and_a_row_does_not_depend_on_others(
    case: MakeCase, options: dict[str, Any]
) -> None:
    made, basis = case(rows=2, **options)
    whole, again = suggest(made, basis), suggest(made, basis)
    first = replace(
        made,
        demand=made.demand[:1],
        on_hand=made.on_hand[:1],
        inbound=made.inbound.of(0, 1),
        buying=made.buying.of(slice(0, 1)),
    )
    alone = suggest(first, basis.take(np.array([0])))
    assert (whole.lines == again.lines).all()
    assert (alone.lines[0] == whole.lines[0]).all()
    assert alone.order_by[0] == whole.order_by[0]


def test_without_chance_the_quantity_is_what_a_planner_works_out(case: MakeCase) -> None:
    found = suggest(*case(daily=4, lead=40, on_hand=100, inbound=((20, 10),), sure=True))
    assert found.gone[0] == 30  # 120 units at 4 a day
    assert found.order_by[0] == -10  # a lead time of 40 days before that
    # Until the next order comes: 47 days. Ten days before this one comes are lost, which nobody replaces.
    assert found.quantity[0] == 47 * 4 - 10 * 4 - 120
    assert round(found.outcome.unavoidable[0]) == 40
    assert round(found.outcome.waiting[0]) == 28  # a week more without stock


def test_stock_that_lasts_needs_no_order_and_says_when_it_will(case: MakeCase) -> None:
    found = suggest(*case(daily=4, lead=40, on_hand=400, sure=True))
    assert (found.quantity[0], found.gone[0], found.order_by[0]) == (0, 100, 60)


def test_inbound_that_comes_too_late_does_not_count(case: MakeCase) -> None:
    alone = suggest(*case(daily=4, lead=40, on_hand=160, sure=True))
    late = suggest(*case(daily=4, lead=40, on_hand=160, inbound=((500, 120),), sure=True))
    assert late.quantity[0] == alone.quantity[0] == 47 * 4 - 160


def test_a_gap_that_inbound_ends_is_no_reason_to_order(case: MakeCase) -> None:
    found = suggest(*case(daily=4, lead=40, on_hand=20, inbound=((400, 15),), sure=True))
    assert found.gone[0] == 5
    assert found.quantity[0] == 0
    assert found.order_by[0] > 50


def test_the_next_orders_wait_for_a_closed_factory(case: MakeCase) -> None:
    usual = suggest(*case(daily=4, lead=40, on_hand=188, sure=True))
    closed = suggest(*case(daily=4, lead=40, on_hand=188, sure=True, closure=(7, 35)))
    assert usual.quantity[0] == 0
    assert closed.quantity[0] == 4 * 29  # the order of the next review begins 29 days later
    assert closed.lines[0].sum() == closed.quantity[0]


def test_a_unit_flies_where_its_margin_is_worth_the_freight(case: MakeCase) -> None:
    worth = suggest(*case(daily=4, lead=40, fast=10, on_hand=80, premium=2, sure=True))
    dear = suggest(*case(daily=4, lead=40, fast=10, on_hand=80, premium=9, sure=True))
    assert worth.rushed[0] == 20 * 4  # stock is gone on day 20, the ship comes on day 40
    assert worth.outcome.unavoidable[0] < 1 < dear.outcome.unavoidable[0]
    assert dear.rushed[0] == 0


def test_service_follows_margin_against_what_a_unit_too_many_costs(case: MakeCase) -> None:
    rich, poor = suggest(*case(margin=20, cost=5)), suggest(*case(margin=0.3, cost=20, storage=2))
    assert 0.95 < rich.service[0] <= 0.99
    assert poor.service[0] == 0.80
    assert rich.need[0] > poor.need[0]
