"""What a review pack tells of the contract itself: deadlines, clauses, findings, delays, and the exit list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kpiterm.i18n import N_, told

if TYPE_CHECKING:
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.view import Span
    from kpiterm.cli.session import Session

LANGUAGES = ("en", "zh")
_AHEAD = 60
_AREAS = {"access": N_("Access"), "clause": N_("Clause"), "compliance": N_("Compliance")}
_OPEN = ("breached", "due")


def both(text: str) -> Mapping[str, str]:
    """A sentence in each language."""
    return {language: told(text, language) for language in LANGUAGES}


def watch(session: Session, agreed: Contract, span: Span) -> Mapping[str, object]:
    """The contract as it stands at the session's moment; `delays` are those of the period's last month."""
    from kpiterm.cli import contract_state, contracts
    from kpiterm.cli.commands.contract_calendar import dues

    today, coming = dues(session, agreed, _AHEAD)
    terms = agreed.in_force(today) or agreed.terms[-1]
    clauses, facts = contract_state.clauses(session, agreed, terms, contracts.today(session, agreed))
    return {
        "deadlines": [
            {"day": f"{due.day}", "in_days": (due.day - today).days, "what": both(due.title)}
            for due in coming
            if not due.done
        ],
        "clauses": [
            {"key": c.key, "agreed": both(c.agreed), "state": c.state, "why": both(c.why)}
            for c in clauses
            if c.state in _OPEN
        ],
        "findings": [
            *(_finding("access", f"{f.platform} · {f.account or f.principal}", f.text, f.remedy) for f in facts.access),
            *(
                _finding("compliance", f"{c.group} · {c.kind}", c.text, "")
                for c in facts.compliance or ()
                if c.state not in {"ok", "expiring"}
            ),
        ],
        "delays": list(_delays(session, agreed, span)),
    }


def _finding(area: str, whose: str, text: str, remedy: str) -> Mapping[str, object]:
    said = {language: [told(part, language) for part in (text, remedy) if part] for language in LANGUAGES}
    between = {"en": "; ", "zh": "；"}
    return {
        "area": both(_AREAS[area]),
        "what": {language: f"{whose}: {between[language].join(said[language])}" for language in LANGUAGES},
    }


def _delays(session: Session, agreed: Contract, span: Span) -> Iterator[Mapping[str, object]]:
    """Whose delays the month's days without stock are."""
    from kpiterm.analysis.contract.faults import by_party
    from kpiterm.cli.stock_faults import faults

    found = faults(session, agreed, f"{span.end:%Y-%m}")
    for account in by_party(found.shares, found.span.start, found.span.end, agreed.currency):
        if account.days:
            yield {
                "party": account.party,
                "days": account.days,
                "lost": f"{account.lost:.2f}",
                "currency": agreed.currency,
                "skus": account.skus,
            }


def exit_state(session: Session, agreed: Contract) -> Mapping[str, object]:
    """The exit list with what shows each item, and every export that was made."""
    from kpiterm.analysis.contract.exit import EXPORT, exit_list
    from kpiterm.analysis.contract.ledger import read_ledger
    from kpiterm.cli import contracts

    today = contracts.today(session, agreed)
    terms = agreed.in_force(today) or agreed.terms[-1]
    with session.reader() as reader:
        ledger = read_ledger(reader, agreed)
    return {
        "handover": [
            {
                "name": item.name,
                "done": item.done,
                "day": f"{item.day}" if item.day else None,
                "actor": item.actor,
                "note": item.note,
                "evidence": list(item.evidence),
            }
            for item in exit_list(terms.service.handover if terms.service else (), ledger)
        ],
        "exports": [
            {key: note.detail[key] for key in ("folder", "manifest", "files", "rows")} | {"day": f"{note.day}"}
            for note in ledger.of(EXPORT)
        ],
    }
