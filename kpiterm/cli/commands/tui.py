"""`kpiterm` on a terminal: the cockpit. It looks; what it starts are commands that cron or a person could."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm import __version__
from kpiterm.cli.commands import demo
from kpiterm.cli.commands.demo import own_command, sync_command
from kpiterm.cli.session import Session
from kpiterm.errors import OK, ConfigError
from kpiterm.paths import Paths

if TYPE_CHECKING:
    from kpiterm.cli.workspaces import Workspaces
    from kpiterm.tui.link import Workspace


def run(args: argparse.Namespace, session: Session) -> int:
    chosen = args.workspace or os.environ.get("KPITERM_WORKSPACE")
    return open_cockpit(session, choose=not chosen and not session.paths.root.exists())


def open_cockpit(
    session: Session,
    environment: Mapping[str, str] | None = None,
    *,
    sync_now: bool = False,
    guided: bool = False,
    choose: bool = False,
) -> int:
    """Run the TUI until the person leaves it. `guided` opens the set-up first, wherever it stands; `choose` the list of
    clients, if there are any, and none of them."""
    from kpiterm.tui import pauses

    pauses.hold()
    for name in ("TEXTUAL", "TEXTUAL_LOG"):  # Textual's developer tools would log what is typed into the set-up
        os.environ.pop(name, None)
    from kpiterm.cli.setup import SetupDesk, wanted
    from kpiterm.cli.workspaces import Workspaces
    from kpiterm.tui.app import KpitermApp

    home, listed = session.paths.home, Workspaces(session)
    clients: list[Workspace] = []

    def opened(name: str) -> Workspace:
        clients.append(_opened(replace(session, paths=Paths(home, name)), listed, environment))
        return clients[-1]

    choose = choose and any(listed.names())
    first = _none(session, listed) if choose else opened(session.paths.workspace)
    KpitermApp(
        feed=first.feed, sync=first.sync, workspace=first.name, version=__version__, headless=first.headless,
        open_workspace=opened, sync_at_start=sync_now, language=_language(session), setup=first.setup,
        setup_at_start=first.setup is not None and (guided or wanted(session)),
    ).run()  # fmt: skip
    leave_for_demo = any(isinstance(one.setup, SetupDesk) and one.setup.demo_wanted for one in clients)
    return _demo(session) if leave_for_demo else OK


def _opened(session: Session, listed: Workspaces, environment: Mapping[str, str] | None) -> Workspace:
    """A client for the screen."""
    from kpiterm.cli.headless import Commands
    from kpiterm.cli.pages import pages
    from kpiterm.cli.setup import SetupDesk
    from kpiterm.tui.feed import SnapshotFeed
    from kpiterm.tui.link import Workspace
    from kpiterm.tui.modes import CLIENTS
    from kpiterm.tui.sync_process import SyncProcess

    feed = SnapshotFeed(
        lambda: session.view(None),
        session.paths.current,
        pages={**pages(session), CLIENTS: listed.listed},
        beside=(session.paths.journal, session.paths.alert_state),
        watches={CLIENTS: listed.stamp},
    )
    sync = SyncProcess(sync_command(session, "--events", "jsonl"), environment)
    desk = None if environment else SetupDesk(session)  # the demo's accounts live in its environment
    return Workspace(session.paths.workspace, feed, sync, Commands(own_command(session), Path.cwd(), environment), desk)


def _none(session: Session, listed: Workspaces) -> Workspace:
    """No client: the list of them, and what writes it into a file."""
    from kpiterm.cli.headless import Commands
    from kpiterm.tui.feed import PageFeed
    from kpiterm.tui.link import Workspace
    from kpiterm.tui.modes import CLIENTS
    from kpiterm.tui.sync_process import SyncProcess

    feed = PageFeed({CLIENTS: listed.listed}, {CLIENTS: listed.stamp})
    return Workspace("", feed, SyncProcess(sync_command(session)), Commands(own_command(session), Path.cwd()))


def _demo(session: Session) -> int:
    args = argparse.Namespace(headless=False, days=180, seed=7)
    return demo.run(args, replace(session, lang=_language(session)))


def _language(session: Session) -> str:
    """The session's; where config.toml cannot be read the screen says so, in English. So does a terminal without UTF-8,
    which would show Chinese as question marks."""
    from kpiterm.tui.glyphs import ASCII, lacking

    if lacking() is ASCII:
        return "en"
    try:
        return session.lang or session.config().language
    except ConfigError:
        return "en"
