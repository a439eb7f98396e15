"""`kpiterm report`: review packs for the meeting, and the minutes and action items that go from one to the next."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.cli.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", choices=("weekly", "monthly", "onboarding", "handover", "action", "minutes"))
    parser.add_argument(
        "words", nargs="*", metavar="TEXT", help="of `action add TEXT`, `action done N`, `minutes TEXT`"
    )
    parser.add_argument("--period", metavar="P", help="2026-10, 2026-W47 (default: the last one that is over)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the files go")
    parser.add_argument("--from", dest="source", type=Path, metavar="F.json", help="tell a frozen pack again")
    parser.add_argument("--owner", choices=("seller", "provider", "both"), default="both", help="who acts")
    parser.add_argument("--due", metavar="DATE", help="until when")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.kind == "action":
        return _action(args, session)
    if args.kind == "minutes":
        return _minutes(args, session)
    if args.words:
        raise UsageError(f"{args.words[0]!r} is too much", hint="kpiterm report monthly --period 2026-10 --out DIR")
    if args.kind is None and args.source is None:
        raise UsageError("which pack?", hint="kpiterm report weekly|monthly|onboarding|handover --out DIR")
    if args.out is None:
        raise UsageError("where should the pack go?", hint="name a directory: --out DIR")
    return _write(args, session)


def _write(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.cli import packs

    pack = packs.read(args.source) if args.source else packs.gather(session, args.kind, args.period)
    language = session.lang or session.config().language
    files = packs.write(pack, language, args.out)
    if not args.source:
        packs.remember(session, pack)
    if session.json:
        output.answer(
            {
                "pack": f"{pack['kind']}-{pack['period']['label']}",
                "hash": pack["hash"],
                "files": [str(f) for f in files],
            }
        )
    else:
        for file in files:
            output.line(str(file))
        if not session.quiet:
            output.note(f"frozen as {pack['hash']}")
    return OK


def _action(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.cli import reviews

    verb, *rest = args.words or ["list"]
    if verb == "add" and rest:
        due = _day(args.due) if args.due else None
        number = reviews.add_action(session, " ".join(rest), args.owner, due)
        return _said(session, number, f"action #{number} entered; it stands in every pack until it is done")
    if verb == "done" and len(rest) == 1 and rest[0].lstrip("#").isdigit():
        number = reviews.finish_action(session, int(rest[0].lstrip("#")))
        return _said(session, number, f"action #{number} is done; the next pack says so once")
    if verb == "list" and not rest:
        return _list(session)
    raise UsageError("no such action", hint="kpiterm report action add TEXT --owner seller --due DATE | done N | list")


def _list(session: Session) -> int:
    from kpiterm.cli import reviews

    with session.reader() as reader:
        found = reviews.actions(reader, session.now(), None)
    if session.json:
        output.answer({"actions": found})
        return OK
    rows = [
        (f"#{a['number']}", a["text"], a["owner"], a["due"] or "", a["done"] or ("late" if a["late"] else ""))
        for a in found
    ]
    output.table(("#", "action", "owner", "due", "done"), rows)
    return OK


def _minutes(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.cli import reviews

    if not args.words:
        raise UsageError("minutes of nothing", hint='kpiterm report minutes "what was agreed"')
    number = reviews.note(session, " ".join(args.words))
    return _said(session, number, "noted; it stands at the head of the next pack's minutes")


def _said(session: Session, number: int, text: str) -> int:
    if session.json:
        output.answer({"number": number})
    elif not session.quiet:
        output.note(text)
    return OK


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--due {text!r} is no day", hint="write it as 2026-12-01") from None
