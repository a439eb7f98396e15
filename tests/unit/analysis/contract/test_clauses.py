"""Every term has a state and a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from kpiterm.analysis.contract.access import audit
from kpiterm.analysis.contract.clauses import Clause, Facts, clauses
from kpiterm.analysis.contract.compliance import Checked
from kpiterm.analysis.contract.deadlines import deadlines
from kpiterm.analysis.contract.exit import end_of, exit_list
from kpiterm.analysis.contract.grants import Grant, Grants
from tests.unit.analysis.contract.agreed import contract
from tests.unit.analysis.contract.test_calendar import SERVICE, TODAY, UNTIL
from tests.unit.analysis.contract.test_ledger import CLAIM, ledger

TERMS = SERVICE.replace("[terms.service]", '[terms.relief]\ncap = "0.5"\n[terms.service]\nscope = ["ads"]') + (
    'handover = ["listings", "raw data"]\ncontacts = [ { side = "seller", name = "Ann" } ]\n'
)
AGREED = contract(UNTIL, more=TERMS)
NONE = Grants((), {}, {})
OPS = Grant(platform="amazon", principal="ops@p.example", role="ads; reports", level="edit", seen_on=TODAY, origin="x")


def found(*entries: tuple[str, dict[str, Any]], today: date = TODAY, **more: Any) -> dict[str, Clause]:
    log = ledger(*entries)
    grants = more.get("grants", NONE)
    facts = Facts(
        today=today, ledger=log, statement=None, grants=grants, access=audit(AGREED, grants, today, AGREED.until),
        dues=deadlines(AGREED, log, grants, today, 366), pilot=None, compliance=None, end=end_of(AGREED, log),
        exit=exit_list(("listings", "raw data"), log),
    )  # fmt: skip
    terms = AGREED.terms[0]
    return {c.key: c for c in clauses(AGREED, terms, replace(facts, **more))}


def state(key: str, *entries: tuple[str, dict[str, Any]], **more: Any) -> tuple[str, str]:
    clause = found(*entries, **more)[key]
    return clause.state, clause.why


def test_nothing_known_is_not_checkable_and_says_what_to_do() -> None:
    states = {c.key: c.state for c in found().values()}
    assert [key for key, s in states.items() if s == "not_checkable"] == [
        "base_fee", "pool_share", "commission", "kpis.gmv_mom", "kpis.acos", "kpis.odr", "kpis.response_p90_h",
        "service.scope", "service.access", "service.confidentiality_until", "service.transition_days", "compliance",
        "service.handover",
    ]  # fmt: skip
    assert all(c.why for c in found().values())


def test_kpis_stand_as_in_the_last_closed_statement() -> None:
    kpis = [{"id": "acos", "met": True, "value": "0.26", "reason": None},
            {"id": "odr", "met": False, "value": "0.006", "reason": None},
            {"id": "gmv_mom", "met": None, "value": None, "reason": "no data"}]  # fmt: skip
    paid = [{"code": "base", "amount": "8000.00"}, {"code": "commission", "amount": "5160.00"},
            {"code": "commission", "amount": "-10.00"}]  # fmt: skip
    closed = found(statement={"period": "2026-10", "status": "held", "kpis": kpis, "lines": paid})
    assert (closed["base_fee"].state, closed["base_fee"].why) == ("met", "2026-10: 8000.00")
    assert (closed["commission"].state, closed["commission"].why) == ("due", "2026-10: 5150.00, held")
    assert (closed["kpis.acos"].state, closed["kpis.acos"].why) == ("met", "2026-10: 0.26")
    assert closed["kpis.odr"].state == "breached"
    assert (closed["kpis.gmv_mom"].state, closed["kpis.gmv_mom"].why) == ("not_checkable", "2026-10: no data")


def test_statements_that_are_late_are_a_breach() -> None:
    assert state("service.statement_days") == ("breached", "not closed: 2026-09, 2026-10")
    closed = [("contract.close", {"period": p}) for p in ("2026-09", "2026-10")]
    assert state("service.statement_days", *closed) == ("due", "2026-11 by 2026-12-10")


def test_a_dispute_is_due_then_a_breach() -> None:
    assert state("dispute.due_days") == ("met", "none is open")
    assert state("dispute.due_days", CLAIM, today=date(2026, 11, 15))[0] == "due"
    assert state("dispute.due_days", CLAIM) == ("breached", "2026-10 open, due 2026-11-15")


def test_relief_waits_for_the_other_side() -> None:
    half = ("contract.relief", {"period": "2026-10", "kpi": "gmv_mom", "share": "0.1", "fault": "client", "cause": "x",
                                "side": "seller"})  # fmt: skip
    assert state("relief.cap", half) == ("due", "2026-10 gmv_mom: seller only")
    assert state("relief.cap", half, (half[0], {**half[1], "side": "provider"}))[0] == "met"


def test_access_is_breached_by_any_fault_and_met_by_a_list_that_fits() -> None:
    seen = Grants((OPS,), {"amazon": TODAY}, {})
    assert state("service.access", grants=seen) == ("met", "1 rights fit")
    assert state("service.access", grants=Grants((OPS,), {}, {})) == ("due", "no user list of amazon")
    stranger = Grants((replace(OPS, principal="who"),), {"amazon": TODAY}, {})
    assert state("service.access", grants=stranger) == ("breached", "unknown principal: who")


def test_notice_is_held_against_the_days_agreed() -> None:
    assert state("service.notice.seller")[0] == "met"
    assert state("service.notice.seller", today=date(2027, 1, 15))[0] == "due"
    given = {"side": "seller"}  # entered on 2026-11-01
    assert state("service.notice.seller", ("contract.notice", {**given, "ends": "2026-12-01"}))[0] == "met"
    assert state("service.notice.seller", ("contract.notice", {**given, "ends": "2026-11-30"}))[0] == "breached"


def test_the_handover_is_due_once_notice_was_given_and_breached_after_the_transition() -> None:
    notice = ("contract.notice", {"side": "seller", "ends": "2026-12-01"})
    listed = ("contract.handover", {"item": "listings", "note": "", "attached": []})
    exported = ("contract.export", {"manifest": "sha256:1"})
    assert state("service.handover", notice) == ("due", "left: listings, raw data; until 2026-12-31")
    assert state("service.handover", notice, listed, today=date(2027, 1, 1))[0] == "breached"
    assert state("service.handover", notice, listed, exported) == ("met", "all handed over")


def test_suspension_documents_and_contacts() -> None:
    assert state("service.scope", ("contract.suspend", {"from": f"{TODAY - timedelta(days=1)}"}))[0] == "breached"
    assert state("service.contacts") == ("due", "nobody is named for the provider")
    held = Checked(group="toys", kind="CPC", state="expired", skus=1, file="f", valid_until=None, text="")
    assert state("compliance", compliance=[held]) == ("breached", "toys: CPC expired")
    assert state("compliance", compliance=[replace(held, state="expiring")])[0] == "due"
    assert state("compliance", compliance=[replace(held, state="ok")])[0] == "met"
