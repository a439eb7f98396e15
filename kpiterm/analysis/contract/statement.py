"""A statement as a document: all that it was settled by is in it, so that anybody can settle it again and compare."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpiterm.analysis.contract.amounts import digits, fixed, rounded
from kpiterm.analysis.contract.document import canonical, fingerprint
from kpiterm.analysis.contract.lines import Line
from kpiterm.analysis.contract.model import Contract
from kpiterm.analysis.contract.results import Granted, KpiResult
from kpiterm.analysis.contract.settle import Settled, settle
from kpiterm.analysis.contract.values import read_values
from kpiterm.analysis.view import Target

ENGINE = 1
"""Raised when the same contract and figures would come to another document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """When a statement was closed, and what stood before it: the statement before, and the operation log's last entry.

    A draft has none of these but the moment as of which the store was read.
    """

    closed: bool = False
    as_of: str | None = None
    previous: str | None = None
    log: Mapping[str, object] | None = None


DRAFT = Closing()


def statement(
    contract: Contract, period: str, values: Mapping[str, object], closing: Closing = DRAFT
) -> dict[str, object]:
    """The statement of a month on a document of values. Raises UsageError where either is faulty."""
    return to_document(contract, settle(contract, period, read_values(values, "values")), values, closing)


def to_document(
    contract: Contract, found: Settled, values: Mapping[str, object], closing: Closing
) -> dict[str, object]:
    """A settled month in the shape that scripts read, with its fingerprint."""
    held = found.status == "held"
    total, escrow = (rounded(a, contract.currency, found.month.terms.rounding) for a in (found.total, found.escrow))
    document: dict[str, object] = {
        "v": 1,
        "engine": ENGINE,
        "contract": contract.id,
        "contract_hash": f"sha256:{hashlib.sha256(contract.text.encode()).hexdigest()}",
        "contract_text": contract.text,
        "parties": dict(contract.parties),
        "currency": contract.currency,
        "terms_version": found.month.terms.version,
        "segments": [
            {"version": s.terms.version, "first": f"{s.first}", "last": f"{s.last}"} for s in found.month.segments
        ],
        "period": found.month.name,
        "days": {"active": found.month.active, "of": found.month.of},
        "status": "final" if closing.closed and found.status == "draft" else found.status,
        "score": None if found.score is None else fixed(found.score, 6),
        "coverage": digits(found.coverage),
        "reason": f"held: {_held(found.lines)}" if held else None,
        "kpis": [_kpi(result) for result in found.kpis],
        "lines": [_line(line, contract.currency) for line in found.lines],
        "total": f"{total:f}",
        "escrow": f"{escrow:f}",
        "tax": _tax(found),
        "dispute": _dispute(found),
        "values": dict(values),
        "closed": closing.closed,
        "as_of": closing.as_of,
        "previous": closing.previous,
        "log": closing.log,
    }
    return {**document, "hash": fingerprint(document)}


def text(document: Mapping[str, object]) -> str:
    """The bytes of a statement file."""
    return canonical(document) + "\n"


def _kpi(result: KpiResult) -> dict[str, object]:
    found: dict[str, object] = {
        "id": result.id,
        "weight": digits(result.weight),
        "value": _optional(result.value),
        "target": _target(result.target),
        "attainment": None if result.attainment is None else fixed(result.attainment, 4),
        "met": result.met,
        "policy": result.policy,
        "reason": result.reason,
        "gate": result.barred,
        "relief": _relief(result.relief) if result.relief else None,
        "evidence": list(result.evidence),
    }
    if len(result.parts) > 1:
        found["segments"] = [
            {
                "version": part.version,
                "days": part.days,
                "value": _optional(part.value),
                "target": _target(part.target),
                "attainment": None if part.attainment is None else fixed(part.attainment, 4),
                "denominator": _optional(part.denominator),
            }
            for part in result.parts
        ]
    return found


def _relief(granted: Granted) -> dict[str, object]:
    return {
        "share": digits(granted.share),
        "applied": digits(granted.applied),
        "target": digits(granted.target),
        "amount": None if granted.amount is None else fixed(granted.amount, 2),
        "reason": granted.reason,
    }


def _line(line: Line, currency: str) -> dict[str, object]:
    return {
        "code": line.code,
        "amount": f"{line.amount:f}",
        "currency": currency,
        "formula": line.formula,
        "inputs": dict(line.inputs),
        "evidence": list(line.evidence),
    }


def _tax(found: Settled) -> dict[str, object] | None:
    if found.tax is None:
        return None
    payable = f"{found.total + found.tax.amount:f}"
    return {
        "name": found.tax.name,
        "rate": digits(found.tax.rate),
        "amount": f"{found.tax.amount:f}",
        "payable": payable,
    }


def _dispute(found: Settled) -> dict[str, object] | None:
    if not found.scenarios:
        return None
    return {
        "due": f"{found.due}",
        "lines_of": found.scenario,
        "claims": {
            party: {
                "score": None if claim.score is None else fixed(claim.score, 6),
                "total": f"{claim.total:f}",
                "status": claim.status,
            }
            for party, claim in found.scenarios.items()
        },
    }


def _held(lines: Sequence[Line]) -> str:
    return "; ".join(line.formula.removeprefix("held: ") for line in lines if line.formula.startswith("held"))


def _target(target: Target) -> dict[str, str]:
    return {"op": target.op, "value": digits(target.value)}


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else digits(value)
