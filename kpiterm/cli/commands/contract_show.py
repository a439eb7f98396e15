"""`kpiterm contract show`: the terms in force, and where every clause stands."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import board, contract_state, contracts, output
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.contract.model import Contract, TermsVersion
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="a contract file (default: the workspace's only contract)")
    parser.add_argument("--on", metavar="DATE", help="the day that is asked about (default: today)")


def run(args: argparse.Namespace, session: Session) -> int:
    contract = contracts.contract(session, args.file)
    day = _day(args.on) or contracts.today(session, contract)
    terms = contract.in_force(day)
    if terms is None:
        ends = f" until {contract.until}" if contract.until else ""
        raise UsageError(
            f"no terms of {contract.id} hold on {day}", hint=f"they hold from {contract.start}{ends}: --on"
        )
    found, facts = contract_state.clauses(session, contract, terms, day)
    if session.json:
        output.answer(
            {
                "on": f"{day}",
                **_document(contract, terms),
                "clauses": contract_state.clause_documents(found),
                "pilot": contract_state.pilot_document(facts.pilot) if facts.pilot else None,
            }
        )
        return OK
    _show(contract, terms, session)
    output.line()
    contract_state.show(found, session.teller())
    return OK


def _show(contract: Contract, terms: TermsVersion, session: Session) -> None:
    from kpiterm.analysis.contract.sheet import heading, kpi_header, kpi_row, money_rows

    lang = session.lang or session.config().language
    catalogue = board.catalogue(session)
    rows = [*heading(contract, terms, lang), *money_rows(contract, terms, lang)]
    widest = max(output.width(name) for name, _ in rows)
    for name, text in rows:
        output.line(f"{name}{' ' * (widest - output.width(name))}  {text}")
    if terms.kpis:
        output.line()
        shown = [kpi_row(kpi, agreed, catalogue.get(kpi), lang) for kpi, agreed in terms.kpis.items()]
        output.table(kpi_header(lang), shown, right=(1, 2, 3, 4))


def _document(contract: Contract, terms: TermsVersion) -> dict[str, object]:
    """The terms as they are in the file, numbers as exact digits."""
    return {
        "contract": contract.id,
        "parties": dict(contract.parties),
        "timezone": contract.timezone,
        "currency": contract.currency,
        "signed_at": _plain(contract.signed_at),
        "until": _plain(contract.until),
        "file": contract.origin,
        "terms": _plain(asdict(terms)),
    }


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--on {text!r} is no day", hint="write 2026-11-01") from None
