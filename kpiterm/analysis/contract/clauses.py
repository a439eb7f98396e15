"""Every term of a contract with where it stands: met, due, breached, or not checkable and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from kpiterm.analysis.contract.access import TITLES, Finding
from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.compliance import FAULTS, STATES, Checked
from kpiterm.analysis.contract.deadlines import SIDES, Due, overdue
from kpiterm.analysis.contract.disputes import disputes
from kpiterm.analysis.contract.exit import End, Item
from kpiterm.analysis.contract.grants import Grants
from kpiterm.analysis.contract.ledger import Ledger
from kpiterm.analysis.contract.model import Commission, Contract, Service, TermsVersion
from kpiterm.analysis.contract.pilot import Evaluation, Verdict
from kpiterm.i18n import N_, listing, recalled, said, sentences, word

State = Literal["met", "due", "breached", "not_checkable"]
STANDINGS: dict[State, str] = {
    "met": N_("met"), "due": N_("due"), "breached": N_("breached"), "not_checkable": N_("not checkable"),
}  # fmt: skip
SCOPES = (N_("operations"), N_("ads"), N_("customer_service"), N_("inventory"))
"""What most contracts name, as the template does."""
_SOON = timedelta(days=30)
_PILOT: Mapping[Verdict, State] = {
    "pending": "due", "running": "due", "pass": "met", "fail": "breached", "extend": "due",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One term: its key in the contract file, what was agreed, and why it stands as it does."""

    key: str
    agreed: str
    state: State
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that clauses are held against. `statement` is the last closed one."""

    today: date
    ledger: Ledger
    statement: Mapping[str, Any] | None
    grants: Grants
    access: Sequence[Finding]
    dues: Sequence[Due]
    pilot: Evaluation | None
    compliance: Sequence[Checked] | None
    end: End
    exit: Sequence[Item]


def clauses(contract: Contract, terms: TermsVersion, facts: Facts) -> list[Clause]:
    """The clauses of the terms in force, in the order of the contract file."""
    service = terms.service or Service()
    return [
        *_money(terms, facts),
        *_kpis(terms, facts),
        *_statements(service, facts),
        *_disputes(contract, terms, facts),
        *_relief(terms, facts),
        *_service(service, facts),
        *_access(service, facts),
        *_dates(service, facts),
        *_pilot(service, facts),
        *_contacts(service),
        *_compliance(facts),
        *_handover(service, facts),
    ]


def _money(terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    """What is paid: a statement that was closed is made by these terms and by nothing else."""
    agreed = {
        "base_fee": ("base", said("{0} a month", terms.base_fee) if terms.base_fee else ""),
        "pool_share": ("modifier", said("{0} of the fee", terms.pool_share) if terms.pool_share else ""),
        "commission": ("commission", _commission(terms.commission) if terms.commission else ""),
    }
    for key, (code, text) in agreed.items():
        if not text:
            continue
        if facts.statement is None:
            yield Clause(key=key, agreed=text, state="not_checkable", why=said("no month was closed yet"))
            continue
        amounts = [Decimal(line["amount"]) for line in facts.statement["lines"] if line["code"] == code]
        held = facts.statement["status"] == "held" and code != "base"
        amount = f"{sum(amounts, Decimal(0)):f}"
        why = said("{0}: {1}", facts.statement["period"], said("{0}, held", amount) if held else amount)
        yield Clause(key=key, agreed=text, state="due" if held else "met", why=why)


def _commission(terms: Commission) -> str:
    return said("{0} on {1}", word(terms.method), word(terms.base))


def _kpis(terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    judged = {k["id"]: k for k in facts.statement["kpis"]} if facts.statement else {}
    for kpi, agreed in terms.kpis.items():
        target = f"{agreed.target.op} {agreed.target.value}"
        found = judged.get(kpi)
        if found is None or found["met"] is None:
            why: str = said("no month was closed yet")
            if facts.statement:
                reason = recalled((found or {}).get("reason") or "") or said("not in it")
                why = said("{0}: {1}", facts.statement["period"], reason)
            yield Clause(key=f"kpis.{kpi}", agreed=target, state="not_checkable", why=why)
            continue
        assert facts.statement, "a KPI was judged in one"
        why = f"{facts.statement['period']}: {digits(round(Decimal(found['value']), 6))}"
        yield Clause(key=f"kpis.{kpi}", agreed=target, state="met" if found["met"] else "breached", why=why)


def _statements(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.statement_days is None:
        agreed, why = said("no day agreed"), said("add statement_days to [terms.service]")
        yield Clause(key="service.statement_days", agreed=agreed, state="not_checkable", why=why)
        return
    agreed = said("{0} days after the month", service.statement_days)
    late = [d for d in overdue(facts.dues, facts.today) if d.kind == "statement"]
    if late:
        yield Clause(
            key="service.statement_days", agreed=agreed, state="breached",
            why=said("not closed: {0}", ", ".join(d.key for d in late)),
        )  # fmt: skip
        return
    coming = next((d for d in facts.dues if d.kind == "statement" and not d.done), None)
    why = said("{0} by {1}", coming.key, coming.day) if coming else said("all closed")
    yield Clause(key="service.statement_days", agreed=agreed, state="due" if coming else "met", why=why)


def _disputes(contract: Contract, terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    agreed = said("settled within {0} days", terms.dispute_days)
    unsettled = [d for d in disputes(facts.ledger, contract) if d["due"]]
    late = [d for d in unsettled if date.fromisoformat(d["due"]) < facts.today]
    listed = [said("{0} {1}, due {2}", d["period"], word(d["state"]), d["due"]) for d in late or unsettled]
    state: State = "breached" if late else "due" if unsettled else "met"
    yield Clause(key="dispute.due_days", agreed=agreed, state=state, why=listing(listed) or said("none is open"))


def _relief(terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    if terms.relief_cap is None:
        return
    half = [
        said("{0} {1}: {2} only", period, relief["kpi"], listing(map(word, _texts(relief["approvals"]))))
        for period in sorted({str(n.detail["period"]) for n in facts.ledger.of("contract.relief")})
        for relief in facts.ledger.relief(period)
        if not set(SIDES) <= set(_texts(relief["approvals"]))
    ]
    why = sentences(half) or said("no approval is waiting for the other side's")
    agreed = said("at most {0} of a target", terms.relief_cap)
    yield Clause(key="relief.cap", agreed=agreed, state="due" if half else "met", why=why)


def _service(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.scope:
        rests = facts.ledger.is_suspended(facts.today)
        why = said("work itself is not measured; faults: kpiterm contract faults")
        why = said("the service is suspended") if rests else why
        agreed = listing(map(word, service.scope))
        yield Clause(key="service.scope", agreed=agreed, state="breached" if rests else "not_checkable", why=why)
    if service.data_owner:
        deleted = next((i for i in facts.exit if i.name.casefold() == "deletion certificate"), None)
        why = said("one workspace a client; the certificate of deletion at the end proves the rest")
        state: State = "met" if deleted and deleted.done else "not_checkable"
        yield Clause(key="service.data_owner", agreed=word(service.data_owner), state=state, why=why)


def _access(service: Service, facts: Facts) -> Iterator[Clause]:
    agreed = said("{0} rights", len(service.access)) if service.access else said("no schedule")
    if not service.access:
        why = said("add access to [terms.service]: who may do what, and until when")
        yield Clause(key="service.access", agreed=agreed, state="not_checkable", why=why)
    elif facts.access:
        kinds = [said("{0}: {1}", word(TITLES[f.kind]), f.account or f.principal) for f in facts.access]
        yield Clause(key="service.access", agreed=agreed, state="breached", why=sentences(kinds))
    elif not facts.grants.all:
        why = said("nothing was read yet: kpiterm sync, kpiterm contract access --import")
        yield Clause(key="service.access", agreed=agreed, state="not_checkable", why=why)
    else:
        unlisted = sorted({a.platform for a in service.access} - set(facts.grants.lists))
        fit = said("{0} rights fit", len(facts.grants.all))
        why = said("no user list of {0}", ", ".join(unlisted)) if unlisted else fit
        yield Clause(key="service.access", agreed=agreed, state="due" if unlisted else "met", why=why)


def _dates(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.confidentiality_until:
        over = facts.today > service.confidentiality_until
        why = said("it has ended") if over else said("what people say is not measured")
        agreed = said("until {0}", service.confidentiality_until)
        yield Clause(key="service.confidentiality_until", agreed=agreed, state="not_checkable", why=why)
    yield from _notice(service, facts)
    if service.transition_days is not None:
        supported = facts.end.day + timedelta(days=service.transition_days) if facts.end.day else None
        ended = facts.end.day is not None and facts.today > facts.end.day
        why = said("until {0}", supported) if ended else said("it begins with the end of the contract")
        agreed = said("{0} days", service.transition_days)
        yield Clause(key="service.transition_days", agreed=agreed, state="due" if ended else "not_checkable", why=why)
    if service.review_days:
        coming = next((d for d in facts.dues if d.kind == "review"), None)
        why = said("next on {0}", coming.day) if coming else said("none is left")
        agreed = said("every {0} days", service.review_days)
        yield Clause(key="service.review", agreed=agreed, state="due" if coming else "met", why=why)


def _notice(service: Service, facts: Facts) -> Iterator[Clause]:
    for side in SIDES:
        days = service.notice_of(side)
        if days is None:
            continue
        key, agreed = f"service.notice.{side}", said("{0} days", days)
        if facts.end.notice_by == side and facts.end.day and facts.end.given:
            kept = (facts.end.day - facts.end.given).days >= days
            why = said("given on {0} to end on {1}", facts.end.given, facts.end.day)
            yield Clause(key=key, agreed=agreed, state="met" if kept else "breached", why=why)
            continue
        coming = next((d for d in facts.dues if d.kind == "notice" and d.by == side), None)
        soon = coming is not None and facts.end.day is not None and coming.day - _SOON <= facts.today
        why = said("{0}: {1}", coming.title, coming.day) if coming else said("no notice was given")
        yield Clause(key=key, agreed=agreed, state="due" if soon else "met", why=why)


def _pilot(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.pilot and facts.pilot:
        pilot, found = service.pilot, facts.pilot
        agreed = said("{0} to {1}, score >= {2}", pilot.start, pilot.end, pilot.pass_score)
        verdict = word(found.verdict)
        why = said("{0}: {1}", verdict, found.arithmetic) if found.arithmetic else verdict
        yield Clause(key="service.pilot", agreed=agreed, state=_PILOT[facts.pilot.verdict], why=why)


def _contacts(service: Service) -> Iterator[Clause]:
    lacking = [side for side in SIDES if side not in {c["side"] for c in service.contacts}]
    agreed = listing(c.get("name") or word(c["side"]) for c in service.contacts) or said("nobody")
    why = said("nobody is named for the {0}", _and(lacking)) if lacking else said("both sides name somebody")
    yield Clause(key="service.contacts", agreed=agreed, state="due" if lacking else "met", why=why)


def _compliance(facts: Facts) -> Iterator[Clause]:
    if facts.compliance is None:
        agreed, lacking = said("documents of the SKUs"), said("no compliance.toml: kpiterm init writes a commented one")
        yield Clause(key="compliance", agreed=agreed, state="not_checkable", why=lacking)
        return
    bad = [c for c in facts.compliance if c.state in FAULTS]
    soon = [c for c in facts.compliance if c.state == "expiring"]
    listed = [said("{0}: {1} {2}", c.group, c.kind, word(STATES[c.state])) for c in bad or soon]
    why = sentences(listed) or said("every document is in force")
    state: State = "breached" if bad else "due" if soon else "met"
    yield Clause(key="compliance", agreed=said("{0} documents", len(facts.compliance)), state=state, why=why)


def _handover(service: Service, facts: Facts) -> Iterator[Clause]:
    if not service.handover:
        return
    left = [item.name for item in facts.exit if not item.done]
    agreed = said("{0} items", len(service.handover))
    if facts.end.notice_by is None and (facts.end.day is None or facts.today <= facts.end.day):
        runs = said("not yet: the contract runs")
        why = said("not yet: the contract runs until {0}", facts.end.day) if facts.end.day else runs
        yield Clause(key="service.handover", agreed=agreed, state="not_checkable", why=why)
        return
    last = facts.end.day + timedelta(days=service.transition_days or 0) if facts.end.day else None
    state: State = "met" if not left else "breached" if last and facts.today > last else "due"
    why = said("left: {0}; until {1}", listing(map(word, left)), last) if left else said("all handed over")
    yield Clause(key="service.handover", agreed=agreed, state=state, why=why)


def _and(sides: Sequence[str]) -> str:
    return said("{0} and the {1}", *map(word, sides)) if len(sides) == 2 else word(sides[0])


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
