"""What people do about alerts: acknowledge them; and what became of alerts so far."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from kpiterm.cli import alerts, board, output
from kpiterm.errors import OK, UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.alerts import Acknowledged, Alert, Severity
    from kpiterm.analysis.alerts.history import Past
    from kpiterm.analysis.alerts.words import Names
    from kpiterm.cli.session import Session
    from kpiterm.notify.memory import Memory

ACTIONS = ("ack", "history")
KIND = "alert.acknowledged"
"""The kind of an acknowledgement's entry in the operation log."""


def configure(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of both."""
    ack = actions.add_parser("ack", help="say that you have taken an alert on; channels are left alone about it")
    ack.add_argument("id", nargs="+", help="as `kpiterm alerts list` shows it, such as odr@all")
    ack.add_argument("--note", default="", metavar="TEXT", help="what you found, or what is being done")
    ack.add_argument("--until", metavar="DAY", help="from this day on tell of it again, if it still lasts")
    history = actions.add_parser("history", help="which alerts opened, got worse, were acknowledged and were over")
    history.add_argument("--limit", type=int, default=50, metavar="N", help="the last N entries (default 50)")


def run(args: argparse.Namespace, session: Session) -> int:
    if args.action == "history":
        return _history(args.limit, session)
    if session.as_of is not None:
        raise UsageError("--as-of looks back; what is acknowledged is acknowledged now", hint="leave --as-of out")
    return _acknowledge(args, session)


def _acknowledge(args: argparse.Namespace, session: Session) -> int:
    """All of them or none."""
    from kpiterm.analysis.alerts import Acknowledged
    from kpiterm.paths import private_dir
    from kpiterm.store import journal
    from kpiterm.store.lock import brief_lock

    now, names = session.now(), alerts.kpi_names(session)
    until = _later(args.until, now) if args.until else None
    private_dir(session.paths.store)
    with brief_lock(session.paths.alert_state.with_suffix(".lock")):
        outlook = alerts.look(session, board.current(session, None), names)
        found = [_open(name, outlook.memory) for name in dict.fromkeys(args.id)]
        who, note = journal.actor(), args.note.strip()
        given = [
            (alert, Acknowledged(by=who, at=now, severity=grave, note=note, until=until)) for alert, grave in found
        ]
        _remember(given, session)
    _tell(given, session)
    return OK


def _remember(given: list[tuple[Alert, Acknowledged]], session: Session) -> None:
    """In the memory of alerts and in the operation log."""
    from kpiterm.notify.memory import save_memory
    from kpiterm.store import journal

    memory = alerts.remembered(session)
    for alert, one in given:
        memory = _with(memory, alert, one)
        journal.append(session.paths.journal, KIND, _detail(alert, one), now=one.at)
    save_memory(session.paths.alert_state, memory)


def _open(name: str, memory: Memory) -> tuple[Alert, Severity]:
    """The open alert of that id, and how grave it is. UsageError says which there are."""
    from kpiterm.analysis.alerts.state import public_id

    known = {public_id(alert.situation): alert for alert in memory.state.alerts.values()}
    if (alert := known.get(name)) and alert.severity:
        return alert, alert.severity
    opened = sorted(key for key, alert in known.items() if alert.severity)
    choice = f"one of: {', '.join(opened)}" if opened else "nothing is alarming"
    if name in known:
        raise UsageError(f"alert {name} is not open: there is nothing to acknowledge", hint=choice)
    raise UsageError(f"no alert {name!r}", hint=choice)


def _with(memory: Memory, alert: Alert, given: Acknowledged) -> Memory:
    """`memory` with the acknowledgement, and without what still waited to be told of that alert."""
    from kpiterm.analysis.alerts import Alert, State
    from kpiterm.analysis.alerts.history import acknowledged, extended
    from kpiterm.analysis.alerts.state import key

    name = key(alert.situation.kpi, alert.situation.channel)
    before = memory.state.alerts.get(name) or Alert(situation=alert.situation, since=alert.since)
    waiting = {channel: tuple(n for n in notes if n.key != name) for channel, notes in memory.outbox.items()}
    return replace(
        memory,
        state=State({**memory.state.alerts, name: replace(before, acknowledged=given)}),
        outbox={channel: notes for channel, notes in waiting.items() if notes},
        history=extended(memory.history, iter([acknowledged(alert, given)])),
    )


def _detail(alert: Alert, given: Acknowledged) -> dict[str, object]:
    from kpiterm.analysis.alerts.state import public_id

    about = alert.situation
    return {
        "alert": public_id(about), "kpi": about.kpi, "channel": about.channel, "severity": given.severity,
        "reasons": list(alert.reasons), "note": given.note, "until": f"{given.until}" if given.until else None,
    }  # fmt: skip


def _later(text: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text!r} is no day", hint="write 2026-12-01") from None
    if day <= now.astimezone(UTC).date():
        raise UsageError(f"--until {text} is not ahead", hint="name a day to come")
    return day


def document(given: Acknowledged) -> dict[str, object]:
    """An acknowledgement as JSON has it."""
    until = f"{given.until}" if given.until else None
    return {"by": given.by, "at": alerts.moment(given.at), "note": given.note or None, "until": until}


def _tell(given: list[tuple[Alert, Acknowledged]], session: Session) -> None:
    from kpiterm.analysis.alerts.state import public_id

    by_id = {public_id(alert.situation): one for alert, one in given}
    if session.json:
        found = [{"id": name, "severity": one.severity, "acknowledged": document(one)} for name, one in by_id.items()]
        output.answer({"alerts": found})
    elif not session.quiet:
        output.line(f"acknowledged: {', '.join(by_id)}")


def _history(limit: int, session: Session) -> int:
    names = alerts.kpi_names(session)
    lang = session.lang or session.config().language
    moment = session.now()
    found = [past for past in alerts.remembered(session).history if past.at <= moment][-limit:] if limit > 0 else []
    if session.json:
        output.answer({"history": [_document(past, names, lang) for past in found]})
        return OK
    rows = [_row(past, names, lang) for past in found]
    if rows:
        output.table(("when", "what", "severity", "KPI", "channel", "why", "who", "note"), rows)
    elif not session.quiet:
        output.note("no alert has opened yet")
    return OK


def _row(past: Past, names: Names, lang: str) -> tuple[str, ...]:
    note = f"{past.note} (until {past.until})".strip() if past.until else past.note
    return (
        f"{past.at:%Y-%m-%d %H:%MZ}", past.event, past.severity, alerts.name_of(past.kpi, past.name, names, lang),
        past.channel, ", ".join(past.reasons), past.by, note,
    )  # fmt: skip


def _document(past: Past, names: Names, lang: str) -> dict[str, object]:
    return {
        "at": alerts.moment(past.at), "event": past.event, "id": past.id, "kpi": past.kpi, "channel": past.channel,
        "name": alerts.name_of(past.kpi, past.name, names, lang), "severity": past.severity,
        "reasons": list(past.reasons), "since": alerts.moment(past.since), "by": past.by or None,
        "note": past.note or None, "until": f"{past.until}" if past.until else None,
    }  # fmt: skip
