"""The worked examples of the settlement rules, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.analysis.contract.agreed import MEASURED, amounts, contract, second, settled


def test_a_normal_month() -> None:
    found = settled(MEASURED)
    assert [f"{k.attainment:.4f}" for k in found.kpis] == ["0.8000", "1.0667", "1.1333", "0.8333"]
    assert f"{found.score:.6f}" == "0.950000"
    assert found.coverage == 1
    assert amounts(found) == [("base", "8000.00"), ("modifier", "-85.71"), ("commission", "5160.00")]
    assert (str(found.total), found.status) == ("13074.29", "draft")


def test_a_slab_pays_one_rate_on_everything() -> None:
    slab = contract({'method = "marginal"': 'method = "slab"'})
    assert amounts(settled(MEASURED, slab))[2] == ("commission", "6160.00")


@pytest.mark.parametrize(("sales", "expected"), [("423999.99", "7000.00"), ("424000.00", "9000.00")])
def test_the_cliff_of_a_slab(sales: str, expected: str) -> None:
    slab = contract({'method = "marginal"': 'method = "slab"'})
    assert amounts(settled(MEASURED, slab, net_sales=sales))[2] == ("commission", expected)
    assert amounts(settled(MEASURED, net_sales="424000.00"))[2] == ("commission", "6000.00")


def test_refunds_in_the_window_take_their_commission_back() -> None:
    found = settled(MEASURED, refunds_in_window="9500.00")
    assert amounts(found)[2:] == [("commission", "5160.00"), ("clawback", "-665.00")]
    assert str(found.total) == "12409.29"


@pytest.mark.parametrize(
    ("policy", "score", "amount"),
    [("reweight", "0.962963", "-48.68"), ("neutral", "0.966667", "-38.10"), ("zero", "0.866667", "-323.81")],
)
def test_what_a_missing_kpi_counts_is_a_term_of_the_contract(policy: str, score: str, amount: str) -> None:
    agreed = contract({'missing = "reweight"': f'missing = "{policy}"'})
    found = settled(MEASURED, agreed, missing=["response_p90_h"])
    assert (f"{found.score:.6f}", str(found.coverage)) == (score, "0.9")
    assert amounts(found)[1] == ("modifier", amount)
    assert found.kpis[3].policy == policy


def test_too_little_coverage_holds_the_modifier_and_pays_the_rest() -> None:
    found = settled(MEASURED, missing=["gmv_mom", "acos"])
    assert (found.score, str(found.coverage), found.status) == (None, "0.3", "held")
    assert amounts(found) == [("base", "8000.00"), ("modifier", "0.00"), ("commission", "5160.00")]


def test_a_dispute_pays_the_least_claim_and_keeps_the_difference() -> None:
    found = settled(MEASURED, claims={"provider": {"gmv_mom": "0.16"}, "client": {"gmv_mom": "0.09"}})
    scenarios = {party: (f"{claim.score:.6f}", str(claim.total)) for party, claim in found.scenarios.items()}
    assert scenarios == {"provider": ("1.038000", "13385.00"), "client": ("0.870000", "12845.71")}
    assert (str(found.total), str(found.escrow), found.status) == ("12845.71", "539.29", "disputed")
    assert str(found.due) == "2026-11-14"
    assert sum(line.amount for line in found.lines) == found.total


def test_a_party_that_claims_nothing_stands_by_what_was_measured() -> None:
    found = settled(MEASURED, claims={"client": {"gmv_mom": "0.09"}})
    assert {party: str(claim.total) for party, claim in found.scenarios.items()} == {
        "client": "12845.71", "measured": "13074.29",
    }  # fmt: skip
    assert (str(found.total), str(found.escrow)) == ("12845.71", "228.58")


@pytest.mark.parametrize(
    ("changes", "net_sales"),
    [
        ({'base = "incremental_net_sales"': 'base = "net_sales"'}, "60000"),
        ({'"2026-10" = "1.08"': '"2026-09" = "1.08"'}, "260000"),
    ],
)
def test_a_part_of_a_month_has_a_part_of_the_fee_the_baseline_and_the_tiers(
    changes: dict[str, str], net_sales: str
) -> None:
    days = {"active": 20, "period": 30}
    found = settled(MEASURED, contract(changes), net_sales=net_sales, days=days)
    assert amounts(found)[0] == ("base", "5333.33")
    assert amounts(found)[2] == ("commission", "3533.33")
    assert "0.07 from 33333.33" in found.lines[2].inputs["tiers"]


def test_a_contract_that_starts_within_the_month_counts_its_own_days() -> None:
    agreed = contract({"effective_from = 2026-09-01": "effective_from = 2026-09-11"})
    assert amounts(settled(MEASURED, agreed, "2026-09"))[0] == ("base", "5333.33")


def test_terms_that_change_within_the_month_are_settled_by_segment() -> None:
    first = {
        'value = "0.28"': 'value = "0.30"',
        'floor = "0.38"': 'floor = "0.40"',
        'stretch = "0.22"': 'stretch = "0.24"',
    }
    agreed = contract(first, more=second("2026-09-16"))
    segments = [
        {"version": 1, "kpis": {"acos": {"numerator": "9000", "denominator": "31000"}}},
        {"version": 2, "kpis": {"acos": {"numerator": "7800", "denominator": "29000"}}},
    ]
    found = settled(MEASURED, agreed, "2026-09", segments=segments, kpis={**MEASURED["kpis"], "acos": "0.28"})
    acos = next(k for k in found.kpis if k.id == "acos")
    assert [f"{p.value:.4f}" for p in acos.parts] == ["0.2903", "0.2690"]
    assert f"{acos.attainment:.4f}" == "1.0344"
    assert acos.value == Decimal("0.28"), "the whole month alone would hide it"
    assert amounts(found)[0] == ("base", "8000.00"), "what did not change is not cut"


RELIEF: dict[str, Any] = {
    "kpi": "gmv_mom", "expected": "200000", "lost": "18000", "fault": "client", "cause": "stock_out",
    "approvals": ["seller", "provider"],
}  # fmt: skip


def test_a_stock_out_that_both_approved_relieves_the_target() -> None:
    agreed = contract(more='\n[terms.relief]\ncap = "1"\n')
    measured = {"gmv_mom": {"value": "0.0465", "denominator": "180000"}}
    found = settled({"kpis": {**MEASURED["kpis"], **measured}, "net_sales": "1"}, agreed, relief=[RELIEF])
    relief = found.kpis[0].relief
    assert relief is not None
    assert (relief.applied, relief.target) == (Decimal("0.09"), Decimal("0.0465"))
    assert f"{relief.amount:.2f}" == "188370.00"
    assert found.kpis[0].attainment == 1


@pytest.mark.parametrize(
    ("changes", "cap", "applied", "reason"),
    [
        ({"approvals": ["provider"]}, "1", "0", "both parties must approve; approved by provider"),
        ({"approvals": ["provider", "provider"]}, "1", "0", "both parties must approve; approved by provider"),
        ({"fault": "provider"}, "1", "0", "the provider's own fault gives no relief"),
        ({}, None, "0", "the terms agree on no relief"),
        ({}, "0.5", "0.0652", "capped: no more than 0.5 of the target may come off it"),
    ],
)
def test_relief_is_refused_or_capped_with_the_reason(
    changes: dict[str, Any], cap: str | None, applied: str, reason: str
) -> None:
    agreed = contract(more=f'\n[terms.relief]\ncap = "{cap}"\n' if cap else "")
    relief = settled(MEASURED, agreed, relief=[RELIEF | changes]).kpis[0].relief
    assert relief is not None
    assert (f"{relief.applied:.4f}".rstrip("0").rstrip("."), relief.reason) == (applied, reason)
    if cap == "0.5":
        assert f"{relief.target:.6f}" == "0.075000", "half of the target, and no less"
