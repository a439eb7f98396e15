"""`kpiterm status`: the KPI board of a period."""

from __future__ import annotations

import argparse

from kpiterm.cli import board
from kpiterm.cli.session import Session
from kpiterm.errors import BREACH, OK


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--period", metavar="P", help="2026-10, 2026-W47, 2026-11-01..2026-11-21 or last")
    parser.add_argument("--all", action="store_true", help="every KPI on every channel, also without target and data")
    parser.add_argument("--fail-on-breach", action="store_true", help="exit 9 when a KPI is in breach")


def run(args: argparse.Namespace, session: Session) -> int:
    view = board.current(session, args.period)
    board.show(view, session, everything=args.all)
    return BREACH if args.fail_on_breach and any(g.state == "breach" for g in view.gauges) else OK
