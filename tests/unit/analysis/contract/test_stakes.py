"""What each KPI would change in the fee, against settling the month with that KPI elsewhere."""

from __future__ import annotations

from decimal import Decimal

from kpiterm.analysis.contract.stakes import stakes
from kpiterm.analysis.contract.values import read_values
from tests.unit.analysis.contract.agreed import MEASURED, contract, second, settled

VALUES = read_values(MEASURED, "values.json")


def test_each_stake_is_the_difference_to_a_month_with_that_kpi_elsewhere() -> None:
    now = settled(MEASURED)
    found = {stake.result.id: stake for stake in stakes(contract(), "2026-10", VALUES)}
    assert list(found) == ["gmv_mom", "acos", "odr", "response_p90_h"]
    for kpi, floor, target, stretch in (("gmv_mom", "0.00", "0.15", "0.25"), ("response_p90_h", "24", "12", "6")):
        stake = found[kpi]
        for amount, value in ((stake.floor, floor), (stake.target, target), (stake.stretch, stretch)):
            moved = settled({**MEASURED, "kpis": {**MEASURED["kpis"], kpi: value}})
            assert amount == moved.total - now.total
    assert found["response_p90_h"].target > 0
    assert found["acos"].floor is not None
    assert found["acos"].floor < 0


def test_a_kpi_without_floor_or_stretch_has_no_stake_there() -> None:
    agreed = contract({'floor = "0.00"\nstretch = "0.25"\n': ""})
    gmv = stakes(agreed, "2026-10", VALUES)[0]
    assert (gmv.floor, gmv.stretch) == (None, None)
    assert gmv.result.target.value == Decimal("0.15")


def test_a_month_of_two_versions_moves_in_both() -> None:
    agreed = contract(more=second("2026-10-16"))
    values = {**MEASURED, "segments": [{"version": n, **MEASURED} for n in (1, 2)]}
    found = stakes(agreed, "2026-10", read_values(values, "values.json"))
    assert found[0].target > 0
