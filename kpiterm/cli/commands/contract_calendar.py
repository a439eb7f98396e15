"""`kpiterm contract calendar`: what falls due when, also as an iCalendar file."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import contracts, output
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import Translate, said, word

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
        _show(contract, found, judged, today, session.teller())
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

    data = calendar(contract.id, found, session.now(), session.lang or session.config().language)
    if name == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(name).write_bytes(data)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}", hint="name a file that can be written") from None
    if not session.quiet:
        output.note(session.teller()(said("wrote {0}: {1} events", name, len(found))))


def _show(contract: Contract, found: Sequence[Due], judged: Evaluation | None, today: date, _: Translate) -> None:
    output.line(f"{contract.id} · {contract.timezone} · {today}")
    rows = [(f"{d.day}", _distance(d, today, _), _(d.title), _(d.by) if d.by else "", _(d.detail)) for d in found]
    output.table((_("day"), _("days"), _("what"), _("by"), ""), rows, right=(1,))
    if judged:
        output.line("\n" + _(_verdict(judged)))


def _verdict(judged: Evaluation) -> str:
    pilot = said("pilot {0} to {1}", judged.pilot.start, judged.pilot.end)
    return said("{0}: {1}", said("{0}: {1}", pilot, word(judged.verdict)), judged.arithmetic)


def _distance(due: Due, today: date, _: Translate) -> str:
    days = (due.day - today).days
    if due.done:
        return _("done")
    return output.paint(_("late"), "breach") if days < 0 else f"{days}"


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
