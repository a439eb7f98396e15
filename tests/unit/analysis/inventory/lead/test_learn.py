"""What past orders teach, and how much they weigh against what people say."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.inventory.lead.learn import experience
from kpiterm.analysis.inventory.lead.quantiles import PRIOR_SHIPMENTS, chance, points, quantile
from kpiterm.analysis.inventory.supply.model import (
    Milestone,
    OrderLine,
    PurchaseOrder,
    ShipMode,
    Spread,
    Supplier,
    Supply,
)

SUPPLY = Supply(
    suppliers={"f": Supplier(id="f", name="F", currency="USD", modes=("sea",))},
    modes={"sea": ShipMode(id="sea", kind="sea", currency="USD", cutoff=3)},
)
PRIOR = Spread(p50=20, p90=30)


def order(reached: dict[Milestone, date], *, number: str = "P1", cancelled: bool = False) -> PurchaseOrder:
    return PurchaseOrder(
        id=number, supplier="f", account="a", channel="amazon.com", mode=None, currency="USD",
        lines=(OrderLine(sku="A", units=10, received=10),), reached=reached, cancelled=cancelled,
    )  # fmt: skip


def test_each_stage_is_learnt_by_whose_it_is() -> None:
    reached: dict[Milestone, date] = {
        "ordered": date(2026, 5, 4), "produced": date(2026, 5, 29), "qc": date(2026, 6, 1), "booked": date(2026, 6, 2),
        "shipped": date(2026, 6, 7), "port": date(2026, 6, 30), "checked_in": date(2026, 7, 6),
        "received": date(2026, 7, 10),
    }  # fmt: skip
    found = experience([order(reached)], SUPPLY)
    assert found == {
        ("production", "f"): [25],
        ("qc", "f"): [3],
        ("booking", "sea"): [3],  # from Thursday's cut-off on
        ("transit", "sea"): [23],
        ("port", "sea"): [6],
        ("receiving", "amazon.com"): [4],
    }


def test_a_closure_within_production_is_not_its_length() -> None:
    days = experience([order({"ordered": date(2027, 1, 20), "produced": date(2027, 3, 8)})], SUPPLY)
    (seen,) = days["production", "f"]
    assert 20 < seen < 30  # of 47 days on the calendar


def test_a_span_without_milestones_is_shared_out_as_the_priors_are() -> None:
    start = date(2026, 3, 2)
    found = experience([order({"ordered": start, "received": start + timedelta(days=120)})], SUPPLY)
    learnt = {stage: days[0] for (stage, _), days in found.items()}
    assert set(learnt) == {"production", "qc", "booking", "transit", "port", "receiving"}
    assert 100 < sum(learnt.values()) < 120  # the rest is the wait for a cut-off
    assert learnt["production"] == pytest.approx(learnt["transit"], rel=0.05)  # the built-in priors are the same


def test_cancelled_orders_and_days_that_fall_teach_nothing() -> None:
    backwards: dict[Milestone, date] = {"ordered": date(2026, 5, 4), "produced": date(2026, 5, 1)}
    told: dict[Milestone, date] = {"ordered": date(2026, 5, 4), "produced": date(2026, 5, 9)}
    assert experience([order(backwards), order(told, cancelled=True)], SUPPLY) == {}


def test_the_prior_has_the_median_and_the_tail_that_were_said() -> None:
    found = points(PRIOR, ())
    median, tail = quantile(found, np.array([0.5, 0.9]))
    assert (median, tail) == (pytest.approx(20, abs=0.2), pytest.approx(30, abs=0.5))
    assert (points(Spread(p50=0, p90=0), ()) == 0).all()


def test_the_prior_counts_as_three_shipments() -> None:
    as_many = points(PRIOR, [50.0] * PRIOR_SHIPMENTS)
    assert chance(as_many, 45) == pytest.approx(0.5, abs=0.01)
    assert chance(points(PRIOR, [50.0] * 27), 45) == pytest.approx(0.1, abs=0.01)


@given(st.lists(st.floats(0, 200), max_size=8), st.floats(0, 50), st.integers(0, 7))
def test_where_one_shipment_took_longer_nothing_is_quicker(seen: list[float], more: float, which: int) -> None:
    slower = [days + (more if number == which else 0) for number, days in enumerate(seen)]
    chances = np.linspace(0.01, 0.99, 33)
    assert (quantile(points(PRIOR, slower), chances) >= quantile(points(PRIOR, seen), chances) - 1e-9).all()
