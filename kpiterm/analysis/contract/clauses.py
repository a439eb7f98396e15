"""Every term of a contract with where it stands: met, due, breached, or not checkable and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from kpiterm.analysis.contract.access import TITLES, Finding
from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.compliance import FAULTS, Checked
from kpiterm.analysis.contract.deadlines import SIDES, Due, overdue
from kpiterm.analysis.contract.disputes import disputes
from kpiterm.analysis.contract.exit import End, Item
from kpiterm.analysis.contract.grants import Grants
from kpiterm.analysis.contract.ledger import Ledger
from kpiterm.analysis.contract.model import Contract, Service, TermsVersion
from kpiterm.analysis.contract.pilot import Evaluation, Verdict

State = Literal["met", "due", "breached", "not_checkable"]
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
        "base_fee": ("base", f"{terms.base_fee} a month" if terms.base_fee else ""),
        "pool_share": ("modifier", f"{terms.pool_share} of the fee" if terms.pool_share else ""),
        "commission": (
            "commission",
            f"{terms.commission.method} on {terms.commission.base}" if terms.commission else "",
        ),
    }
    for key, (code, text) in agreed.items():
        if not text:
            continue
        if facts.statement is None:
            yield Clause(key=key, agreed=text, state="not_checkable", why="no month was closed yet")
            continue
        amounts = [Decimal(line["amount"]) for line in facts.statement["lines"] if line["code"] == code]
        held = facts.statement["status"] == "held" and code != "base"
        why = f"{facts.statement['period']}: {sum(amounts, Decimal(0)):f}{', held' if held else ''}"
        yield Clause(key=key, agreed=text, state="due" if held else "met", why=why)


def _kpis(terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    judged = {k["id"]: k for k in facts.statement["kpis"]} if facts.statement else {}
    for kpi, agreed in terms.kpis.items():
        target = f"{agreed.target.op} {agreed.target.value}"
        found = judged.get(kpi)
        if found is None or found["met"] is None:
            why = (
                f"{facts.statement['period']}: {(found or {}).get('reason') or 'not in it'}" if facts.statement else ""
            )
            yield Clause(key=f"kpis.{kpi}", agreed=target, state="not_checkable", why=why or "no month was closed yet")
            continue
        assert facts.statement, "a KPI was judged in one"
        why = f"{facts.statement['period']}: {digits(round(Decimal(found['value']), 6))}"
        yield Clause(key=f"kpis.{kpi}", agreed=target, state="met" if found["met"] else "breached", why=why)


def _statements(service: Service, facts: Facts) -> Iterator[Clause]:
    agreed = f"{service.statement_days} days after the month" if service.statement_days is not None else "no day agreed"
    if service.statement_days is None:
        why = "add statement_days to [terms.service]"
        yield Clause(key="service.statement_days", agreed=agreed, state="not_checkable", why=why)
        return
    late = [d for d in overdue(facts.dues, facts.today) if d.kind == "statement"]
    if late:
        yield Clause(
            key="service.statement_days", agreed=agreed, state="breached",
            why=f"not closed: {', '.join(d.key for d in late)}",
        )  # fmt: skip
        return
    coming = next((d for d in facts.dues if d.kind == "statement" and not d.done), None)
    why = f"{coming.key} by {coming.day}" if coming else "all closed"
    yield Clause(key="service.statement_days", agreed=agreed, state="due" if coming else "met", why=why)


def _disputes(contract: Contract, terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    agreed = f"settled within {terms.dispute_days} days"
    unsettled = [d for d in disputes(facts.ledger, contract) if d["due"]]
    late = [d for d in unsettled if date.fromisoformat(d["due"]) < facts.today]
    why = ", ".join(f"{d['period']} {d['state']}, due {d['due']}" for d in late or unsettled) or "none is open"
    yield Clause(
        key="dispute.due_days", agreed=agreed, state="breached" if late else "due" if unsettled else "met", why=why
    )  # fmt: skip


def _relief(terms: TermsVersion, facts: Facts) -> Iterator[Clause]:
    if terms.relief_cap is None:
        return
    half = [
        f"{period} {relief['kpi']}: {', '.join(_texts(relief['approvals']))} only"
        for period in sorted({str(n.detail["period"]) for n in facts.ledger.of("contract.relief")})
        for relief in facts.ledger.relief(period)
        if not set(SIDES) <= set(_texts(relief["approvals"]))
    ]
    why = "; ".join(half) or "no approval is waiting for the other side's"
    yield Clause(
        key="relief.cap", agreed=f"at most {terms.relief_cap} of a target", state="due" if half else "met", why=why
    )  # fmt: skip


def _service(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.scope:
        rests = facts.ledger.is_suspended(facts.today)
        why = "the service is suspended" if rests else "work itself is not measured; faults: kpiterm contract faults"
        agreed = ", ".join(service.scope)
        yield Clause(key="service.scope", agreed=agreed, state="breached" if rests else "not_checkable", why=why)
    if service.data_owner:
        deleted = next((i for i in facts.exit if i.name.casefold() == "deletion certificate"), None)
        why = "one workspace a client; the certificate of deletion at the end proves the rest"
        state: State = "met" if deleted and deleted.done else "not_checkable"
        yield Clause(key="service.data_owner", agreed=service.data_owner, state=state, why=why)


def _access(service: Service, facts: Facts) -> Iterator[Clause]:
    agreed = f"{len(service.access)} rights" if service.access else "no schedule"
    if not service.access:
        why = "add access to [terms.service]: who may do what, and until when"
        yield Clause(key="service.access", agreed=agreed, state="not_checkable", why=why)
    elif facts.access:
        kinds = [f"{TITLES[f.kind]}: {f.account or f.principal}" for f in facts.access]
        yield Clause(key="service.access", agreed=agreed, state="breached", why="; ".join(kinds))
    elif not facts.grants.all:
        why = "nothing was read yet: kpiterm sync, kpiterm contract access --import"
        yield Clause(key="service.access", agreed=agreed, state="not_checkable", why=why)
    else:
        unlisted = sorted({a.platform for a in service.access} - set(facts.grants.lists))
        why = f"no user list of {', '.join(unlisted)}" if unlisted else f"{len(facts.grants.all)} rights fit"
        yield Clause(key="service.access", agreed=agreed, state="due" if unlisted else "met", why=why)


def _dates(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.confidentiality_until:
        over = facts.today > service.confidentiality_until
        why = "it has ended" if over else "what people say is not measured"
        agreed = f"until {service.confidentiality_until}"
        yield Clause(key="service.confidentiality_until", agreed=agreed, state="not_checkable", why=why)
    yield from _notice(service, facts)
    if service.transition_days is not None:
        supported = facts.end.day + timedelta(days=service.transition_days) if facts.end.day else None
        ended = facts.end.day is not None and facts.today > facts.end.day
        why = f"until {supported}" if ended else "it begins with the end of the contract"
        agreed = f"{service.transition_days} days"
        yield Clause(key="service.transition_days", agreed=agreed, state="due" if ended else "not_checkable", why=why)
    if service.review_days:
        coming = next((d for d in facts.dues if d.kind == "review"), None)
        why = f"next on {coming.day}" if coming else "none is left"
        agreed = f"every {service.review_days} days"
        yield Clause(key="service.review", agreed=agreed, state="due" if coming else "met", why=why)


def _notice(service: Service, facts: Facts) -> Iterator[Clause]:
    for side in SIDES:
        days = service.notice_of(side)
        if days is None:
            continue
        key, agreed = f"service.notice.{side}", f"{days} days"
        if facts.end.notice_by == side and facts.end.day and facts.end.given:
            kept = (facts.end.day - facts.end.given).days >= days
            why = f"given on {facts.end.given} to end on {facts.end.day}"
            yield Clause(key=key, agreed=agreed, state="met" if kept else "breached", why=why)
            continue
        coming = next((d for d in facts.dues if d.kind == "notice" and d.by == side), None)
        soon = coming is not None and facts.end.day is not None and coming.day - _SOON <= facts.today
        why = f"{coming.title}: {coming.day}" if coming else "no notice was given"
        yield Clause(key=key, agreed=agreed, state="due" if soon else "met", why=why)


def _pilot(service: Service, facts: Facts) -> Iterator[Clause]:
    if service.pilot and facts.pilot:
        agreed = f"{service.pilot.start} to {service.pilot.end}, score >= {service.pilot.pass_score}"
        why = f"{facts.pilot.verdict}: {facts.pilot.arithmetic}".rstrip(": ")
        yield Clause(key="service.pilot", agreed=agreed, state=_PILOT[facts.pilot.verdict], why=why)


def _contacts(service: Service) -> Iterator[Clause]:
    lacking = [side for side in SIDES if side not in {c["side"] for c in service.contacts}]
    agreed = ", ".join(c.get("name", c["side"]) for c in service.contacts) or "nobody"
    why = f"nobody is named for the {' and the '.join(lacking)}" if lacking else "both sides name somebody"
    yield Clause(key="service.contacts", agreed=agreed, state="due" if lacking else "met", why=why)


def _compliance(facts: Facts) -> Iterator[Clause]:
    if facts.compliance is None:
        why = "no compliance.toml: kpiterm init writes a commented one"
        yield Clause(key="compliance", agreed="documents of the SKUs", state="not_checkable", why=why)
        return
    bad = [c for c in facts.compliance if c.state in FAULTS]
    soon = [c for c in facts.compliance if c.state == "expiring"]
    why = "; ".join(f"{c.group}: {c.kind} {c.state}" for c in bad or soon) or "every document is in force"
    state: State = "breached" if bad else "due" if soon else "met"
    yield Clause(key="compliance", agreed=f"{len(facts.compliance)} documents", state=state, why=why)


def _handover(service: Service, facts: Facts) -> Iterator[Clause]:
    if not service.handover:
        return
    left = [item.name for item in facts.exit if not item.done]
    agreed = f"{len(service.handover)} items"
    if facts.end.notice_by is None and (facts.end.day is None or facts.today <= facts.end.day):
        why = f"not yet: the contract runs{f' until {facts.end.day}' if facts.end.day else ''}"
        yield Clause(key="service.handover", agreed=agreed, state="not_checkable", why=why)
        return
    last = facts.end.day + timedelta(days=service.transition_days or 0) if facts.end.day else None
    state: State = "met" if not left else "breached" if last and facts.today > last else "due"
    why = f"left: {', '.join(left)}; until {last}" if left else "all handed over"
    yield Clause(key="service.handover", agreed=agreed, state=state, why=why)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
