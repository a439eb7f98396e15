"""`kpiterm kpi`: definitions, values, and values entered by hand."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.cli import board, output
from kpiterm.cli.commands import kpi_explain, kpi_standards
from kpiterm.cli.session import Session
from kpiterm.errors import OK, UsageError
from kpiterm.i18n import said, word

if TYPE_CHECKING:
    from kpiterm.analysis.kpi.definition import Definition


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|explain|standards|check|enter")
    actions.add_parser("list", help="every definition in force")
    show = actions.add_parser("show", help="a KPI's value, all channels first, and what it means")
    show.add_argument("id")
    show.add_argument("--period", metavar="P", help="2026-10, 2026-W47, 2026-11-01..2026-11-21 or last")
    show.add_argument("--channel", metavar="C", help="one channel only, e.g. amazon.com")
    show.add_argument("--sql", action="store_true", help="the SQL that computes it")
    kpi_explain.configure(actions.add_parser("explain", help="why a KPI changed, by channel, SKU or campaign"))
    kpi_standards.configure(actions.add_parser("standards", help="the platforms' own standards, as of a day"))
    check = actions.add_parser("check", help="read a KPI file and name its first fault")
    check.add_argument("file", type=Path)
    enter = actions.add_parser("enter", help="enter a value that no connector can read; goes to the operation log")
    enter.add_argument("id")
    enter.add_argument("value", help="in the KPI's own unit, e.g. 9.5")
    enter.add_argument("--period", metavar="P", required=True, help="the period that the value is for, e.g. 2026-10")
    enter.add_argument("--channel", metavar="C", help="for one channel")
    enter.add_argument("--note", default="", help="where the value comes from")


def run(args: argparse.Namespace, session: Session) -> int:
    match args.action:
        case "list":
            return _list(session)
        case "show":
            return _show(args, session)
        case "explain":
            _definition(session, args.id)
            return kpi_explain.run(args, session)
        case "standards":
            return kpi_standards.run(args, session)
        case "check":
            return _check(args.file, session)
        case _:
            return _enter(args, session)


def _list(session: Session) -> int:
    definitions = board.catalogue(session).values()
    lang = session.lang or session.config().language
    if session.json:
        output.answer(
            {
                "kpis": [
                    {"id": d.id, "version": d.version, "hash": d.hash, "name": dict(d.name), "unit": d.unit,
                     "sentence": dict(d.sentence), "direction": d.direction, "basis": d.basis, "origin": d.origin,
                     "kind": d.kind, "group": d.group, "owner": d.owner or None}
                    for d in definitions
                ]
            }
        )  # fmt: skip
        return OK
    group = ""
    for d in definitions:
        if d.group != group:
            group = d.group
            output.line(f"{group}:")
        output.line(f"{output.paint(d.id, 'bold')}  {d.name[lang]}  (version {d.version}, {d.origin})")
        output.line(f"    {d.sentence[lang]}")
        output.line(f"    basis: {d.basis}")
    return OK


def _check(file: Path, session: Session) -> int:
    """ConfigError, with file, key and remedy, ends the command where there is a fault."""
    from kpiterm.analysis.kpi.catalogue import load_catalogue
    from kpiterm.analysis.kpi.parse import read_kpis

    found = [d.id for d in read_kpis(file)]
    load_catalogue(None, [file])
    if session.json:
        output.answer({"file": str(file), "kpis": found})
    else:
        output.line(f"{file}: {', '.join(found) or 'defines no KPI'}: no fault found")
    return OK


def _definition(session: Session, name: str) -> Definition:
    known = board.catalogue(session)
    if name not in known:
        raise UsageError(f"no KPI {name!r} is defined", hint=f"defined: {', '.join(known)}")
    return known[name]


def _show(args: argparse.Namespace, session: Session) -> int:
    from dataclasses import replace

    from kpiterm.analysis.view_json import gauge_json
    from kpiterm.cli.kpi_text import details

    definition = _definition(session, args.id)
    if args.sql:
        return _sql(args, session)
    view = board.current(session, args.period)
    gauges = tuple(g for g in view.gauges if g.id == args.id and args.channel in (None, g.channel))
    if not gauges:
        channels = ", ".join(g.channel for g in view.gauges if g.id == args.id)
        raise UsageError(f"no channel {args.channel!r} has data for {args.id}", hint=f"channels: {channels}")
    if session.json:
        output.answer({"kpis": [gauge_json(g) for g in gauges]})
        return OK
    board.show(replace(view, gauges=gauges, accounts=()), session)
    lang, _ = session.lang or session.config().language, session.teller()
    output.line(f"\n{definition.sentence[lang]}")
    output.line(_(said("basis: {0}", definition.basis)))
    version = definition.version, definition.hash, word(definition.origin)
    output.line(_(said("definition: version {0}, {1}, {2}", *version)))
    for gauge in gauges:
        for line in details(gauge, _):
            output.line(line)
    return OK


def _sql(args: argparse.Namespace, session: Session) -> int:
    """The very statement that the board runs; a growth shows its base over the periods that it compares."""
    text = board.sql(session, args.id, args.period, args.channel)
    if session.json:
        output.answer({"id": args.id, "sql": text})
    else:
        output.line(text)
    return OK


def _enter(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.period import parse_period
    from kpiterm.cli.board import refresh_state
    from kpiterm.store import journal

    definition = _definition(session, args.id)
    try:
        value = Decimal(args.value)
    except InvalidOperation:
        raise UsageError(f"{args.value!r} is no number", hint="write digits with a point, e.g. 9.5 or 0.26") from None
    if not value.is_finite():
        raise UsageError(f"{args.value!r} is no number", hint="write digits with a point, e.g. 9.5 or 0.26")
    span = parse_period(args.period, session.now().date())
    detail = {
        "kpi": definition.id,
        "channel": args.channel,
        "period_start": span.start.isoformat(),
        "period_end": span.end.isoformat(),
        "value": format(value, "f"),
        "note": args.note,
    }
    entry = journal.append(session.paths.journal, "kpi.enter", detail)
    refresh_state(session)
    if session.json:
        output.answer({"entry": entry.seq, **detail})
    elif not session.quiet:
        output.note(
            f"entered as no. {entry.seq} of the operation log: {definition.id} = {detail['value']} for {args.period}"
        )
    return OK
