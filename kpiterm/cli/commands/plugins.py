"""`kpiterm plugins`: what is loaded, and why the rest is not."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, PLUGIN


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("list",), default="list")


def run(_args: argparse.Namespace, session: Session) -> int:
    plugins = session.plugins()
    if session.json:
        output.answer({"plugins": [asdict(status) for status in plugins.statuses]})
    else:
        rows = [
            (s.name, s.version or "", s.state, " ".join(s.connectors), " ".join(s.importers)) for s in plugins.statuses
        ]
        output.table(("plugin", "version", "state", "connectors", "reads files"), rows)
        for status in plugins.statuses:
            if status.error:
                output.note(f"kpiterm: plugin {status.name}: {status.error}")
                output.note(f"  → {status.hint}")
    return PLUGIN if any(s.state == "failed" for s in plugins.statuses) else OK
