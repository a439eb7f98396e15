"""`kpiterm init`: the commented files to start from."""

from __future__ import annotations

import argparse

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.config import write_templates
from kpiterm.errors import OK


def configure(_parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(_args: argparse.Namespace, session: Session) -> int:
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
