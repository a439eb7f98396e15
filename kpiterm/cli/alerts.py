"""Alerts for the commands: evaluated over a board, remembered, and sent to whoever is to hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from kpiterm.cli import board, output
from kpiterm.cli.session import Session
from kpiterm.errors import KpitermError

if TYPE_CHECKING:
    from kpiterm.analysis.alerts import Rules, Severity
    from kpiterm.analysis.alerts.words import Names
    from kpiterm.analysis.view import Gauge, View
    from kpiterm.notify.channels import Channel
    from kpiterm.notify.memory import Memory
    from kpiterm.notify.outbox import Message

_TELL_AGAIN = timedelta(hours=24)  # of a channel that keeps failing


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an evaluation comes to: what to remember, and what to send now."""

    memory: Memory
    messages: list[Message]
    sound: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """Whether a channel took what it was sent; `error` says why not, without the address."""

    channel: str
    error: str | None = None
    hint: str = ""


def after_sync(session: Session, view: View) -> None:
    """Evaluate the rules over a new board and tell whoever is to hear. What goes wrong is a line on stderr."""
    try:
        tell(session, view)
    except KpitermError as error:
        output.error(f"alerts: {error.message}", error.hint, kind=type(error).__name__, as_json=False)
    except OSError as error:
        output.note(f"kpiterm: alerts: {error.filename or session.paths.alert_state}: {error.strerror or error}")


def tell(session: Session, view: View) -> list[Sent]:
    """Evaluate, remember, send; the outcome by channel."""
    from kpiterm.notify.channels import load_channels
    from kpiterm.notify.memory import save_memory
    from kpiterm.paths import private_dir
    from kpiterm.store.lock import brief_lock

    private_dir(session.paths.store)
    names, now = kpi_names(session), session.now()
    with brief_lock(session.paths.alert_state.with_suffix(".lock")):
        outlook = look(session, view, names, load_channels(session.paths))
        save_memory(session.paths.alert_state, outlook.memory)
    if not outlook.sound:
        output.note(f"kpiterm: alerts: {session.paths.alert_state} was damaged: alerts start afresh")
    sent = [send(session, message, names) for message in outlook.messages]
    if sent:
        _remember(session, outlook.messages, sent, now)
    return sent


def look(session: Session, view: View, names: Names, channels: Sequence[Channel] = ()) -> Outlook:
    """One evaluation for these channels, of which nothing is kept."""
    from kpiterm.analysis.alerts import evaluate
    from kpiterm.analysis.alerts.history import changes, extended
    from kpiterm.notify.memory import load_memory
    from kpiterm.notify.outbox import dispatch

    memory, sound = load_memory(session.paths.alert_state)
    now = session.now()
    state, notes = evaluate(
        replace(view, gauges=view.gauges + _orders(session)), memory.state, rules(session, names), now
    )
    outbox, messages = dispatch(memory.outbox, notes, channels, now)
    history = extended(memory.history, changes(memory.state, state, now))
    return Outlook(memory=replace(memory, state=state, outbox=outbox, history=history), messages=messages, sound=sound)


def _orders(session: Session) -> tuple[Gauge, ...]:
    """Published reorder suggestions that nobody decided on or ordered; the log is read as it is, without a store."""
    from kpiterm.analysis.clock import Clock
    from kpiterm.analysis.inventory.order.due import order_gauges
    from kpiterm.store import journal

    now = session.now()
    entries = (
        (entry.seq, entry.happened_at, entry.actor, entry.kind, cast("Mapping[str, Any]", entry.detail))
        for entry in journal.read(session.paths.journal)
        if entry.kind.startswith(("reorder.", "po.")) and entry.happened_at <= now
    )
    return order_gauges(entries, Clock(now, session.shop_zone()))


def rules(session: Session, names: Names) -> Rules:
    """The rules in force in this workspace."""
    from kpiterm.analysis.alerts import load_rules

    return load_rules(session.paths.alerts, names.keys())


def remembered(session: Session) -> Memory:
    """As the last sync, and people's acknowledgements since, left it."""
    from kpiterm.notify.memory import load_memory

    return load_memory(session.paths.alert_state)[0]


def name_of(kpi: str, given: str, names: Names, lang: str) -> str:
    """What an alert is about: a KPI's name, all data of a channel, or its `given` name."""
    return ("数据" if lang == "zh" else "data") if kpi == "*" else names.get(kpi, {}).get(lang, given)


def moment(at: datetime | None) -> str | None:
    """A moment as JSON has it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None


def kpi_names(session: Session) -> Names:
    """KPI names by id and language."""
    return {kpi: definition.name for kpi, definition in board.catalogue(session).items()}


def worded(message: Message, session: Session, names: Names) -> tuple[str, str]:
    """Title and body as the channel reads them."""
    from kpiterm.analysis.alerts import words

    channel = message.channel
    return words.message(
        message.notes, channel.language, workspace=session.paths.workspace, zone=channel.timezone, names=names
    )


def send(session: Session, message: Message, names: Names) -> Sent:
    """Deliver a message; no error of a channel keeps the others from theirs."""
    from kpiterm.analysis.alerts.state import rank

    title, body = worded(message, session, names)
    gravest = max(message.notes, key=lambda note: rank(note.severity))
    over = all(note.change == "closed" for note in message.notes)
    return send_text(session, message.channel, title, body, severity=gravest.severity, over=over)


def send_text(
    session: Session, channel: Channel, title: str, body: str, *, severity: Severity = "info", over: bool = False
) -> Sent:
    """Deliver a text to a channel, whose address is asked of the keyring."""
    from kpiterm.notify.channels import SECRETS
    from kpiterm.notify.deliver import deliver

    try:
        address = session.secrets().get(SECRETS, channel.name)
    except KpitermError as error:
        return Sent(channel.name, error.message, error.hint)
    if not address:
        return Sent(channel.name, "its address is not in the keyring", f"kpiterm notify add {channel.name}")
    reason = deliver(address, title, body, severity, over=over)
    return Sent(channel.name, reason, f"kpiterm notify test {channel.name}" if reason else "")


def _remember(session: Session, messages: list[Message], sent: Iterable[Sent], now: datetime) -> None:
    """Keep what was not taken for the next sync, and tell of it once a day."""
    from kpiterm.notify.memory import load_memory, save_memory
    from kpiterm.notify.outbox import put_back
    from kpiterm.store.lock import brief_lock

    with brief_lock(session.paths.alert_state.with_suffix(".lock")):
        memory, _ = load_memory(session.paths.alert_state)
        outbox, failing = memory.outbox, dict(memory.failing)
        news: list[Sent] = []
        for message, outcome in zip(messages, sent, strict=True):
            told = failing.pop(outcome.channel, None)
            if outcome.error is None:
                continue
            outbox = put_back(outbox, message)
            if told is None or now - told >= _TELL_AGAIN:
                told, news = now, [*news, outcome]
            failing[outcome.channel] = told
        save_memory(session.paths.alert_state, replace(memory, outbox=outbox, failing=failing))
    for outcome in news:
        _report(session, outcome)


def _report(session: Session, failed: Sent) -> None:
    """One line for a person, one entry for the operation log."""
    from kpiterm.store import journal

    output.note(f"kpiterm: alerts: {failed.channel}: {failed.error}; kept for the next sync → {failed.hint}")
    detail: Mapping[str, object] = {"channel": failed.channel, "error": failed.error}
    journal.append(session.paths.journal, "notify.failed", detail)
