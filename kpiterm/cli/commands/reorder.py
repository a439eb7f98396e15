"""`kpiterm reorder`: what to order, by when, how much, by which ship, and why."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import output, reorder_acts, reorders
from kpiterm.cli.session import Session
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.order.plan import Plan


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sku", metavar="S", help="one SKU only")
    parser.add_argument("--explain", action="store_true", help="each suggestion with its derivation")
    parser.add_argument("--all", action="store_true", help="also SKUs that need no order yet")
    parser.add_argument("--excess", action="store_true", help="stock that is too much, and the cheapest way out")
    parser.add_argument("--mode", choices=("fast", "full"), default="fast", help="of the forecast (full: LightGBM)")
    parser.add_argument("--csv", type=Path, metavar="F", help="write a purchase-order draft")
    parser.add_argument("--xlsx", type=Path, metavar="F", help="the same as a workbook, a sheet for each supplier")
    reorder_acts.configure(parser.add_subparsers(dest="action", metavar="|".join(reorder_acts.ACTIONS)))


def run(args: argparse.Namespace, session: Session) -> int:
    if args.action:
        return reorder_acts.run(args, session)
    explained = args.explain or args.sku is not None
    plan = reorders.compute(session, only=args.sku, explain=explained, full=args.mode == "full")
    if args.sku and not plan.lines:
        raise UsageError(f"no SKU {args.sku!r} with stock or sales", hint="`kpiterm reorder --all` lists them")
    written = _write(plan, args, session)
    if session.json:
        from kpiterm.analysis.inventory.order.to_json import to_json

        output.answer({**to_json(plan, reorders.language(session)), "files": [str(file) for file in written]})
        return OK
    _show(plan, args, session)
    for file in written if not session.quiet else ():
        output.note(f"{file} written")
    return OK


def _write(plan: Plan, args: argparse.Namespace, session: Session) -> list[Path]:
    if not (args.csv or args.xlsx):
        return []
    from kpiterm.cli import reorder_files

    return reorder_files.write(plan, reorders.due(plan), session, reorders.language(session), args.csv, args.xlsx)


def _show(plan: Plan, args: argparse.Namespace, session: Session) -> None:
    language = reorders.language(session)
    if args.excess:
        reorders.show_excess(plan, language)
    elif args.explain or args.sku:
        for line in plan.lines if args.sku or args.all else reorders.due(plan):
            reorders.explain(line, plan, language)
    else:
        reorders.show(plan, language, everything=args.all)
    if not session.quiet:
        for note in plan.notes:
            output.note(note)
