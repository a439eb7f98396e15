"""Whatever a contract's watch says is told in Chinese, with no sentence left in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kpiterm.analysis.contract.access import TITLES, audit
from kpiterm.analysis.contract.acts import Acts
from kpiterm.analysis.contract.clauses import STANDINGS
from kpiterm.analysis.contract.compliance import STATES
from kpiterm.analysis.contract.grants import Grants
from kpiterm.analysis.contract.ical import calendar
from kpiterm.i18n import recalled, told
from tests.english import english
from tests.unit.analysis.contract import (
    test_access,
    test_calendar,
    test_check,
    test_clauses,
    test_compliance,
    test_faults,
    test_pilot,
)
from tests.unit.analysis.contract.agreed import settled
from tests.unit.analysis.contract.test_ledger import CLAIM


def left(texts: Iterable[str], *names: str) -> list[str]:
    """What of them is told in English."""
    return english([told(text, "zh") for text in texts], *names)


def test_deadlines_and_their_calendar_file() -> None:
    found = test_calendar.dues()
    assert left([part for due in found for part in (due.title, due.detail, due.by or "")], "Ads; Reports") == []
    lines = test_calendar.lines(calendar("c", found, test_calendar.NOW, "zh"))
    said = [line.partition(":")[2] for line in lines if line.startswith(("SUMMARY", "DESCRIPTION"))]
    assert english(said, "Ads\\; Reports") == []
    assert any("结算单到期" in line for line in said)


def test_access_in_chinese() -> None:
    seen = [
        test_access.grant("boss", "Account owner"), test_access.grant("who@x.example", "Reports"),
        test_access.grant("ops@provider.example", "Inventory"),
        test_access.grant("old@provider.example", "Reports", platform="walmart"),
    ]  # fmt: skip
    found = audit(test_access.agreed(), Grants(tuple(seen), {}, {}), test_access.TODAY, None)
    found += audit(test_access.agreed(), Grants((), {}, {}), test_access.TODAY, None)
    assert {f.kind for f in found} == set(TITLES)
    names = ("Account owner", "Advertising, Reports")
    assert left([part for f in found for part in (f.text, f.remedy, TITLES[f.kind])], *names) == []


def test_clauses_in_chinese() -> None:
    found = [*test_clauses.found().values(), *test_clauses.found(CLAIM).values()]
    assert left([part for clause in found for part in (clause.agreed, clause.why)]) == []
    assert [told(state, "zh") for state in STANDINGS.values()] == ["达标", "待办", "违约", "无法核查"]


@pytest.mark.parametrize(
    ("documents", "state"),
    [("", "missing"), (test_compliance.document(digest=None), "missing"), (test_compliance.document(), "ok"),
     (test_compliance.document("valid_until = 2026-11-01"), "expired"),
     (test_compliance.document('codes = ["036000291453"]'), "bad_code")],
)  # fmt: skip
def test_compliance_documents(tmp_path: Path, documents: str, state: str) -> None:
    (tmp_path / "cpc.pdf").write_bytes(b"good")
    found = test_compliance.checked(tmp_path, documents)
    assert [c.state for c in found] == [state]
    assert left([part for c in found for part in (STATES[c.state], c.text)]) == []


def test_faults_of_stock_outs() -> None:
    cases = [
        Acts([], [], []),
        Acts([test_faults.suggested(80, 70, None)], [], []),
        Acts([test_faults.suggested(80, 70, 60)], [], [test_faults.ordered(50, 20, 15, 2)]),
        Acts([test_faults.suggested(80, 70, 60)], [], [test_faults.ordered(50, None, None, None)]),
    ]
    reasons = [reason for acts in cases for reason in test_faults.judged(acts, suggests=False).reasons]
    assert len(reasons) > 6
    assert left(reasons) == []


def test_doubtful_terms() -> None:
    doubts = [
        *test_check.found({}, more="").values(),
        *test_check.found({"weight = 40": "weight = 50", 'pool_share = "0.5"': 'pool_share = "1.5"'}).values(),
        *test_check.found({'floor = "0.38"': 'floor = "0.20"', 'stretch = "0.22"': 'stretch = "0.30"'}).values(),
    ]
    assert len(doubts) > 5
    assert left(doubts) == []


def test_pilot_in_chinese() -> None:
    for scores in (("0.9", None), ("0.9", "0.95")):
        found = test_pilot.judged(*scores)
        assert left([found.arithmetic, found.verdict]) == []


def test_a_statement_that_was_kept_as_text_is_told_too() -> None:
    """A closed statement is a file of English sentences."""
    found = settled({"kpis": {"gmv_mom": {"value": "0.1", "n": "1"}}, "net_sales": "400000"})
    kept = [str(k.reason) for k in found.kpis if k.reason] + [str(line.formula) for line in found.lines[1:2]]
    kept += ["held: only 0.4 of the weights could be evaluated", "data through 2026-10-20 only",
             "both parties must approve; approved by seller"]  # fmt: skip
    assert left(map(recalled, kept)) == []
    assert [recalled(text) for text in kept] == kept


def test_dates_stay_as_they_are() -> None:
    due = replace(test_calendar.dues()[0], day=date(2026, 12, 1))
    assert re.findall(r"\d{4}-\d\d-\d\d", told(due.title, "zh")) == re.findall(r"\d{4}-\d\d-\d\d", due.title)
