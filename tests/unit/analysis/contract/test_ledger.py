from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kpiterm.analysis.contract.disputes import disputes
from kpiterm.analysis.contract.ledger import Ledger, read_ledger
from kpiterm.analysis.view import Span
from tests.unit.analysis.contract.agreed import contract

START = datetime(2026, 11, 2, 6, tzinfo=UTC)  # the evening of the first in Los Angeles
OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31))


class Log:
    """Stands for a reader: rows of the operation log, one a day."""

    as_of = START
    snapshot: str | None = None

    def __init__(self, *entries: tuple[str, dict[str, Any]]) -> None:
        self.entries = entries
        self.rollups: Mapping[str, int] = {}
        self.twice: Sequence[tuple[str, str, str]] = ()

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return [
            (
                n,
                (START + timedelta(days=n - 1)).replace(tzinfo=None),
                "ann",
                kind,
                json.dumps({"contract": "seller-us"} | d),
                f"h{n}",
            )
            for n, (kind, d) in enumerate(self.entries, 1)
        ]


def ledger(*entries: tuple[str, dict[str, Any]]) -> Ledger:
    return read_ledger(Log(*entries), contract())


CLAIM = ("contract.dispute", {"period": "2026-10", "party": "client", "claims": {"gmv_mom": "0.09"}})
ANSWER = ("contract.explain", {"period": "2026-10", "party": "provider", "note": "see plan"})
EXPIRES = {"mask_hash": "sha256:1", "expires": "2026-11-02"}
END = ("contract.resolve", {"period": "2026-10", "values": {"gmv_mom": "0.11"}})


def test_days_are_those_of_the_contract_and_the_head_is_of_the_whole_log() -> None:
    found = ledger(CLAIM, ("kpi.enter", {}), ("contract.close", {"contract": "other"}))
    assert [(n.seq, n.day) for n in found.notes] == [(1, date(2026, 11, 1))]
    assert found.head == {"seq": 3, "hash": "h3"}
    assert ledger().head is None


def test_a_dispute_is_open_then_explained_then_resolved() -> None:
    states = [disputes(ledger(*entries), contract())[0] for entries in ([CLAIM], [CLAIM, ANSWER], [CLAIM, ANSWER, END])]
    assert [s["state"] for s in states] == ["open", "explained", "resolved"]
    assert (states[0]["opened"], states[0]["due"]) == ("2026-11-01", "2026-11-15")
    assert (states[2]["claims"], states[2]["agreed"]) == ({}, {"gmv_mom": "0.11"})
    again = ledger(CLAIM, END, CLAIM)
    assert again.open_claims("2026-10") == {"client": {"gmv_mom": "0.09"}}
    assert again.disputed_on("2026-10") == date(2026, 11, 3)


def relief(side: str, share: str = "0.09") -> tuple[str, dict[str, Any]]:
    return "contract.relief", {
        "period": "2026-10", "kpi": "gmv_mom", "share": share, "cause": "stock_out", "fault": "client", "side": side,
    }  # fmt: skip


def test_relief_needs_the_same_words_of_both_sides() -> None:
    assert [r["approvals"] for r in ledger(relief("seller"), relief("provider")).relief("2026-10")] == [
        ["provider", "seller"]
    ]
    other = ledger(relief("seller", "0.05"), relief("provider"))
    assert [(r["share"], r["approvals"]) for r in other.relief("2026-10")] == [("0.09", ["provider"])]
    both = ledger(relief("seller"), relief("provider"), relief("provider", "0.2"))
    assert [r["share"] for r in both.relief("2026-10")] == ["0.09"], "one side alone takes back nothing"


def test_suspended_days_run_from_the_one_entry_to_the_other() -> None:
    found = ledger(("contract.suspend", {"from": "2026-09-20"}), ("contract.resume", {"from": "2026-10-04"}))
    assert sorted(found.suspended(OCTOBER)) == [date(2026, 10, day) for day in (1, 2, 3)]
    assert (found.is_suspended(date(2026, 10, 3)), found.is_suspended(date(2026, 10, 4))) == (True, False)
    assert len(ledger(("contract.suspend", {"from": "2026-10-30"})).suspended(OCTOBER)) == 2


def test_relief_for_named_days_holds_for_these_alone_and_only_if_it_was_approved_in_time() -> None:
    asked = {"period": "2026-10", "kpi": "gmv_mom", "share": "0.09", "fault": "client", "cause": "stock_out"}
    seller, provider = ({**asked, **EXPIRES, "side": side} for side in ("seller", "provider"))
    both = ledger(("contract.relief", seller), ("contract.relief", provider))
    assert [r["approvals"] for r in both.relief("2026-10")] == [["provider", "seller"]]
    late = ledger(("contract.relief", seller), ("kpi.enter", {}), ("contract.relief", provider))
    assert [r["approvals"] for r in late.relief("2026-10")] == [["seller"]]
    other = ledger(("contract.relief", seller), ("contract.relief", {**provider, "mask_hash": "sha256:2"}))
    assert [r["approvals"] for r in other.relief("2026-10")] == [["provider"]]
    assert set(both.relief("2026-10")[0]) == {"kpi", "share", "fault", "cause", "approvals", "evidence"}
