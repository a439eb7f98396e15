"""What a rate of few cases proves."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.kpi.interval import counted, interval, least_total, wilson
from kpiterm.analysis.view import Target

ODR = Target("<", Decimal("0.005"))


def test_thirteen_defects_in_four_thousand_orders() -> None:
    low, high = wilson(13, 4000)
    assert (round(low, 4), round(high, 4)) == (Decimal("0.0019"), Decimal("0.0056"))


@pytest.mark.parametrize(
    ("cases", "total", "low", "high"),
    # Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        (29, 29, "0.8830", "1"),
    ],
)
def test_intervals_of_the_literature(cases: int, total: int, low: str, high: str) -> None:
    found = wilson(cases, total)
    assert [round(value, 4) for value in found] == [Decimal(low), Decimal(high)]


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_lies_within_and_the_complement_mirrors(pair: tuple[int, int]) -> None:
    cases, total = pair
    low, high = wilson(cases, total)
    assert 0 <= low <= Decimal(cases) / total <= high <= 1
    mirrored = wilson(total - cases, total)
    assert (1 - mirrored[1], 1 - mirrored[0]) == (low, high)


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "verdict"),
    [
        ("13", "4000", ODR, "not proven"),
        ("13", "40000", ODR, "proven"),
        ("60", "4000", ODR, "proven"),
        ("21", "4000", ODR, "not proven"),
        ("990", "1000", Target(">=", Decimal("0.95")), "proven"),
        ("19", "20", Target(">=", Decimal("0.95")), "not proven"),
        ("13", "4000", None, None),
    ],
)
def test_met_and_missed_targets_may_be_proven(
    numerator: str, denominator: str, target: Target | None, verdict: Literal["proven", "not proven"] | None
) -> None:
    found = interval(target, Decimal(numerator), Decimal(denominator), kind="ratio", currency=None)
    assert found is not None
    assert found.verdict == verdict


def test_money_growth_and_rates_without_their_cases_have_none() -> None:
    thirteen, whole = Decimal(13), Decimal(4000)
    assert interval(ODR, thirteen, whole, kind="ratio", currency="USD") is None
    assert interval(ODR, thirteen, whole, kind="growth", currency=None) is None
    assert interval(ODR, Decimal("0.003"), Decimal(1), kind="last_ratio", currency=None) is None
    assert interval(ODR, None, whole, kind="ratio", currency=None) is None
    assert interval(ODR, whole, thirteen, kind="ratio", currency=None) is None


def test_a_rounded_rate_gives_whole_cases() -> None:
    assert counted(Decimal("0.0033") * 4000, Decimal(4000)) == (13, 4000)


@pytest.mark.parametrize(
    ("op", "limit", "cases", "least"),
    [("<", "0.005", 1, 201), ("<=", "0.005", 1, 200), ("<", "0.005", 0, 1), ("<=", "0.03", 2, 67)],
)
def test_the_smallest_sample_that_can_pass(op: Literal["<", "<="], limit: str, cases: int, least: int) -> None:
    target = Target(op, Decimal(limit))
    assert least_total(target, cases) == least
    assert target.met_by(Decimal(cases) / least)
    if least > 1:
        assert not target.met_by(Decimal(cases) / (least - 1))


def test_only_an_upper_limit_has_a_smallest_sample() -> None:
    assert least_total(Target(">=", Decimal("0.95"))) is None
    assert least_total(Target("<=", Decimal(0))) is None
