"""`kpiterm` on a terminal: the cockpit. It looks; what it starts are commands that cron or a person could."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from kpiterm import __version__
from kpiterm.cli import output
from kpiterm.cli.commands.demo import own_command, sync_command
from kpiterm.cli.session import Session
from kpiterm.errors import OK


def run(_args: argparse.Namespace, session: Session) -> int:
    if not session.paths.root.exists():
        _first_words(session)
        return OK
    return open_cockpit(session)


def open_cockpit(session: Session, environment: Mapping[str, str] | None = None, *, sync_now: bool = False) -> int:
    """Run the TUI until the person leaves it."""
    from kpiterm.cli.headless import Commands
    from kpiterm.cli.pages import pages
    from kpiterm.tui.app import KpitermApp
    from kpiterm.tui.feed import SnapshotFeed
    from kpiterm.tui.sync_process import SyncProcess

    beside = (session.paths.journal, session.paths.alert_state)
    feed = SnapshotFeed(lambda: session.view(None), session.paths.current, pages=pages(session), beside=beside)
    sync = SyncProcess(sync_command(session, "--events", "jsonl"), environment)
    headless = Commands(own_command(session), Path.cwd(), environment)
    KpitermApp(
        feed=feed, sync=sync, workspace=session.paths.workspace, version=__version__, headless=headless,
        sync_at_start=sync_now,
    ).run()  # fmt: skip
    return OK


def _first_words(session: Session) -> None:
    output.line(f"kpiterm {__version__}: nothing is set up in {session.paths.root} yet.\n")
    output.line("  kpiterm demo                         look around on a simulated shop")
    output.line("  kpiterm init                         lay out the configuration files")
    output.line("  kpiterm import FILE…                 load reports that you have downloaded")
    output.line("  kpiterm account add amazon us-main   connect a shop\n")
    output.line("Then `kpiterm` opens the board, and `kpiterm sync` on cron keeps it fresh.")
