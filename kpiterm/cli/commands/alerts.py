"""`kpiterm alerts`: what is alarming now, who has taken it on, what was, and what would be sent about it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kpiterm.analysis.alerts.standing import gravest_first, reasons, severity, status
from kpiterm.analysis.alerts.state import key, public_id
from kpiterm.cli import alert_acts, alerts, board, output
from kpiterm.cli.session import Session
from kpiterm.errors import OK, TRANSIENT

if TYPE_CHECKING:
    from kpiterm.analysis.alerts import Alert, Rules
    from kpiterm.analysis.alerts.words import Language, Names
    from kpiterm.cli.alerts import Outlook, Sent
    from kpiterm.notify.channels import Channel

_STYLES = {"info": "dim", "warning": "watch", "critical": "breach"}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|ack|history|test")
    actions.add_parser("list", help="what is alarming, and what is about to be")
    test = actions.add_parser("test", help="evaluate now and show what would be sent; nothing is sent or remembered")
    test.add_argument("--send", action="store_true", help="do send it, and remember it, as a sync would")
    alert_acts.configure(actions)


def run(args: argparse.Namespace, session: Session) -> int:
    if args.action in alert_acts.ACTIONS:
        return alert_acts.run(args, session)
    names = alerts.kpi_names(session)
    if args.action == "list":
        return _list(session, alerts.look(session, board.current(session, None), names), names)
    view = session.view(None)
    outlook = alerts.look(session, view, names, _readers(session))
    sent = alerts.tell(session, view) if args.send else []
    _show(outlook, sent, session, names)
    return TRANSIENT if any(outcome.error for outcome in sent) else OK


def _readers(session: Session) -> tuple[Channel, ...]:
    """Whom alerts go to; while there is nobody, whoever asks."""
    from kpiterm.notify.channels import Channel, load_channels

    config = session.config()
    language: Language = "zh" if (session.lang or config.language) == "zh" else "en"
    nobody = Channel(name="", service="", language=language, timezone=config.timezone, severity="info")
    return load_channels(session.paths) or (nobody,)


def _show(outlook: Outlook, sent: list[Sent], session: Session, names: Names) -> None:
    """The messages as they would be sent, or were."""
    texts = [(message, *alerts.worded(message, session, names)) for message in outlook.messages]
    held = {name: len(notes) for name, notes in outlook.memory.outbox.items()}
    if session.json:
        output.answer(
            {
                "messages": [
                    {"channel": m.channel.name or None, "title": title, "body": body, "alerts": len(m.notes)}
                    for m, title, body in texts
                ],
                "held": held,
                "sent": [{"channel": s.channel, "ok": s.error is None, "error": s.error} for s in sent],
            }
        )
        return
    for message, title, body in texts:
        output.line(f"{message.channel.name or '(no channel yet: kpiterm notify add NAME)'}: {title}\n{body}\n")
    for name, count in held.items():
        output.line(f"{name}: {count} held back until its quiet hours are over")
    if not texts and not held and not session.quiet:
        output.note("nothing to send")
    for outcome in sent:
        output.note(f"{outcome.channel}: {outcome.error or 'sent'}{f' → {outcome.hint}' if outcome.hint else ''}")


def _list(session: Session, outlook: Outlook, names: Names) -> int:
    rules = alerts.rules(session, names)
    found = sorted(outlook.memory.state.alerts.values(), key=gravest_first)
    shown = [alert for alert in found if status(alert, rules)]
    if session.json:
        told = alerts.remembered(session).state.alerts
        output.answer({"alerts": [_document(alert, told, rules, names, session) for alert in shown]})
        return OK
    lang = session.lang or session.config().language
    rows = [_row(alert, rules, names, lang) for alert in shown]
    if rows:
        output.table(("severity", "KPI", "channel", "why", "status", "since", "id"), rows)
    elif not session.quiet:
        output.note("nothing is alarming")
    return OK


def _row(alert: Alert, rules: Rules, names: Names, lang: str) -> tuple[str, ...]:
    level = severity(alert, rules)
    return (
        output.paint(level, _STYLES[level]),
        alerts.name_of(alert.situation.kpi, alert.situation.name, names, lang),
        alert.situation.channel,
        ", ".join(reasons(alert, rules)),
        "acknowledged" if alert.acknowledged else status(alert, rules),
        f"{alert.since:%Y-%m-%d %H:%MZ}" if alert.since else "",
        public_id(alert.situation),
    )


def _document(
    alert: Alert, remembered: Mapping[str, Alert], rules: Rules, names: Names, session: Session
) -> dict[str, object]:
    from kpiterm.analysis.format import plain

    situation = alert.situation
    target, before = situation.target, remembered.get(key(situation.kpi, situation.channel))
    return {
        "id": public_id(situation),
        "kpi": situation.kpi,
        "channel": situation.channel,
        "name": alerts.name_of(situation.kpi, situation.name, names, session.lang or session.config().language),
        "severity": severity(alert, rules),
        "status": status(alert, rules),
        "reasons": reasons(alert, rules),
        "since": alerts.moment(alert.since),
        "acknowledged": alert_acts.document(alert.acknowledged) if alert.acknowledged else None,
        "value": None if situation.value is None else plain(situation.value),
        "target": {"op": target.op, "value": plain(target.value)} if target else None,
        "state": situation.state,
        "data_through": f"{situation.data_through}" if situation.data_through else None,
        "told_at": alerts.moment(before.told_at if before else None),
    }
