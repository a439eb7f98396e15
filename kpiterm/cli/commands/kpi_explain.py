"""`kpiterm kpi explain`: why a KPI changed, as a story and as tables whose amounts add up."""

from __future__ import annotations

import argparse

from kpiterm.cli import board, output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id")
    parser.add_argument("--by", choices=("channel", "sku", "campaign"), help="what the change is told apart by")
    parser.add_argument("--period", metavar="P", help="2026-10, 2026-W47, 2026-11-01..2026-11-21 or last")
    parser.add_argument("--channel", metavar="C", help="one channel only, e.g. amazon.com")
    parser.add_argument("--top", type=int, default=10, metavar="N", help="lines told one by one (default 10)")


def run(args: argparse.Namespace, session: Session) -> int:
    """UsageError, with the reason and the remedy, where there is nothing to take apart."""
    from kpiterm.analysis.cause.document import cause_json
    from kpiterm.analysis.cause.settle import shown
    from kpiterm.analysis.cause.story import remarks, tell
    from kpiterm.analysis.cause.words import quantum
    from kpiterm.cli.causes import show
    from kpiterm.cli.fee_impact import as_json, fee_impact, sentences

    if args.top < 1:
        raise UsageError(f"--top {args.top}", hint="name at least one line")
    cause = board.cause(session, args.id, args.period, by=args.by, channel=args.channel, top=args.top)
    lang = session.lang or session.config().language
    rounded = shown(cause, quantum(cause))
    story, notes = tell(rounded, lang), remarks(rounded, lang)
    impact = fee_impact(session, cause)
    if session.json:
        output.answer(cause_json(cause, story, notes) | {"fee_impact": as_json(impact)})
    else:
        story = [*story, *(sentences(impact, lang) if impact else ())]
        show(rounded, story, notes, lang)
    return OK
