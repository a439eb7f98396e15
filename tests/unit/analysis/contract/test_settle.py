from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kpiterm.errors import UsageError
from tests.unit.analysis.contract.agreed import MEASURED, amounts, contract, second, settled


def test_a_gate_stops_the_bonus_and_not_the_penalty() -> None:
    gated = contract({'stretch = "0.002"': 'stretch = "0.002"\ngate = { op = ">=", value = "0.0040" }'})
    good = {"gmv_mom": "0.25", "acos": "0.22", "response_p90_h": "6"}
    assert amounts(settled({"kpis": {**good, "odr": "0.0039"}, "net_sales": "1"}, gated))[1] == ("modifier", "1000.00")
    assert amounts(settled({"kpis": {**good, "odr": "0.0040"}, "net_sales": "1"}, gated))[1] == ("modifier", "0.00")
    poor = {"gmv_mom": "0", "acos": "0.38", "response_p90_h": "24", "odr": "0.0040"}
    assert amounts(settled({"kpis": poor, "net_sales": "1"}, gated))[1] == ("modifier", "-800.00")


def test_an_event_that_was_agreed_as_a_gate_stops_the_bonus() -> None:
    gated = contract({'missing = "reweight"': 'missing = "reweight"\ngates = ["account_deactivated"]'})
    good = {"gmv_mom": "0.25", "acos": "0.22", "odr": "0.002", "response_p90_h": "6"}
    assert amounts(settled({"kpis": good, "net_sales": "1"}, gated, events=["account_deactivated"]))[1][1] == "0.00"
    assert amounts(settled({"kpis": good, "net_sales": "1"}, gated, events=["other"]))[1][1] == "1000.00"


def test_a_strict_target_is_missed_at_its_very_value() -> None:
    def met(value: str) -> bool | None:
        return settled({"kpis": {**MEASURED["kpis"], "odr": value}, "net_sales": "1"}).kpis[2].met

    assert (met("0.0049"), met("0.005")) == (True, False), "20 defects in 4000 orders are not below 0.5 %"


def test_without_a_floor_it_is_all_or_nothing_and_strict() -> None:
    agreed = contract({'floor = "0.010"\n': ""})
    found = [
        settled({"kpis": {**MEASURED["kpis"], "odr": v}, "net_sales": "1"}, agreed).kpis[2].attainment
        for v in ("0.0051", "0.005")
    ]
    assert found == [0, 0]
    assert (settled(MEASURED, agreed).kpis[2].attainment or 0) > 1


def test_too_small_a_sample_is_no_value() -> None:
    agreed = contract({'stretch = "0.002"': 'stretch = "0.002"\nmin_n = 201'})
    kpis = {**MEASURED["kpis"], "odr": {"value": "0.01", "n": "200"}}
    odr = settled({**MEASURED, "kpis": kpis}, agreed).kpis[2]
    assert (odr.attainment, odr.policy, odr.reason) == (None, "reweight", "200 counted, at least 201 agreed")


def test_a_kpi_may_have_a_missing_policy_of_its_own() -> None:
    agreed = contract({'floor = "24"': 'floor = "24"\nmissing = "zero"'})
    assert f"{settled(MEASURED, agreed, missing=['response_p90_h']).score:.6f}" == "0.866667"


def test_channels_count_by_their_share_and_currencies_at_the_months_rate() -> None:
    shares = 'refund_window_days = 30\nattribution = { "shop" = "0.5" }\nexclude = { channels = ["wholesale"] }'
    agreed = contract({"refund_window_days = 30": shares})
    sales = [
        {"channel": "amazon.com", "currency": "USD", "amount": "330000"},
        {"channel": "amazon.ca", "currency": "CAD", "amount": "60000"},
        {"channel": "shop", "currency": "USD", "amount": "20000"},
        {"channel": "wholesale", "currency": "USD", "amount": "999999"},
    ]
    found = settled(MEASURED, agreed, net_sales=sales, rates={"CAD": "0.75"})
    assert found.lines[2].inputs["sales"] == "385000"
    with pytest.raises(UsageError, match="CAD"):
        settled(MEASURED, agreed, net_sales=sales)


def test_an_annual_reset_charges_the_difference_of_the_years_totals() -> None:
    annual = contract({'reset = "monthly"': 'reset = "annual"'})
    found = settled(MEASURED, annual, year_to_date="40000")
    assert amounts(found)[2] == ("commission", f"{10000 * 0.05 + 0 + 50000 * 0.07 + 28000 * 0.09 - 0:.2f}")


def test_what_an_earlier_month_lost_is_booked_now() -> None:
    earlier = [{"period": "2026-09", "billed": "380000", "now": "370000"}]
    found = settled(MEASURED, earlier=earlier)
    assert amounts(found)[3] == ("clawback", "-700.00")
    assert found.lines[3].inputs["period"] == "2026-09"
    gained = settled(MEASURED, earlier=[{"period": "2026-09", "billed": "370000", "now": "380000"}])
    assert amounts(gained)[3] == ("adjustment", "700.00")


def test_limits_and_tax_stand_apart() -> None:
    more = '\n[terms.caps]\ntotal_max = "12000"\n[terms.tax]\nname = "VAT"\nrate = "0.06"\n'
    found = settled(MEASURED, contract(more=more))
    assert amounts(found)[-1] == ("cap", "-1074.29")
    assert (str(found.total), found.tax and str(found.tax.amount)) == ("12000.00", "720.00")
    least = settled(MEASURED, contract(more='\n[terms.caps]\ntotal_min = "14000"\ncommission_max = "5000"\n'))
    assert amounts(least)[2:] == [("commission", "5000.00"), ("cap", "1085.71")]
    held = settled({"net_sales": "400000"}, contract(more='\n[terms.caps]\ntotal_min = "14000"\n'))
    assert "cap" not in dict(amounts(held)), "what is held is not made up to a minimum"


def test_pure_fee_and_pure_pay_by_result_are_edge_cases() -> None:
    head = '[contract]\nid = "x"\n[[terms]]\nversion = 1\neffective_from = 2026-09-01\n'
    from kpiterm.analysis.contract.parse import contract_from_text

    fee = settled({}, contract_from_text(head + 'base_fee = "8000"\n', "x"))
    assert (str(fee.total), fee.status) == ("8000.00", "draft")
    result = head + '[terms.commission]\nbase = "gmv"\ntiers = [ { from = "0", rate = "0.1" } ]\n'
    paid = settled({"net_sales": "412000"}, contract_from_text(result, "x"))
    assert (str(paid.total), paid.status) == ("41200.00", "draft")


def test_a_fee_that_changes_within_the_month_costs_no_cent_more_or_less() -> None:
    agreed = contract(more=second("2026-10-12", {'base_fee = "8000"': 'base_fee = "9000"'}))
    found = [line for line in settled(MEASURED, agreed).lines if line.code == "base"]
    assert [str(line.amount) for line in found] == ["2838.71", "5806.45"]
    assert sum(line.amount for line in found) == Decimal("8645.16")


def test_a_commission_that_changes_needs_the_sales_of_each_part() -> None:
    agreed = contract(more=second("2026-10-16", {'baseline = "300000"': 'baseline = "310000"'}))
    with pytest.raises(UsageError, match="each part needs its own net sales"):
        settled(MEASURED, agreed)
    segments = [{"version": 1, "net_sales": "200000"}, {"version": 2, "net_sales": "212000"}]
    found = settled(MEASURED, agreed, segments=segments)
    assert [line.inputs["baseline"] for line in found.lines if line.code == "commission"] == ["300000", "310000"]


def test_suspended_days_earn_nothing() -> None:
    found = settled(MEASURED, suspended_days=31)
    assert amounts(found) == [("base", "0.00"), ("modifier", "0.00"), ("commission", "0.00")]


def test_rounding_is_as_signed() -> None:
    one = {'base_fee = "8000"': 'base_fee = "0.125"', 'pool_share = "0.5"': 'pool_share = "0"'}
    found = [
        str(settled({}, contract({**one, '"half_even"': f'"{mode}"'})).lines[0].amount)
        for mode in ("half_even", "half_up", "down")
    ]
    assert found == ["0.12", "0.13", "0.12"]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"kpi": {}}, "kpi"),
        ({"kpis": {"acos": 0.5}}, "kpis.acos"),
        ({"kpis": {"acos": "NaN"}}, "kpis.acos"),
        ({"kpis": {"acos": "1e999999"}}, "kpis.acos"),
        ({"net_sales": "many"}, "net_sales"),
        ({"days": {"active": 31, "period": 30}}, "days.active"),
        ({"relief": [{"kpi": "gmv_mom", "share": "1"}]}, "relief[1].share"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], key: str) -> None:
    with pytest.raises(UsageError) as caught:
        settled(values)
    assert caught.value.message.startswith(f"values.json: {key}: ")


def test_a_claim_on_no_kpi_of_the_contract_is_refused() -> None:
    with pytest.raises(UsageError, match="gmv_mon is no KPI"):
        settled(MEASURED, claims={"client": {"gmv_mon": "0.09"}})


@pytest.mark.parametrize("period", ["2026-08", "2026-W40", "2026-10-01..2026-10-20"])
def test_only_months_of_the_contract_are_settled(period: str) -> None:
    with pytest.raises(UsageError):
        settled(MEASURED, period=period)
