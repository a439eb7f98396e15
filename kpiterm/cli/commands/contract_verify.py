"""`kpiterm contract verify`: checks statement files with nothing but the files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.errors import BAD_DATA, OK, UsageError

if TYPE_CHECKING:
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="statement files")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.contract.verify import verify

    found = verify({str(file): _read(file) for file in args.files})
    if session.json:
        output.answer(
            {
                "statements": [
                    {"file": v.file, "contract": v.contract, "period": v.period, "total": v.total, "hash": v.hash,
                     "intact": not v.faults, "faults": list(v.faults)}
                    for v in found
                ]
            }
        )  # fmt: skip
    else:
        for verdict in found:
            mark = output.paint("✗ faulty", "breach") if verdict.faults else output.paint("✓ intact", "ok")
            output.line(f"{mark}  {verdict.file}  {verdict.contract} {verdict.period}  {verdict.total}  {verdict.hash}")
            for fault in verdict.faults:
                output.line(f"    {fault}")
    return BAD_DATA if any(v.faults for v in found) else OK


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        hint = "name the statement files, as `kpiterm contract settle --close` wrote them"
        raise UsageError(f"{file}: {error.strerror}", hint=hint) from None
