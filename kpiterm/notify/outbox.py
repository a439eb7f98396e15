"""What each channel is to hear, and when: quiet hours are kept, and what waited comes as one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kpiterm.analysis.alerts.state import Notification, rank
from kpiterm.notify.channels import Channel

Outbox = Mapping[str, tuple[Notification, ...]]
"""What waits, by channel."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to a channel now, as one."""

    channel: Channel
    notes: tuple[Notification, ...]


def dispatch(
    outbox: Outbox, notes: Iterable[Notification], channels: Sequence[Channel], now: datetime
) -> tuple[dict[str, tuple[Notification, ...]], list[Message]]:
    """What waits on, and at most one message for each channel. What waited for a channel that is no more is dropped."""
    new = tuple(notes)
    waiting: dict[str, tuple[Notification, ...]] = {}
    messages = []
    for channel in channels:
        meant = (note for note in new if rank(note.severity) >= rank(channel.severity))
        all_notes = merged((*outbox.get(channel.name, ()), *meant))
        quiet = channel.is_quiet(now)
        going = tuple(n for n in all_notes if not quiet or (channel.break_through and _wakes(n)))
        if going:
            messages.append(Message(channel, going))
        if left := tuple(n for n in all_notes if n not in going):
            waiting[channel.name] = left
    return waiting, messages


def put_back(outbox: Outbox, message: Message) -> dict[str, tuple[Notification, ...]]:
    """The outbox with a message in it that could not be delivered; it was there before what waits now."""
    name = message.channel.name
    return {**outbox, name: merged((*message.notes, *outbox.get(name, ())))}


def merged(notes: Iterable[Notification]) -> tuple[Notification, ...]:
    """One for each alert: the last word on it. Who was not yet told that it opened learns that, and how it stands."""
    found: dict[str, Notification] = {}
    for note in notes:
        before = found.pop(note.key, None)
        unheard = before is not None and before.change == "opened" and note.change != "closed"
        found[note.key] = replace(note, change="opened") if unheard else note
    return tuple(found.values())


def _wakes(note: Notification) -> bool:
    return note.severity == "critical" and note.change in {"opened", "worse"}
