"""`kpiterm contract check`: faults end it; doubtful terms are named with the arithmetic."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import board, output
from kpiterm.errors import OK
from kpiterm.i18n import listing, said

if TYPE_CHECKING:
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a contract file")


def run(args: argparse.Namespace, session: Session) -> int:
    """ConfigError, with file, key and remedy, ends the command where there is a fault."""
    from kpiterm.analysis.contract.check import check_kpis, doubts
    from kpiterm.analysis.contract.parse import read_contract

    contract, catalogue = read_contract(args.file), board.catalogue(session)
    check_kpis(contract, catalogue)
    found = doubts(contract, catalogue)
    if session.json:
        output.answer(
            {
                "file": str(args.file),
                "contract": contract.id,
                "versions": [t.version for t in contract.terms],
                "warnings": [{"key": doubt.key, "text": doubt.text} for doubt in found],
            }
        )
        return OK
    _ = session.teller()
    for doubt in found:
        output.line(f"{output.paint('!', 'watch')} {doubt.key}: {_(doubt.text)}")
    versions = listing(said("{0} from {1}", t.version, t.effective_from) for t in contract.terms)
    text = said("{0}: {1}, version {2}: no fault found, {3} warnings", args.file, contract.id, versions, len(found))
    output.line(_(text))
    return OK
