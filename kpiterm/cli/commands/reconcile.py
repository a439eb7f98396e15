"""`kpiterm reconcile`: bridges from each source's number to ours, with what nothing explains."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import BREACH, OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.bridge.result import Bridge


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kpi", nargs="?", help="one KPI only, e.g. gmv; without it, all that have bridges")
    parser.add_argument("--period", metavar="P", help="2026-10, 2026-W47, 2026-11-01..2026-11-21 or last")
    parser.add_argument("--channel", metavar="C", help="one channel only, e.g. amazon.com")
    parser.add_argument("--tolerance", metavar="T", default="0.5%", help="share of our number (default 0.5%%)")
    parser.add_argument("--absolute", metavar="A", default="0", help="amount that is always tolerated (default 0)")
    parser.add_argument("--fail-on-breach", action="store_true", help="exit 9 when a residual is above the tolerance")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.bridge.reconcile import reconcile
    from kpiterm.analysis.bridge.result import Tolerance
    from kpiterm.analysis.clock import Clock
    from kpiterm.analysis.kpi.fx import load_rates

    tolerance = Tolerance(_share(args.tolerance), _number(args.absolute, "--absolute"))
    config = session.config()
    clock = Clock(session.now(), session.shop_zone())
    with session.reader() as reader:
        found = reconcile(
            reader, clock, kpi=args.kpi, period=args.period, channel=args.channel, tolerance=tolerance,
            rates=load_rates(session.paths.rates),
        )  # fmt: skip
    _show(found, session, session.lang or config.language)
    return BREACH if args.fail_on_breach and any(b.state == "breach" for b in found) else OK


def _show(found: Sequence[Bridge], session: Session, language: str) -> None:
    if session.json:
        from kpiterm.analysis.bridge.to_json import to_json

        output.answer(to_json(found, "zh" if language == "zh" else "en"))
        return
    from kpiterm.cli.bridges import show

    show(found, "zh" if language == "zh" else "en")
    if not any(b.source.value is not None or b.ours.value is not None for b in found) and not session.quiet:
        output.note("nothing to reconcile in the period: name another with --period, or import reports of these days")


def _share(text: str) -> Decimal:
    """A share written as `0.5%` or `0.005`."""
    number = _number(text.removesuffix("%"), "--tolerance")
    return number / 100 if text.endswith("%") else number


def _number(text: str, option: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or value < 0:
        raise UsageError(f"{option} {text!r} is no number from 0 up", hint="write --tolerance 0.5% and --absolute 10")
    return value
