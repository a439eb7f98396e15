"""Where each dispute about a contract's months stands, from the operation log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kpiterm.analysis.contract.ledger import DISPUTE, EXPLAIN, RESOLVE, Ledger
from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.segments import month_of
from kpiterm.i18n import N_

Document = dict[str, Any]


def disputes(ledger: Ledger, contract: Contract) -> list[Document]:
    """One for each disputed month: open, then explained once a party has answered in writing, then resolved. `due` is
    the day on which what is in escrow falls due."""
    periods = dict.fromkeys(str(note.detail["period"]) for note in ledger.of(DISPUTE))
    return [_dispute(ledger, contract, period) for period in sorted(periods)]


def _dispute(ledger: Ledger, contract: Contract, period: str) -> Document:
    claims, opened = ledger.open_claims(period), ledger.disputed_on(period)
    notes = [note for kind in (DISPUTE, EXPLAIN, RESOLVE) for note in ledger.of(kind, period)]
    explained = any(note.day >= opened for note in ledger.of(EXPLAIN, period)) if opened else False
    due = opened + timedelta(days=month_of(contract, period).terms.dispute_days) if opened else None
    return {
        "period": period,
        "state": (N_("explained") if explained else N_("open")) if claims else N_("resolved"),
        "opened": f"{opened}" if opened else None,
        "due": f"{due}" if due else None,
        "claims": claims,
        "agreed": ledger.agreed(period),
        "log": [
            {
                "seq": note.seq,
                "day": f"{note.day}",
                "actor": note.actor,
                "kind": note.kind,
                "note": note.detail.get("note") or None,
                "attached": note.detail.get("attached") or [],
            }
            for note in sorted(notes, key=lambda note: note.seq)
        ],
    }
