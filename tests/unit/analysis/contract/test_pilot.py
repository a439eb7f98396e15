"""A pilot is judged on its months' scores, and says how."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kpiterm.analysis.contract.model import Pilot, Score
from kpiterm.analysis.contract.pilot import Evaluation, evaluate

PILOT = Pilot(date(2026, 9, 16), date(2026, 10, 31), Decimal("0.9"))


def judged(september: str | None, october: str | None, today: date = date(2026, 11, 20)) -> Evaluation:
    scores = {"2026-09": september, "2026-10": october}
    return evaluate(PILOT, Score(), lambda p: None if (s := scores[p]) is None else Decimal(s), today)


def test_each_months_score_counts_by_its_days() -> None:
    found = judged("0.8", "1")
    assert found.score == (15 * Decimal("0.8") + 31) / 46
    assert found.verdict == "pass"
    assert found.arithmetic == "(15 x 0.8 + 31 x 1) / 46 = 0.934783 >= 0.9"


@pytest.mark.parametrize(
    ("september", "october", "verdict"),
    [("0.9", "0.9", "pass"), ("0.9", "0.8", "fail"), ("0.89", "0.89", "extend"), ("0.87", "0.87", "fail"),
     (None, "1", "extend"), (None, None, "extend")],
)  # fmt: skip
def test_it_is_extended_where_it_was_close_or_could_not_be_judged(
    september: str | None, october: str | None, verdict: str
) -> None:
    assert judged(september, october).verdict == verdict


def test_it_is_not_judged_before_it_is_over() -> None:
    assert judged("1", "1", date(2026, 9, 1)).verdict == "pending"
    early = judged("1", "1", date(2026, 10, 31))
    assert early.verdict == "running"
    assert early.score == 1
    assert [p.score for p in early.parts] == [1, None]
    assert judged("1", "1", date(2026, 11, 1)).verdict == "pass"
    assert judged(None, "1").arithmetic == "(31 x 1) / 31 = 1 >= 0.9; no score for 2026-09"
