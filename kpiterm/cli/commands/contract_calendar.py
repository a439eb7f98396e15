"""`kpiterm contract calendar`: what falls due when, also as an iCalendar file."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import contracts, output
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpiterm.analysis.contract.deadlines import Due
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.contract.pilot import Evaluation
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="a contract file (default: the workspace's only contract)")
    parser.add_argument("--days", type=int, default=366, metavar="N", help="how far ahead (default 366)")
    parser.add_argument("--ics", metavar="F", help="write an iCalendar file; - writes it to stdout")


def run(args: argparse.Namespace, session: Session) -> int:
    if not 1 <= args.days <= 3660:
        raise UsageError(f"--days {args.days}", hint="between 1 and 3660")
    contract = contracts.contract(session, args.file)
    today, found = dues(session, contract, args.days)
    if args.ics:
        _write(args.ics, contract, found, session)
        if args.ics == "-":
            return OK
    from kpiterm.cli.contract_state import pilot

    judged = pilot(session, contract)
    if session.json:
        output.answer(_document(contract, found, judged, today))
    elif not args.ics:
        _show(contract, found, judged, today)
    return OK


def dues(session: Session, contract: Contract, days: int) -> tuple[date, list[Due]]:
    """Today in the contract's time zone, and all dates from it on."""
    from kpiterm.analysis.contract.deadlines import deadlines
    from kpiterm.analysis.contract.grants import read_grants
    from kpiterm.analysis.contract.ledger import read_ledger

    today = contracts.today(session, contract)
    with session.reader() as reader:
        ledger, grants = read_ledger(reader, contract), read_grants(reader)
    return today, deadlines(contract, ledger, grants, today, days)


def _write(name: str, contract: Contract, found: Sequence[Due], session: Session) -> None:
    from kpiterm.analysis.contract.ical import calendar

    data = calendar(contract.id, found, session.now())
    if name == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(name).write_bytes(data)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}", hint="name a file that can be written") from None
    if not session.quiet:
        output.note(f"wrote {name}: {len(found)} events")


def _show(contract: Contract, found: Sequence[Due], judged: Evaluation | None, today: date) -> None:
    output.line(f"{contract.id} · {contract.timezone} · {today}")
    rows = [(f"{due.day}", _distance(due, today), due.title, due.by or "", due.detail) for due in found]
    output.table(("day", "days", "what", "by", ""), rows, right=(1,))
    if judged:
        output.line(f"\npilot {judged.pilot.start} to {judged.pilot.end}: {judged.verdict}: {judged.arithmetic}")


def _distance(due: Due, today: date) -> str:
    days = (due.day - today).days
    if due.done:
        return "done"
    return output.paint("late", "breach") if days < 0 else f"{days}"


def _document(
    contract: Contract, found: Sequence[Due], judged: Evaluation | None, today: date
) -> dict[str, object]:  # fmt: skip
    from kpiterm.cli.contract_state import pilot_document

    return {
        "contract": contract.id,
        "timezone": contract.timezone,
        "today": f"{today}",
        "events": [
            {"kind": due.kind, "key": due.key, "day": f"{due.day}", "moment": _moment(due), "title": due.title,
             "detail": due.detail, "by": due.by, "done": due.done, "late": due.day < today and not due.done}
            for due in found
        ],
        "pilot": pilot_document(judged) if judged else None,
    }  # fmt: skip


def _moment(due: Due) -> str | None:
    return due.moment.strftime("%Y-%m-%dT%H:%M:%SZ") if due.moment else None
