"""Steps are taken for what they explain, and what they leave is kept unit by unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817

from kpiterm.analysis.bridge.result import Bridge, Case, Ours, Source
from kpiterm.analysis.bridge.tie import Move, Piece, bridge
from kpiterm.analysis.view import Span

CASE = Case(kpi="gmv", channel="x", currency="USD", span=Span(date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 2)))
DAYS = {"a": date(2026, 10, 1), "b": date(2026, 10, 2)}


def piece(unit: str, amount: str) -> Piece:
    return Piece(unit, D(amount), 1, f"{unit}-{amount}")


def tied(theirs: list[Piece], mine: list[Piece], *moves: Move) -> Bridge:
    source = Source(name="report", kind="report", value=sum((p.amount for p in theirs), D(0)))
    ours = Ours(name="order_line", value=sum((p.amount for p in mine), D(0)))
    return bridge(CASE, source, ours, theirs, mine, moves, DAYS)


def amounts(found: Bridge) -> dict[str, D]:
    return {step.code: step.amount for step in found.steps}


def test_a_sure_step_is_taken_whatever_it_leaves() -> None:
    found = tied([piece("a", "10")], [piece("a", "10")], Move("duplicates", (piece("a", "3"),), sure=True))
    assert (amounts(found), found.residual) == ({"duplicates": D(3)}, D(-3))


def test_the_guess_that_explains_most_is_taken_and_the_order_of_steps_stays() -> None:
    """Both halve a difference of 10 at least; the nearer one comes later in the order and is the right one."""
    guesses = Move("tax", (piece("a", "8"),)), Move("promotions", (piece("a", "10"),))
    found = tied([piece("a", "90")], [piece("a", "100")], *guesses)
    assert (amounts(found), found.residual) == ({"tax": D(0), "promotions": D(10)}, D(0))
    assert list(amounts(found)) == ["tax", "promotions"]


def test_a_guess_that_explains_less_than_half_where_it_touches_is_not_taken() -> None:
    found = tied([piece("a", "0")], [piece("a", "100")], Move("tax", (piece("a", "49"),)))
    assert (amounts(found), found.residual) == ({"tax": D(0)}, D(100))


def test_of_guesses_of_one_code_one_is_taken() -> None:
    first, second = Move("tax", (piece("a", "-8"),)), Move("tax", (piece("a", "8"),))
    assert amounts(tied([piece("a", "92")], [piece("a", "100")], first, second)) == {"tax": D(8)}


def test_one_step_may_be_needed_before_another_can_be_seen() -> None:
    """Of 100, 70 are of another zone; only then the 30 that remain are plainly those that are pending."""
    moves = Move("pending", (piece("a", "30"),)), Move("time_zone", (piece("a", "70"),))
    found = tied([piece("a", "0")], [piece("a", "100")], *moves)
    assert (amounts(found), found.residual) == ({"pending": D(30), "time_zone": D(70)}, D(0))


def test_the_example_is_the_largest_row() -> None:
    move = Move("duplicates", (piece("a", "1"), piece("b", "-9"), piece("a", "5")), sure=True)
    assert tied([], [piece("a", "1")], move).steps[0].example == "b--9"


def test_a_residual_of_nothing_of_ours_is_a_share_of_theirs() -> None:
    found = tied([piece("a", "50")], [piece("a", "0")])
    assert (found.residual, found.residual_share, found.state) == (D(-50), D(-1), "breach")
    assert tied([piece("a", "0")], [piece("b", "0")]).residual_share is None
