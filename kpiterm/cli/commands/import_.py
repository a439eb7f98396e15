"""`kpiterm import`: exported reports into the store."""

from __future__ import annotations

import argparse
import re
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.config.accounts import check_name
from kpiterm.errors import BAD_DATA, OK, PARTIAL, UsageError
from kpiterm.paths import private_dir
from kpiterm.plugins import DataError

if TYPE_CHECKING:
    from datetime import date

    from kpiterm.plugins import Importer
    from kpiterm.sync.imports import Report


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="+", type=Path, help="a report as downloaded; its content decides what it is")
    parser.add_argument("--account", metavar="NAME", help="the account that the rows belong to")
    parser.add_argument("--period", metavar="P", help="the days that a report without dates covers, as 2026-10-05")
    parser.add_argument("--map", metavar="MAPPING", help="read the files by this mapping: a name, or a .toml file")
    parser.add_argument(
        "--learn", action="store_true", help="write a first draft of the mapping from the file's header"
    )
    parser.add_argument("--dry-run", action="store_true", help="read and check, store nothing")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.account:
        check_name(args.account)
    if args.learn:
        return _learn(args, session)
    reports = _import(args, session)
    failed = [report for report in reports if report.error]
    if session.json:
        output.answer({"files": [_shape(report) for report in reports]})
    elif not session.quiet:
        _print(reports)
    return OK if not failed else BAD_DATA if len(failed) == len(reports) else PARTIAL


def _import(args: argparse.Namespace, session: Session) -> list[Report]:
    from kpiterm.cli.board import daily_sums, refresh_state
    from kpiterm.store.engine import Writer
    from kpiterm.sync.imports import Desk, import_path
    from kpiterm.sync.mapping import load_mappings

    config = session.config()
    with (
        Writer(session.paths, memory_limit=config.sync.memory_limit, derive=daily_sums(session)) as writer,
        tempfile.TemporaryDirectory(dir=private_dir(session.paths.spool)) as spool,
    ):
        desk = Desk(
            plugins=session.plugins(),
            accounts=session.accounts(),
            account=args.account,
            spool=Path(spool),
            writer=writer,
            mappings=load_mappings(_folder(session)),
            mapping=_mapping(args, session) if args.map else None,
            period=_period(args.period, session) if args.period else None,
        )
        reports = [report for path in args.file for report in import_path(desk, path, dry_run=args.dry_run)]
        if writer.publish():
            refresh_state(session)
    return reports


def _folder(session: Session) -> Path:
    return session.paths.root / "mappings"


def _period(text: str, session: Session) -> tuple[date, date]:
    """A period as everywhere else, or a single day."""
    from kpiterm.analysis.period import parse_period

    span = parse_period(f"{text}..{text}" if text.count("-") == 2 and ".." not in text else text, session.now().date())
    return span.start, span.end


def _mapping(args: argparse.Namespace, session: Session) -> Importer:
    """The mapping of the workspace by that name, or the file; it is kept, so that its files are known from now on."""
    from kpiterm.sync.mapping import keep, load_mapping
    from kpiterm.sync.sheets import open_sheets

    name = args.map
    file = Path(name) if name.endswith(".toml") else _folder(session) / f"{name}.toml"
    if not file.is_file():
        raise UsageError(
            f"no mapping {name!r}", hint=f"draft one from a file of this kind: kpiterm import --map {name} --learn FILE"
        )
    importer = load_mapping(file)
    if not args.dry_run and (sheets := open_sheets(args.file[0])):
        keep(file, _folder(session), sheets[0].header)
    return importer


def _learn(args: argparse.Namespace, session: Session) -> int:
    """A draft of the mapping, shown and written for its owner to finish."""
    from kpiterm.sync.mapping import NAME
    from kpiterm.sync.mapping_learn import draft
    from kpiterm.sync.sheets import open_sheets

    if not args.map or not re.fullmatch(NAME, args.map):
        raise UsageError("--learn needs a name for the mapping", hint="kpiterm import --map erp-orders --learn FILE")
    file = _folder(session) / f"{args.map}.toml"
    if file.exists():
        raise UsageError(f"{file} exists", hint="edit it, or give the new mapping another name")
    sheets = open_sheets(args.file[0])
    if not sheets:
        raise DataError(f"{args.file[0].name}: holds no table", hint="save it as CSV or Excel with a header row")
    text = draft(sheets[0], args.map)
    private_dir(_folder(session))
    file.write_text(text, encoding="utf-8")
    if session.json:
        output.answer({"mapping": str(file), "text": text})
    else:
        output.line(text)
        output.note(f"written to {file}: check it, delete the line 'draft', then: kpiterm import --map {args.map} FILE")
    return OK


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
