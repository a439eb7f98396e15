"""What a target allows, to the defect and to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpiterm.analysis.kpi.budget import budget
from kpiterm.analysis.view import Budget, Target

Op = Literal["<", "<=", ">", ">="]


def found(op: Op, limit: str, numerator: str, denominator: str, **options: Any) -> Budget | None:
    return budget(
        Target(op, Decimal(limit)), Decimal(numerator), Decimal(denominator),
        **({"kind": "ratio", "currency": None} | options),
    )  # fmt: skip


def amounts(op: Op, limit: str, numerator: str, denominator: str, **options: Any) -> tuple[str, str, str]:
    result = found(op, limit, numerator, denominator, **options)
    assert result is not None
    return f"{result.allowed:f}", f"{result.used:f}", f"{result.left:f}"


@pytest.mark.parametrize(
    ("op", "limit", "numerator", "denominator", "expected"),
    [
        ("<", "0.005", "13", "4000", ("19", "13", "6")),
        ("<=", "0.005", "13", "4000", ("20", "13", "7")),
        ("<", "0.005", "20", "4000", ("19", "20", "-1")),
        ("<", "0.005", "0", "200", ("0", "0", "0")),
        ("<", "0.005", "0", "201", ("1", "0", "1")),
        # late replies: 940 of 1,000 in time, 95 % agreed: 50 may be late, strictly 49
        (">=", "0.95", "940", "1000", ("50", "60", "-10")),
        (">", "0.95", "960", "1000", ("49", "40", "9")),
        (">=", "1", "960", "1000", ("0", "40", "-40")),
    ],
)
def test_cases_allowed_used_and_left(
    op: Op, limit: str, numerator: str, denominator: str, expected: tuple[str, str, str]
) -> None:
    assert amounts(op, limit, numerator, denominator) == expected


def test_ad_spend_within_a_share_of_attributed_sales() -> None:
    assert amounts("<=", "0.28", "2604.10", "10000.05", currency="USD") == ("2800.01", "2604.10", "195.91")
    assert amounts("<", "0.28", "2800", "10000", currency="USD") == ("2799.99", "2800", "-0.01")
    assert amounts("<=", "0.28", "2604", "10001", currency="JPY") == ("2800", "2604", "196")


@pytest.mark.parametrize(
    ("op", "limit", "numerator", "denominator", "options"),
    [
        (">=", "0.15", "120", "1000", {"kind": "growth", "currency": "USD"}),
        (
            ">=",
            "0.4",
            "400",
            "1000",
            {"currency": "USD"},
        ),  # a share of sales can be too small, and is used up by nothing
        (">=", "0.1", "100", "1000", {}),  # nobody budgets nine visits of ten without an order
        (">=", "4", "4000", "1000", {}),
        ("<=", "0", "0", "1000", {}),
        ("<", "12", "10", "200", {"kind": "percentile"}),
        ("<", "0.04", "0.03", "1", {"kind": "last_ratio"}),
        ("<", "0.04", "3", "0", {}),
        ("<=", "0.28", "10", "0", {"currency": "USD"}),
    ],
)
def test_where_nothing_can_run_out_there_is_no_budget(
    op: Op, limit: str, numerator: str, denominator: str, options: dict[str, Any]
) -> None:
    assert found(op, limit, numerator, denominator, **options) is None


def test_without_target_or_value_there_is_no_budget() -> None:
    assert budget(None, Decimal(1), Decimal(100), kind="ratio", currency=None) is None
    assert budget(Target("<", Decimal("0.1")), None, Decimal(100), kind="ratio", currency=None) is None


limits = st.decimals("0.001", "0.999", places=3)


@given(st.sampled_from(["<", "<="]), limits, st.integers(2, 10**6))
def test_one_more_than_allowed_misses_the_target(op: Op, limit: Decimal, orders: int) -> None:
    target = Target(op, limit)
    result = budget(target, Decimal(0), Decimal(orders), kind="ratio", currency=None)
    assert result is not None
    assert target.met_by(result.allowed / orders)
    assert not target.met_by((result.allowed + 1) / orders)


@given(st.sampled_from([">", ">="]), st.decimals("0.5", "0.999", places=3), st.integers(2, 10**6))
def test_one_more_miss_than_allowed_misses_the_target(op: Op, limit: Decimal, asked: int) -> None:
    target = Target(op, limit)
    result = budget(target, Decimal(asked), Decimal(asked), kind="ratio", currency=None)
    assert result is not None
    assert target.met_by((asked - result.allowed) / asked)
    assert not target.met_by((asked - result.allowed - 1) / asked)


@given(limits, st.decimals("0.01", "1000000", places=2), st.decimals("0", "1000000", places=2))
def test_what_is_left_says_whether_the_target_is_met(limit: Decimal, sales: Decimal, spend: Decimal) -> None:
    for op in ("<", "<="):
        target = Target(op, limit)
        result = budget(target, spend, sales, kind="ratio", currency="USD")
        assume(result is not None)
        assert result is not None
        assert (result.left >= 0) == target.met_by(spend / sales)


def test_the_burn_rate_is_one_where_the_allowance_is_used_up_on_the_last_day() -> None:
    assert found("<=", "0.01", "10", "1000", days=(10, 30)) == Budget(
        allowed=Decimal(10), used=Decimal(10), left=Decimal(0), burn_rate=Decimal("1.0000"), days_left=Decimal(0)
    )
    burning = found("<=", "0.01", "13", "1000", days=(10, 30))
    # 13 of the 40 that 4,000 orders allow, in a third of the time
    busier = found("<=", "0.01", "13", "1000", days=(10, 30), expected=Decimal(4000))
    assert burning is not None
    assert busier is not None
    assert (burning.burn_rate, busier.burn_rate) == (Decimal("1.3000"), Decimal("0.9750"))


def test_before_the_first_day_and_in_a_rolling_window_nothing_burns() -> None:
    for days in (None, (0, 30)):
        result = found("<", "0.005", "13", "4000", days=days)
        assert result is not None
        assert result.burn_rate is None
    with pytest.raises(ValueError, match="31 of 30"):
        found("<", "0.005", "13", "4000", days=(31, 30))


def test_days_until_nothing_is_left_at_the_recent_pace() -> None:
    # 6 left; 14 defects in the last 7 days, whose 700 orders earned 3.5: 1.5 a day
    daily = [(Decimal(0), Decimal(100))] * 20 + [(Decimal(2), Decimal(100))] * 7
    result = found("<", "0.005", "13", "4000", daily=daily)
    assert result is not None
    assert result.days_left == Decimal("4.0")


def test_a_quiet_week_falls_back_on_the_fortnight() -> None:
    daily = [(Decimal(7), Decimal(100))] + [(Decimal(0), Decimal(0))] * 13
    result = found("<", "0.005", "13", "4000", daily=daily)
    assert result is not None
    assert result.days_left == Decimal("12.9")  # 6 ÷ ((7 − 0.5) ÷ 14)


@pytest.mark.parametrize("day", [(Decimal(0), Decimal(100)), (Decimal(20), Decimal(100))])
def test_what_earns_as_much_as_it_uses_never_runs_out(day: tuple[Decimal, Decimal]) -> None:
    result = found("<=", "0.28", "2000", "10000", currency="USD", daily=[day] * 14)
    assert result is not None
    assert result.days_left is None


def test_misses_are_what_is_used_of_an_upward_rate() -> None:
    daily = [(Decimal(90), Decimal(100))] * 7  # 10 late a day, 5 of them allowed
    result = found(">=", "0.95", "980", "1000", daily=daily)
    assert result is not None
    assert (result.left, result.days_left) == (Decimal(30), Decimal("6.0"))
