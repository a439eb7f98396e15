"""What the end of a dispute over a closed month books in the month in which it ended."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.ledger import RESOLVE, Note
from kpiterm.analysis.contract.parse import contract_from_text
from kpiterm.analysis.contract.segments import Month
from kpiterm.analysis.contract.settle import settle
from kpiterm.analysis.contract.source import Document, Source
from kpiterm.analysis.contract.values import read_values
from kpiterm.i18n import said


def adjustments(source: Source, month: Month) -> list[Document]:
    """One for each resolution in the month that concerns a statement closed before it: the total on the figures that
    were agreed, less what was paid."""
    found = []
    paid: dict[str, Decimal] = {}
    agreed: dict[str, dict[str, str]] = {}
    for note in source.ledger.of(RESOLVE):
        period = str(note.detail["period"])
        closed = _closed(source, note, period)
        if closed is None:
            continue
        agreed[period] = {**agreed.get(period, {}), **note.detail["values"]}
        total = resolved_total(closed, agreed[period])
        amount = total - paid.get(period, Decimal(str(closed["total"])))
        paid[period] = total
        if month.span.start <= note.day <= month.span.end:
            found.append(
                {
                    "amount": digits(amount),
                    "period": period,
                    "reason": said("total on the figures agreed by entry {0} - paid for {1}", note.seq, period),
                    "evidence": [f"log:{note.seq}:{note.hash}", str(closed["hash"])],
                }
            )
    return found


def resolved_total(closed: Mapping[str, Any], agreed: Mapping[str, str]) -> Decimal:
    """What a closed statement comes to on its own terms and figures, but for those that were agreed since."""
    values: Document = {**closed["values"], "claims": {}}
    values["kpis"] = {**values.get("kpis", {})}
    for name, value in agreed.items():
        if name in values["kpis"]:
            values["kpis"][name] = {"value": value}
            values["segments"] = [_without(part, name) for part in values.get("segments", ())]
        else:
            values[name] = value
    contract = contract_from_text(closed["contract_text"], "contract_text")
    return settle(contract, closed["period"], read_values(values, "values")).total


def _without(part: Mapping[str, Any], kpi: str) -> Document:
    return {**part, "kpis": {k: v for k, v in part.get("kpis", {}).items() if k != kpi}}


def _closed(source: Source, note: Note, period: str) -> Mapping[str, Any] | None:
    """The statement of a period, if it was closed before the resolution."""
    closing = source.ledger.closing(period)
    return source.statements.get(period) if closing and closing.seq < note.seq else None
