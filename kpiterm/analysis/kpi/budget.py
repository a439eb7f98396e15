"""Error budgets: how many defects, misses or how much money a target allows, what is used of it, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from kpiterm.analysis.format import amount_digits
from kpiterm.analysis.kpi.interval import counted
from kpiterm.analysis.view import Budget, Target

Daily = Sequence[tuple[Decimal, Decimal]]
"""(numerator, denominator) of each day, the last day last."""

RECENT = (7, 14)  # days; the longer stretch where nothing was used in the shorter one
_RATES = frozenset({"ratio", "last_ratio", "share"})
_HALF = Decimal("0.5")


def budget(
    target: Target | None,
    numerator: Decimal | None,
    denominator: Decimal | None,
    *,
    kind: str,
    currency: str | None,
    days: tuple[int, int] | None = None,
    expected: Decimal | None = None,
    daily: Daily = (),
) -> Budget | None:
    """The budget of a ratio with a target; None where there is none.

    A lower-is-better ratio of cases or of money has one (`< 0.005` of 4,000 orders allows 19), and a share that is to
    stay above a half: there it is the misses that are allowed. `kind` is the definition's, `currency` the amounts'
    (None: cases are counted). `days` are (elapsed, total) of the period: None for a platform's own rolling window.
    `expected` is the denominator at the period's end, by default what the days so far come to. ValueError where `days`
    are no such pair.
    """
    if target is None or kind not in _RATES or target.value <= 0:
        return None
    found = _measured(target, numerator, denominator, currency)
    if found is None:
        return None
    used, whole = found
    share, step = _allowance(target), _step(currency)
    allowed = _largest(share * whole, step, strict=target.op in {"<", ">"})
    if allowed < 0:
        return None
    left = allowed - used
    return Budget(
        allowed=allowed,
        used=used,
        left=left,
        burn_rate=_burn_rate(used, share * whole, days, None if expected is None else share * expected),
        days_left=_days_left(target, left, daily),
    )


def _measured(
    target: Target, numerator: Decimal | None, denominator: Decimal | None, currency: str | None
) -> tuple[Decimal, Decimal] | None:
    """What is used and of what whole; None where nothing of the kind can run out."""
    upward = target.op in {">", ">="}
    if currency is not None:
        return None if upward or numerator is None or not denominator or denominator < 0 else (numerator, denominator)
    if upward and not _HALF <= target.value <= 1:
        return None
    cases = counted(numerator, denominator)
    if cases is None:
        return None
    bad = cases[1] - cases[0] if upward else cases[0]
    return Decimal(bad), Decimal(cases[1])


def _allowance(target: Target) -> Decimal:
    """The share of the whole that may go wrong."""
    return 1 - target.value if target.op in {">", ">="} else target.value


def _largest(limit: Decimal, step: Decimal, *, strict: bool) -> Decimal:
    """The largest multiple of `step` below the limit, or up to it where the target is not strict."""
    steps = limit / step
    if strict:
        return (steps.to_integral_value(ROUND_CEILING) - 1) * step
    return steps.to_integral_value(ROUND_FLOOR) * step


def _step(currency: str | None) -> Decimal:
    """What is counted: one case, or the currency's minor unit."""
    if currency is None:
        return Decimal(1)
    return Decimal(1).scaleb(-len(amount_digits(Decimal(0), currency).partition(".")[2]))


def _burn_rate(used: Decimal, so_far: Decimal, days: tuple[int, int] | None, at_end: Decimal | None) -> Decimal | None:
    """Share used of the whole period's allowance ÷ share of the period that has passed.

    `so_far` is the allowance of the days so far. Unless `at_end` says what it will be, it is taken to grow evenly.
    """
    if days is None:
        return None
    elapsed, total = days
    if not 0 <= elapsed <= total or total < 1:
        raise ValueError(f"{elapsed} of {total} days have passed")
    if elapsed == 0:
        return None
    passed = Decimal(elapsed) / total
    whole = so_far / passed if at_end is None else at_end
    return None if whole <= 0 else _rounded(used / whole / passed, "0.0001")


def _days_left(target: Target, left: Decimal, daily: Daily) -> Decimal | None:
    """Days until the budget is used up at the recent pace, each day's own sales or orders earning their allowance."""
    if left <= 0:
        return Decimal(0)
    share, upward = _allowance(target), target.op in {">", ">="}
    for length in RECENT:
        recent = daily[-length:]
        used = sum(((whole - part if upward else part) for part, whole in recent), Decimal(0))
        if used > 0:
            pace = (used - share * sum((whole for _, whole in recent), Decimal(0))) / len(recent)
            return _rounded(left / pace, "0.1") if pace > 0 else None
    return None


def _rounded(value: Decimal, unit: str) -> Decimal:
    return value.quantize(Decimal(unit), ROUND_HALF_EVEN)
