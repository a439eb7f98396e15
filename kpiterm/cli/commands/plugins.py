"""`kpiterm plugins`: what is loaded and why the rest is not; a new plugin; whether a plugin keeps its contract."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from kpiterm.cli import board, output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, PLUGIN

_SYMBOLS = {"passed": "✓", "failed": "✗", "skipped": "–"}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="list|new|check")
    actions.add_parser("list", help="what is loaded and what failed (the default)")
    new = actions.add_parser("new", help="a new connector that works, to be made into yours")
    new.add_argument("name", help="the connector's name, e.g. etsy")
    new.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="default: here")
    check = actions.add_parser("check", help="run the contract kit on a plugin project")
    check.add_argument("path", type=Path, help="its directory")


def run(args: argparse.Namespace, session: Session) -> int:
    match args.action:
        case "new":
            return _new(args, session)
        case "check":
            return _check(args.path, session)
        case _:
            return _list(session)


def _list(session: Session) -> int:
    statuses = board.plugin_statuses(session)
    if session.json:
        output.answer({"plugins": [asdict(status) for status in statuses]})
    else:
        rows = [(s.name, s.version or "", s.state, " ".join(s.connectors), " ".join(s.importers)) for s in statuses]
        output.table(("plugin", "version", "state", "connectors", "reads files"), rows)
        for status in statuses:
            if status.error:
                output.note(f"kpiterm: plugin {status.name}: {status.error}")
                output.note(f"  → {status.hint}")
    return PLUGIN if any(s.error for s in statuses) else OK


def _new(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.cli.scaffold import create

    directory = create(args.name, args.into)
    if session.json:
        output.answer({"path": str(directory)})
    else:
        output.line(f"wrote {directory}")
        output.note(f"next: pip install --editable {directory} pytest, then kpiterm plugins check {directory}")
    return OK


def _check(path: Path, session: Session) -> int:
    from kpiterm.cli.kit import check

    checks = check(path.absolute())
    failed = [c for c in checks if c.outcome == "failed"]
    if session.json:
        output.answer({"checks": [asdict(c) for c in checks]})
    else:
        for found in checks:
            output.line(f"{_SYMBOLS[found.outcome]} {found.name}" + (f": {found.detail}" if found.detail else ""))
        looked_at = [c for c in checks if c.outcome != "skipped"]
        output.line(f"{len(looked_at) - len(failed)} of {len(looked_at)} hold")
    return PLUGIN if failed or not checks else OK
