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
    from kpiterm.store.read import Reader


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
    name = check.__name__.strip("_").replace("_", " ")
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
        yield from _told_twice(reader)
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


def _told_twice(reader: Reader) -> Iterator[Finding]:
    """Accounts of a channel that tell of the same orders: each counts once, but where they differ in its day."""
    from kpiterm.analysis.kpi.told_twice import EVER, still_twice

    left = {row[:3]: row[3] for row in still_twice(reader, EVER)}
    for channel, account, better in reader.twice:
        detail = f"orders of {account} are in {better} too: of an order and day, {better} is read"
        number = left.get((channel, account, better), 0)
        if number:
            detail += f"; {number} have another day in each and count twice"
        remedy = "import the file again with the zone of its times, or name the `sources` of your KPIs"
        yield Finding(f"orders told twice on {channel}", not number, detail, remedy if number else "")


def _alert_rules(session: Session) -> Iterator[Finding]:
    from kpiterm.analysis.alerts import load_rules
    from kpiterm.cli.board import catalogue

    found = load_rules(session.paths.alerts, catalogue(session).keys())
    whose = session.paths.alerts.name if session.paths.alerts.exists() else "the built-in ones"
    yield Finding("alert rules", True, f"{len(found.rules)} rules, {whose}")


def _exchange_rates(session: Session) -> Iterator[Finding]:
    from kpiterm.analysis.kpi.fx import load_rates

    rates = load_rates(session.paths.rates)
    detail = "none (fx.toml): amounts of different currencies are not added"
    if rates.months:
        detail = f"into {rates.base}, {len(rates.months)} months, the last {max(rates.months):%Y-%m}"
    yield Finding("exchange rates", True, detail)


def _notify_channels(session: Session) -> Iterator[Finding]:
    from kpiterm.notify.channels import SECRETS, load_channel

    for file in sorted(session.paths.notify.glob("*.toml")):
        name = f"notify channel {file.stem}"
        try:
            channel = load_channel(file)
            address = session.secrets().get(SECRETS, channel.name)
        except KpitermError as error:
            yield Finding(name, False, error.message, error.hint)
            continue
        lacking = "its address is not in the keyring"
        detail = f"{channel.service}, from {channel.severity} on" if address else lacking
        yield Finding(name, bool(address), detail, "" if address else f"kpiterm notify add {channel.name}")


def _terminal(_session: Session) -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower()
    good = encoding.startswith("utf")
    yield Finding("terminal", good, f"TERM={os.environ.get('TERM', '')}, {encoding}", "export LANG=C.UTF-8")


CHECKS = (
    _versions, _home, _configuration, _exchange_rates, _alert_rules, _notify_channels, _plugins, _accounts, _store,
    _terminal,
)  # fmt: skip
