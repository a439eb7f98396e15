from __future__ import annotations

from datetime import date
from decimal import Decimal

from kpiterm.analysis.contract.settle import settle
from kpiterm.analysis.contract.simulate import as_if_in_force, simulate
from kpiterm.analysis.contract.values import read_values
from tests.unit.analysis.contract.agreed import MEASURED, contract, second

VALUES = read_values(MEASURED, "v")


def test_months_are_settled_on_the_latest_terms_as_if_they_had_been_in_force() -> None:
    agreed = contract(more=second("2027-01-01", {'base_fee = "8000"': 'base_fee = "9000"'}))
    draft = as_if_in_force(agreed, date(2026, 1, 1))
    found = simulate(draft, [("2026-09", VALUES), ("2026-10", VALUES)])
    assert [line.amount for month in found.months for line in month.lines if line.code == "base"] == [9000, 9000]
    assert found.total == sum(month.total for month in found.months)


def test_what_moves_the_fee() -> None:
    found = simulate(contract(), [("2026-10", VALUES)])
    steps = {s.kpi: (s.step, s.worse, s.better) for s in found.sensitivity}
    measured = settle(contract(), "2026-10", VALUES).total
    assert list(steps) == ["gmv_mom", "acos", "odr", "response_p90_h"]
    assert all(worse <= measured <= better for _, worse, better in steps.values())
    assert steps["acos"][0] == Decimal("0.016")
    assert found.sales_needed == 324000
    assert found.at_shares[Decimal(1)] == measured
    assert found.at_shares[Decimal("0.5")] == measured - 5160


def test_break_even_is_where_the_penalty_ends() -> None:
    found = simulate(contract(), [("2026-10", VALUES)])
    growth = next(b for b in found.break_even if b.kpi == "gmv_mom")
    assert (growth.op, growth.value is not None) == (">=", True)
    # 40 % of the weights must bring the score from 0.95 to 0.98: an attainment of 0.875 of the way to 15 %.
    assert abs((growth.value or 0) - Decimal("0.13125")) < Decimal("0.0001")
    poor = read_values({"kpis": {"gmv_mom": "0", "acos": "0.5", "odr": "0.1", "response_p90_h": "99"}}, "v")
    assert [b.value for b in simulate(contract(), [("2026-10", poor)]).break_even] == [None] * 4
