"""`kpiterm doctor`: everything that can be wrong, looked at in one go, each with its remedy."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, USAGE, KpitermError

if TYPE_CHECKING:
    from kpiterm.config import Account


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def configure(_parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(_args: argparse.Namespace, session: Session) -> int:
    findings = [finding for check in CHECKS for finding in _guarded(check, session)]
    if session.json:
        output.answer({"findings": [asdict(f) for f in findings]})
    else:
        for finding in findings:
            output.line(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.detail}")
            if not finding.ok:
                output.line(f"    → {finding.remedy}")
    return OK if all(f.ok for f in findings) else USAGE


def _guarded(check: Callable[[Session], Iterator[Finding]], session: Session) -> Iterator[Finding]:
    """A check that itself fails is a finding."""
    name = check.__name__.strip("_")
    try:
        yield from check(session)
    except KpitermError as error:
        yield Finding(name, False, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 (the doctor must finish his round)
        yield Finding(name, False, f"{type(error).__name__}: {error}", "report this as a bug")


def _versions(_session: Session) -> Iterator[Finding]:
    import duckdb

    from kpiterm import __version__

    yield Finding(
        "versions", True, f"kpiterm {__version__}, Python {sys.version.split()[0]}, DuckDB {duckdb.__version__}"
    )


def _home(session: Session) -> Iterator[Finding]:
    home = session.paths.home
    nearest = next(p for p in (home, *home.parents) if p.exists())
    writable = os.access(nearest, os.W_OK)
    yield Finding(
        "home", writable, str(session.paths.root), f"give yourself write access to {nearest}, or set KPITERM_HOME"
    )
    free = shutil.disk_usage(nearest).free >> 20
    yield Finding("disk", free > 512, f"{free:,} MB free", "free some space: a sync needs three times the store's size")
    if session.paths.root.exists() and session.paths.root.stat().st_mode & 0o077:
        yield Finding("privacy", False, f"others may read {session.paths.root}", f"chmod 700 {session.paths.root}")


def _configuration(session: Session) -> Iterator[Finding]:
    from kpiterm.cli.board import catalogue, targets_today

    session.config()
    number = len(catalogue(session))
    targets = len(targets_today(session))
    yield Finding("configuration", True, f"{number} KPIs defined, {targets} with a target")


def _plugins(session: Session) -> Iterator[Finding]:
    from kpiterm.cli.board import plugin_statuses

    for status in plugin_statuses(session):
        detail = status.error or f"{status.state}: {', '.join((*status.connectors, *status.importers))}"
        yield Finding(f"plugin {status.name}", not status.error, detail, status.hint)


def _accounts(session: Session) -> Iterator[Finding]:
    accounts = session.accounts()
    if not accounts:
        yield Finding("accounts", True, "none declared yet (kpiterm account add …)")
    for account in accounts:
        yield _account(session, account)


def _account(session: Session, account: Account) -> Finding:
    from kpiterm.sync.work import find_connector, marketplace_of, read_secrets

    name = f"account {account.name}"
    try:
        connector = find_connector(session.plugins({account.connector}), account)
        place = marketplace_of(connector, account)
        found = read_secrets(session.secrets(), account, connector)
    except KpitermError as error:
        return Finding(name, False, error.message, error.hint)
    return Finding(
        name, True, f"{place.channel}, {len(found)} secrets found (kpiterm account test {account.name} tries them)"
    )


def _store(session: Session) -> Iterator[Finding]:
    from kpiterm.store import journal

    with session.reader() as reader:
        row = reader.rows("SELECT count(*), max(loaded_at) FROM payload")[0]
        if reader.snapshot:
            yield Finding("store", True, f"{reader.snapshot}: {row[0]} documents, the last of {row[1]:%Y-%m-%d %H:%MZ}"
                          if row[1] else f"{reader.snapshot}: empty")  # fmt: skip
        else:
            yield Finding("store", True, "empty: nothing was synced or imported yet")
        stale = reader.rows("SELECT account, stream FROM run WHERE status = 'running'")
    for account, stream in stale:
        yield Finding(
            f"run {account} {stream}", False, "was interrupted or is at work", "the next `kpiterm sync` goes on"
        )
    yield Finding("operation log", True, f"{journal.verify(session.paths.journal)} entries, chain intact")


def _terminal(_session: Session) -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower()
    good = encoding.startswith("utf")
    yield Finding("terminal", good, f"TERM={os.environ.get('TERM', '')}, {encoding}", "export LANG=C.UTF-8")


CHECKS = (_versions, _home, _configuration, _plugins, _accounts, _store, _terminal)
