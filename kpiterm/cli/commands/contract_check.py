"""`kpiterm contract check`: faults end it; doubtful terms are named with the arithmetic."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import board, output
from kpiterm.errors import OK

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
    for doubt in found:
        output.line(f"{output.paint('!', 'watch')} {doubt.key}: {doubt.text}")
    versions = ", ".join(f"{t.version} from {t.effective_from}" for t in contract.terms)
    output.line(f"{args.file}: {contract.id}, version {versions}: no fault found, {len(found)} warnings")
    return OK
