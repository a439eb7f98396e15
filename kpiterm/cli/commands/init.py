"""`kpiterm init`: the commented files to start from, or the guided set-up."""

from __future__ import annotations

import argparse
import sys

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.config import write_templates
from kpiterm.errors import OK, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--guided", action="store_true", help="on a terminal: the set-up, from where it was left")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.guided:
        return _guided(session)
    written = [str(path) for path in write_templates(session.paths)]
    if session.json:
        output.answer({"root": str(session.paths.root), "written": written})
        return OK
    for path in written:
        output.line(f"wrote {path}")
    if not written:
        output.line(f"nothing to write: {session.paths.root} has its files already")
    if not session.quiet:
        output.note("next: kpiterm account add amazon us-main     (or: kpiterm import FILE…)")
    return OK


def _guided(session: Session) -> int:
    from kpiterm.cli.commands.tui import open_cockpit

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the guided set-up needs a terminal", hint="kpiterm init lays out the files instead")
    return open_cockpit(session, guided=True)
