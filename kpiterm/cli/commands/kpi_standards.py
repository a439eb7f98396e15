"""`kpiterm kpi standards`: what the platforms themselves ask for, as it held on a day."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from kpiterm.cli import output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.thresholds import Standard


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", metavar="DATE", help="the day that is asked about (default: today)")


def run(args: argparse.Namespace, session: Session) -> int:
    from kpiterm.analysis.thresholds import reported_standards, standards_on

    day = _day(args.on) or session.now().date()
    with session.reader() as reader:
        found = standards_on(day, reported_standards(reader, day))
    if session.json:
        output.answer({"on": f"{day}", "standards": [_document(s, day) for s in found]})
        return OK
    language = session.lang or session.config().language
    output.table(
        ("where", "metric", "standard", "window", "since", "source"),
        [_row(s, day, language) for s in found],
        right=(3,),
    )
    return OK


def _row(standard: Standard, day: date, language: str) -> tuple[str, ...]:
    from kpiterm.analysis.format import format_target

    since = f"{standard.valid_from}" if standard.valid_from else f"known {standard.known_as_of}"
    return (
        standard.channel or standard.platform,
        standard.metric,
        format_target(standard.target, standard.unit) + ("" if standard.binding else " (advice)"),
        f"{standard.days} d" if standard.days else "",
        since if standard.documented_on(day) else f"{since}, assumed before",
        standard.source[language],
    )


def _document(standard: Standard, day: date) -> dict[str, object]:
    from kpiterm.analysis.format import plain

    def text(moment: date | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "platform": standard.platform,
        "channel": standard.channel,
        "metric": standard.metric,
        "target": {"op": standard.target.op, "value": plain(standard.target.value)},
        "unit": standard.unit,
        "days": standard.days,
        "segment": standard.segment,
        "valid_from": text(standard.valid_from),
        "known_as_of": text(standard.known_as_of),
        "valid_to": text(standard.valid_to),
        "binding": standard.binding,
        "documented": standard.documented_on(day),
        "reported": standard.reported,
        "source": dict(standard.source),
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--on {text!r} is no day", hint="write 2026-11-01") from None
