"""`kpiterm demo`: a simulated shop behind the vendors' own protocols, synced over HTTP like a real one."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from kpiterm.cli import demo_service, demo_supply, output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, KpitermError, UsageError
from kpiterm.paths import Paths, private_dir

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox

SUNDAY = 6


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="sync, print the board and exit")
    parser.add_argument("--days", type=int, default=180, metavar="N", help="days of history (default 180)")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="another shop")


def run(args: argparse.Namespace, session: Session) -> int:
    if not 40 <= args.days <= 730:
        raise UsageError(f"--days {args.days}", hint="between 40 and 730")
    if not args.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the demo's cockpit needs a terminal", hint="kpiterm demo --headless prints the board instead")
    with (
        tempfile.TemporaryDirectory(prefix="kpiterm-demo-") as home,
        shop_on_loopback(args.days, args.seed) as box,
    ):
        shop = replace(session, paths=Paths(Path(home), "demo"))
        environment = prepare(shop, box, args.days)
        return _headless(shop, environment) if args.headless else _cockpit(shop, environment)


def shop_on_loopback(days: int, seed: int = 7) -> Sandbox:
    """One business on all channels; its vendors throttle nobody and make reports at once, so that nobody waits."""
    from kpiterm.sandbox import VENDORS, Sandbox

    return Sandbox(vendors=tuple(VENDORS), seed=seed, days=days, throttle=False, report_seconds=0.1, stories=True)


def prepare(session: Session, box: Sandbox, days: int) -> dict[str, str]:
    """Accounts and contract of the demo workspace; the environment that holds the sandbox's own secrets."""
    from kpiterm.config import Account, save_account
    from kpiterm.secrets import variable

    environment = dict(os.environ)
    for account in box.accounts:
        declared = Account(
            name=account.name, connector=account.connector, sandbox=box.url, settings=dict(account.settings)
        )
        save_account(session.paths, declared)
        environment |= {variable(account.name, name): value for name, value in account.secrets.items()}
    demo_supply.write(session, box)
    demo_service.write(session, box)
    session.paths.config.write_text(f"[sync]\nhistory_days = {days}\n", "utf-8")
    load_costs(session, box, environment)
    load_contacts(session, box, environment)
    return environment


def load_costs(session: Session, box: Sandbox, environment: dict[str, str]) -> None:
    """The seller's cost ledger, as a spreadsheet would hold it: a first cost of every SKU, and a rise 90 days ago."""
    today = box.clock().date()
    rise, begin = today - timedelta(days=90), today - timedelta(days=800)
    mapping = resources.files("kpiterm.cli").joinpath("demo_costs.toml").read_text("utf-8")
    (private_dir(session.paths.root / "mappings") / "costs.toml").write_text(mapping, "utf-8")
    lines = ["sku,valid_from,unit_cost,currency"]
    for product in box.shop.products:
        cost = Decimal(product.price) * 36 / 10000
        lines += [f"{product.sku},{begin},{cost:.2f},USD", f"{product.sku},{rise},{cost * Decimal('1.06'):.2f},USD"]
    _import(session, environment, "costs.csv", lines, "--map", "costs")


def load_contacts(session: Session, box: Sandbox, environment: dict[str, str]) -> None:
    """What a help desk exports: conversations of the last 90 days with their first replies, slower on Sundays."""
    now, chance = box.clock(), Random(f"{box.shop.seed}:contacts")
    lines = ["id,received_at,replied_at,channel"]
    for age in range(90, 0, -1):
        for number in range(chance.randrange(2, 6)):
            received = now - timedelta(days=age, minutes=-chance.randrange(24 * 60))
            hours = chance.lognormvariate(1.4, 0.6) * (1.8 if received.weekday() == SUNDAY else 1)
            replied = received + timedelta(hours=hours)
            answer = replied.isoformat() if replied < now else ""
            lines.append(f"{age}-{number},{received.isoformat()},{answer},amazon.com")
    _import(session, environment, "contacts.csv", lines)


def _import(session: Session, environment: dict[str, str], name: str, lines: list[str], *options: str) -> None:
    file = private_dir(session.paths.spool) / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    command = [*own_command(session), "-q", "import", *options, str(file)]
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    file.unlink()
    if done.returncode != OK:
        raise KpitermError(f"the demo's {name} could not be read", hint="run again with -v", exit_code=done.returncode)


def sync_command(session: Session, *options: str) -> list[str]:
    """The very command that cron runs."""
    return [*own_command(session), "sync", *options]


def own_command(session: Session) -> list[str]:
    """This program on this workspace, without the arguments that say what to do."""
    where = ["--home", str(session.paths.home), "--workspace", session.paths.workspace]
    return [sys.executable, "-m", "kpiterm", *where]


def _headless(session: Session, environment: dict[str, str]) -> int:
    from kpiterm.cli.board import show

    if not session.quiet:
        output.note("a simulated shop is answering on loopback; syncing it over HTTP …")
    done = subprocess.run(sync_command(session), env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != OK:
        raise KpitermError("the demo's sync failed", hint="run it again with -v", exit_code=done.returncode)
    show(session.view(None), session, everything=False)
    return OK


def _cockpit(session: Session, environment: dict[str, str]) -> int:
    from kpiterm.cli.commands.tui import open_cockpit

    return open_cockpit(session, environment, sync_now=True)
