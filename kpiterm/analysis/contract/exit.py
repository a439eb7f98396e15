"""How a contract ends: notice, and where each item of the handover stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpiterm.analysis.contract.ledger import Ledger
from kpiterm.analysis.contract.model import Contract
from kpiterm.i18n import N_

NOTICE, HANDED, EXPORT, DELETE = "contract.notice", "contract.handover", "contract.export", "contract.delete"
_SHOWN_BY = {"raw data": EXPORT, "cost ledger": EXPORT, "kpi definitions": EXPORT, "statements": EXPORT}

USUAL = (
    N_("listings"), N_("ad structure"), N_("keyword lists"), N_("cost ledger"), N_("raw data"), N_("statements"),
    N_("KPI definitions"), N_("deletion certificate"),
)  # fmt: skip
"""What most contracts hand over, as the template names it."""


@dataclass(frozen=True, slots=True)
class End:
    """The contract's last day, None where it has none; `notice_by` is the side that gave notice, if one did."""

    day: date | None
    notice_by: str | None = None
    given: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the exit list: whether it was handed over, when, by whom, and what shows it."""

    name: str
    done: bool
    day: date | None = None
    actor: str | None = None
    note: str = ""
    evidence: tuple[str, ...] = ()


def end_of(contract: Contract, ledger: Ledger) -> End:
    """The earliest end: by notice, or as agreed."""
    notices = [(date.fromisoformat(n.detail["ends"]), n) for n in ledger.of(NOTICE)]
    if notices:
        day, note = min(notices, key=lambda item: (item[0], item[1].seq))
        if contract.until is None or day <= contract.until:
            return End(day, str(note.detail["side"]), note.day)
    return End(contract.until)


def exit_list(items: Sequence[str], ledger: Ledger) -> list[Item]:
    """Every agreed item in the order of the contract. An export shows what it holds; the rest is entered by hand."""
    return [_item(name, ledger) for name in items]


def _item(name: str, ledger: Ledger) -> Item:
    notes = [n for n in ledger.of(HANDED) if n.detail["item"] == name]
    if kind := _SHOWN_BY.get(name.casefold()):
        notes += ledger.of(kind)
    if not notes:
        return Item(name, done=False)
    last = max(notes, key=lambda n: n.seq)
    return Item(name, True, last.day, last.actor, str(last.detail.get("note", "")), _evidence(last.detail, last.hash))


def _evidence(detail: Any, digest: str) -> tuple[str, ...]:  # noqa: ANN401 - as the log holds it
    files = [f"{f['name']} sha256:{f['sha256']}" for f in detail.get("attached", ())]
    shown = [f"manifest {detail['manifest']}"] if "manifest" in detail else []
    return (*files, *shown, f"log:{digest}")
