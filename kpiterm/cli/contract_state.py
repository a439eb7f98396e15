"""Where a contract stands: its clauses against everything that is known, and its pilot."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kpiterm.cli import contracts, output, settling
from kpiterm.errors import KpitermError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kpiterm.analysis.contract.clauses import Clause, Facts
    from kpiterm.analysis.contract.ledger import Ledger
    from kpiterm.analysis.contract.model import Contract, TermsVersion
    from kpiterm.analysis.contract.pilot import Evaluation
    from kpiterm.cli.session import Session
    from kpiterm.i18n import Translate

_STYLE = {"met": "ok", "due": "watch", "breached": "breach", "not_checkable": "dim"}


def clauses(session: Session, contract: Contract, terms: TermsVersion, today: date) -> tuple[list[Clause], Facts]:
    """Every clause of the terms, and what they were held against."""
    from kpiterm.analysis.contract.clauses import clauses

    facts = _facts(session, contract, terms, today)
    return clauses(contract, terms, facts), facts


def pilot(session: Session, contract: Contract) -> Evaluation | None:
    """The pilot of the terms in force, judged on its months' statements; None where none was agreed."""
    today = contracts.today(session, contract)
    terms = contract.in_force(today) or contract.terms[-1]
    return _pilot(session, contract, terms, today)


def show(found: Sequence[Clause], _: Translate) -> None:
    """The list of clauses for people."""
    from kpiterm.analysis.contract.clauses import STANDINGS

    rows = [(output.paint(_(STANDINGS[c.state]), _STYLE[c.state]), c.key, _(c.agreed), _(c.why)) for c in found]
    output.table((_("state"), _("clause"), _("agreed"), ""), rows)


def clause_documents(found: Sequence[Clause]) -> list[dict[str, str]]:
    return [{"key": c.key, "agreed": c.agreed, "state": c.state, "why": c.why} for c in found]


def pilot_document(found: Evaluation) -> dict[str, object]:
    return {
        "start": f"{found.pilot.start}",
        "end": f"{found.pilot.end}",
        "pass_score": f"{found.pilot.pass_score:f}",
        "score": None if found.score is None else f"{found.score:.6f}",
        "reason": found.arithmetic if found.score is None else None,
        "verdict": found.verdict,
        "arithmetic": found.arithmetic,
        "months": [
            {"period": p.period, "days": p.days, "score": None if p.score is None else f"{p.score:.6f}"}
            for p in found.parts
        ],
    }


def _facts(session: Session, contract: Contract, terms: TermsVersion, today: date) -> Facts:
    from kpiterm.analysis.contract.access import audit
    from kpiterm.analysis.contract.clauses import Facts
    from kpiterm.analysis.contract.deadlines import deadlines
    from kpiterm.analysis.contract.exit import end_of, exit_list
    from kpiterm.analysis.contract.grants import read_grants
    from kpiterm.analysis.contract.ledger import read_ledger
    from kpiterm.cli.commands.contract_compliance import compliance

    with session.reader() as reader:
        ledger, grants = read_ledger(reader, contract), read_grants(reader)
    documents, end = compliance(session), end_of(contract, ledger)
    return Facts(
        today=today, ledger=ledger, statement=_last_statement(session, ledger), grants=grants,
        access=audit(contract, grants, today, end.day), dues=deadlines(contract, ledger, grants, today, 366),
        pilot=_pilot(session, contract, terms, today), compliance=documents.checked if documents else None,
        end=end, exit=exit_list(terms.service.handover if terms.service else (), ledger),
    )  # fmt: skip


def _last_statement(session: Session, ledger: Ledger) -> Mapping[str, Any] | None:
    closed = settling.statements(session, ledger)
    return closed[max(closed)] if closed else None


def _pilot(session: Session, contract: Contract, terms: TermsVersion, today: date) -> Evaluation | None:
    from kpiterm.analysis.contract.pilot import evaluate

    if terms.service is None or terms.service.pilot is None:
        return None
    return evaluate(terms.service.pilot, terms.score, lambda period: _score(session, contract, period), today)


def _score(session: Session, contract: Contract, period: str) -> Decimal | None:
    """A month's score, from its statement or a draft of it; None where it is held or cannot be settled."""
    try:
        document = settling.settled(session, contract, period)
    except KpitermError:
        return None
    score = document["score"]
    return None if score is None or document["status"] == "held" else Decimal(str(score))
