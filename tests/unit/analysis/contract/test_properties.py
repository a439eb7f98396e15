"""What holds whatever the figures, and an independent computation with fractions of the same statement."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.contract.model import Contract
from tests.unit.analysis.contract.agreed import amounts, contract, second, settled

AGREED = contract()
LINES = {  # floor, target, stretch
    "gmv_mom": ("0", "0.15", "0.25"),
    "acos": ("0.38", "0.28", "0.22"),
    "odr": ("0.010", "0.005", "0.002"),
    "response_p90_h": ("24", "12", "6"),
}
WEIGHTS = {"gmv_mom": 40, "acos": 30, "odr": 20, "response_p90_h": 10}


def near(kpi: str) -> st.SearchStrategy[Decimal]:
    """Values around the points of a KPI's line, also on them."""
    low, high = sorted(Decimal(p) for p in (LINES[kpi][0], LINES[kpi][2]))
    reach = high - low
    return st.integers(-200, 1200).map(lambda n: low + reach * n / 1000)


KPIS = st.fixed_dictionaries({kpi: near(kpi) for kpi in LINES})
SALES = st.integers(0, 60_000_000).map(lambda cents: Decimal(cents) / 100)


def values(kpis: dict[str, Decimal], sales: Decimal, **more: Any) -> dict[str, Any]:
    return {"kpis": {k: f"{v:f}" for k, v in kpis.items()}, "net_sales": f"{sales:f}", **more}


def expected(kpis: dict[str, Decimal], sales: Decimal) -> tuple[Fraction, Fraction]:
    """Modifier and commission, written out once more."""
    score = Fraction(0)
    for kpi, value in kpis.items():
        floor, target, stretch = map(Fraction, LINES[kpi])
        way = (Fraction(value) - floor) / (target - floor)
        if way > 1:
            way = 1 + Fraction("0.2") * (Fraction(value) - target) / (stretch - target)
        score += WEIGHTS[kpi] * min(Fraction("1.2"), max(Fraction(0), way)) / 100
    curve = Fraction(0)
    if score < Fraction("0.98"):
        curve = -min(Fraction("0.2"), Fraction("0.2") * (Fraction("0.98") - score) / Fraction("0.28"))
    elif score > Fraction("1.02"):
        curve = min(Fraction("0.25"), Fraction("0.25") * (score - Fraction("1.02")) / Fraction("0.08"))
    more = max(Fraction(0), Fraction(sales) - 324_000)
    first, second_, third = min(more, Fraction(50_000)), min(more, Fraction(100_000)) - 50_000, more - 100_000
    commission = first * 5 + max(Fraction(0), second_) * 7 + max(Fraction(0), third) * 9
    return 4000 * curve, commission / 100


@given(KPIS, SALES)
def test_an_independent_computation_agrees(kpis: dict[str, Decimal], sales: Decimal) -> None:
    found = settled(values(kpis, sales), AGREED)
    for line, exact in zip(found.lines[1:], expected(kpis, sales), strict=True):
        assert abs(Fraction(line.amount) - exact) <= Fraction("0.005")
    assert found.total == sum(line.amount for line in found.lines)


@given(KPIS, SALES, st.sampled_from(sorted(LINES)), st.integers(0, 500))
def test_a_better_kpi_never_pays_less(kpis: dict[str, Decimal], sales: Decimal, kpi: str, steps: int) -> None:
    floor, _, stretch = (Decimal(p) for p in LINES[kpi])
    better = {**kpis, kpi: kpis[kpi] + (stretch - floor) * steps / 1000}
    assert settled(values(better, sales), AGREED).total >= settled(values(kpis, sales), AGREED).total


@given(KPIS, SALES, st.sampled_from(sorted(LINES)))
def test_a_small_change_pays_little(kpis: dict[str, Decimal], sales: Decimal, kpi: str) -> None:
    floor, _, stretch = (Decimal(p) for p in LINES[kpi])
    moved = {**kpis, kpi: kpis[kpi] + (stretch - floor) / 1_000_000}
    first, then = settled(values(kpis, sales), AGREED), settled(values(moved, sales + Decimal("0.01")), AGREED)
    assert abs(then.total - first.total) <= Decimal("0.05")


SAME = contract(more=second("2026-10-12"))


@given(KPIS, SALES)
def test_terms_that_are_signed_again_unchanged_settle_the_same(kpis: dict[str, Decimal], sales: Decimal) -> None:
    assert amounts(settled(values(kpis, sales), SAME)) == amounts(settled(values(kpis, sales), AGREED))


def of_fees(first: int, then: int, day: int) -> Contract:
    again = second(f"2026-10-{day:02}", {'base_fee = "8000"': f'base_fee = "{then}.01"'})
    return contract({'base_fee = "8000"': f'base_fee = "{first}.01"'}, more=again)


@given(KPIS, st.integers(0, 9999), st.integers(0, 9999), st.integers(2, 31))
def test_segments_add_up_to_the_exact_sum(kpis: dict[str, Decimal], first: int, then: int, day: int) -> None:
    found = settled(values(kpis, Decimal(0)), of_fees(first, then, day))
    exact = ((first + Fraction(1, 100)) * (day - 1) + (then + Fraction(1, 100)) * (32 - day)) / 31
    base = sum(line.amount for line in found.lines if line.code == "base")
    assert abs(Fraction(base) - exact) <= Fraction("0.005"), "one rounding, however many segments"


@given(KPIS, SALES, near("gmv_mom"), near("acos"), SALES)
def test_pay_now_and_escrow_are_the_largest_claim(
    kpis: dict[str, Decimal], sales: Decimal, growth: Decimal, acos: Decimal, claimed: Decimal
) -> None:
    claims = {"client": {"gmv_mom": f"{growth:f}"}, "provider": {"acos": f"{acos:f}", "net_sales": f"{claimed:f}"}}
    found = settled(values(kpis, sales, claims=claims), AGREED)
    totals = [claim.total for claim in found.scenarios.values()]
    assert (found.total, found.total + found.escrow) == (min(totals), max(totals))
    assert found.total == sum(line.amount for line in found.lines)


@given(SALES, SALES)
def test_refunds_known_later_cost_what_they_would_have_cost_at_once(sales: Decimal, refunds: Decimal) -> None:
    refunds = min(sales, refunds)
    kpis = {kpi: Decimal(points[1]) for kpi, points in LINES.items()}
    later = settled(values(kpis, sales, refunds_in_window=f"{refunds:f}"), AGREED).total
    assert later == settled(values(kpis, sales - refunds), AGREED).total
