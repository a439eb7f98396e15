"""A first contract from a few answers can be read, and says what was answered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.contract.draft import WEIGHTS, Draft, contract_toml
from kpiterm.analysis.contract.parse import contract_from_text

TARGETS = {"gmv_mom": "0.15", "acos": "0.28", "odr": "0.005", "response_p90_h": "12"}


def draft(**answers: Any) -> Draft:
    fields: dict[str, Any] = {
        "id": "lark", "seller": "Lark", "provider": "We", "start": date(2026, 12, 1), "timezone": "America/Los_Angeles",
        "currency": "USD", "base_fee": Decimal(8000), "commission": Decimal("0.05"), "baseline": None,
        "targets": {kpi: Decimal(value) for kpi, value in TARGETS.items()},
    }  # fmt: skip
    return Draft(**(fields | answers))


def test_floor_and_stretch_stand_on_the_right_sides_of_the_target() -> None:
    [terms] = contract_from_text(contract_toml(draft()), "lark.toml").terms
    assert {kpi: str(agreed.target.value) for kpi, agreed in terms.kpis.items()} == TARGETS
    assert sum(agreed.weight for agreed in terms.kpis.values()) == 100
    for kpi, agreed in terms.kpis.items():
        assert agreed.floor is not None
        assert agreed.stretch is not None
        points = [agreed.floor, agreed.target.value, agreed.stretch]
        assert points == sorted(points, reverse=kpi != "gmv_mom")
    assert terms.kpis["odr"].min_n == 201


def test_commission_is_on_what_is_above_a_baseline() -> None:
    with_baseline, without, none = (
        contract_from_text(contract_toml(draft(**answers)), "lark.toml").terms[0].commission
        for answers in ({"baseline": Decimal(300000)}, {}, {"commission": None})
    )
    assert with_baseline is not None
    assert without is not None
    assert (with_baseline.base, with_baseline.baseline) == ("incremental_net_sales", Decimal(300000))
    assert (without.base, none) == ("net_sales", None)


amounts = st.decimals(0, 10**6, places=4)


@given(
    names=st.tuples(*[st.text(st.characters(codec="utf-8"), min_size=1)] * 2), fee=amounts,
    commission=st.none() | st.decimals(0, 1, places=6), baseline=st.none() | amounts,
    targets=st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.decimals("0.0001", 10, places=4)),
)  # fmt: skip
def test_any_answers_make_a_contract_that_says_them(
    names: tuple[str, str],
    fee: Decimal,
    commission: Decimal | None,
    baseline: Decimal | None,
    targets: dict[str, Decimal],
) -> None:
    seller, provider = names
    answers = draft(
        seller=seller, provider=provider, base_fee=fee, commission=commission, baseline=baseline, targets=targets
    )
    contract = contract_from_text(contract_toml(answers), "lark.toml")
    [terms] = contract.terms
    assert dict(contract.parties) == {"seller": seller, "provider": provider}
    assert terms.base_fee == fee
    assert {kpi: agreed.target.value for kpi, agreed in terms.kpis.items()} == targets
    assert (terms.commission.tiers[0].rate if terms.commission else None) == commission
