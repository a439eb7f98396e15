"""`kpiterm sandbox`: the vendors' simulators in the foreground, for connector authors."""

from __future__ import annotations

import argparse
import signal
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, UsageError
from kpiterm.plugins import clock
from kpiterm.secrets import variable

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox


def configure(parser: argparse.ArgumentParser) -> None:
    vendors = "amazon, walmart, shopify, helium10 or junglescout; may be repeated (default: all)"
    parser.add_argument("--vendor", action="append", default=[], metavar="V", help=vendors)
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: any free one")
    parser.add_argument("--latency", type=int, default=0, metavar="MS", help="added to every answer")
    parser.add_argument("--throttle", action="store_true", help="with the vendors' real quotas")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="its time runs N times as fast")
    faults = "share of requests that fail, 0 to 1; or by kind: 500=P,503=P,reset=P,truncated=P,slow=P,storm=P,…"
    parser.add_argument("--faults", default="0", metavar="P", help=faults)
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="another shop")
    parser.add_argument("--days", type=int, default=120, metavar="N", help="days of history")
    parser.add_argument("--orders", type=float, default=45, metavar="N", help="orders per day")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.sandbox import VENDORS, Sandbox
    from kpiterm.sandbox.faults import read_rates

    try:
        box = Sandbox(
            vendors=args.vendor or tuple(VENDORS),
            port=args.port,
            seed=args.seed,
            days=args.days,
            orders_per_day=args.orders,
            latency_ms=args.latency,
            throttle=args.throttle,
            faults=read_rates(args.faults),
            speed=args.speed,
        )
    except ValueError as error:
        raise UsageError(str(error), hint="see `kpiterm sandbox --help`") from None
    with box:
        _tell(box, session)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return OK


def _tell(box: Sandbox, session: Session) -> None:
    if session.json:
        accounts = [
            {"name": a.name, "connector": a.connector, "settings": a.settings, "secrets": a.secrets}
            for a in box.accounts
        ]
        output.answer({"url": box.url, "clock": box.clock.setting, "accounts": accounts})
    else:
        output.line(f"sandbox at {box.url} (Ctrl-C ends it)")
        if box.clock.setting != clock.USUAL:
            output.line("\nits time runs faster than the machine's; kpiterm's does too with\n")
            output.line(f"export {clock.VARIABLE}='{box.clock.setting}'")
        for account in box.accounts:
            output.line(f'\naccounts/{account.name}.toml:\n\nconnector = "{account.connector}"\nsandbox = "{box.url}"')
            output.line("\n[settings]")
            for key, text in account.settings.items():
                output.line(f'{key} = "{text}"')
            output.line("\nits secrets, for the shell that runs kpiterm sync (they open nothing but this sandbox):\n")
            for key, text in account.secrets.items():
                output.line(f"export {variable(account.name, key)}='{text}'")
    output.flush()
