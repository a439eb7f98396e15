"""`kpiterm import`: exported reports into the store."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.config.accounts import check_name
from kpiterm.errors import BAD_DATA, OK, PARTIAL

if TYPE_CHECKING:
    from kpiterm.sync.imports import Report


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="+", type=Path, help="a report as downloaded; its content decides what it is")
    parser.add_argument("--account", metavar="NAME", help="the account that the rows belong to")
    parser.add_argument("--dry-run", action="store_true", help="read and check, store nothing")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.account:
        check_name(args.account)
    reports = _import(args, session)
    failed = [report for report in reports if report.error]
    if session.json:
        output.answer({"files": [_shape(report) for report in reports]})
    elif not session.quiet:
        _print(reports)
    return OK if not failed else BAD_DATA if len(failed) == len(reports) else PARTIAL


def _import(args: argparse.Namespace, session: Session) -> list[Report]:
    from kpiterm.cli.board import refresh_state
    from kpiterm.paths import private_dir
    from kpiterm.store.engine import Writer
    from kpiterm.sync.imports import Desk, import_file

    config = session.config()
    with (
        Writer(session.paths, memory_limit=config.sync.memory_limit) as writer,
        tempfile.TemporaryDirectory(dir=private_dir(session.paths.spool)) as spool,
    ):
        desk = Desk(
            plugins=session.plugins(),
            accounts=session.accounts(),
            account=args.account,
            spool=Path(spool),
            writer=writer,
        )
        reports = [import_file(desk, path, dry_run=args.dry_run) for path in args.file]
        if writer.publish():
            refresh_state(session)
    return reports


def _shape(report: Report) -> dict[str, Any]:
    data = asdict(report)
    data["first"], data["last"] = (str(d) if d else None for d in (report.first, report.last))
    return data


def _print(reports: list[Report]) -> None:
    rows = [
        (
            Path(r.path).name,
            r.kind or "–",
            f"{r.rows:,}",
            f"{r.new:,}",
            f"{r.superseded:,}",
            f"{r.quarantined:,}",
            f"{r.first} – {r.last}" if r.first else "",
            " ".join(r.currencies),
        )
        for r in reports
        if not r.error
    ]
    if rows:
        header = ("file", "kind", "rows", "new", "superseded", "quarantined", "days", "currency")
        output.table(header, rows, right=(2, 3, 4, 5))
    for report in reports:
        for text in report.warnings:
            output.note(f"{Path(report.path).name}: {text}")
    for hint in dict.fromkeys(r.hint for r in reports if r.error):
        for report in reports:
            if report.error and report.hint == hint:
                output.note(f"kpiterm: {report.error}")
        if hint:
            output.note(f"  → {hint}")
