"""Minutes and action items of review meetings: entries of the operation log, carried from one pack to the next."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from kpiterm.errors import UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.reader import Reader
    from kpiterm.cli.session import Session

ACTION, DONE, MINUTES, PACK = "review.action", "review.done", "review.minutes", "review.pack"
_ENTRIES = "SELECT seq, happened_at, actor, kind, detail FROM event WHERE kind LIKE 'review.%' ORDER BY seq"


def add_action(session: Session, text: str, owner: str, due: str | None) -> int:
    """Enter an action item; its number."""
    from kpiterm.store import journal

    return journal.append(session.paths.journal, ACTION, {"text": text, "owner": owner, "due": due}).seq


def finish_action(session: Session, number: int) -> int:
    """Enter that an item is done. UsageError where no open one has that number."""
    from kpiterm.store import journal

    with session.reader() as reader:
        found = {a["number"]: a for a in actions(reader, session.now(), None)}
    if number not in found:
        raise UsageError(f"no action item #{number}", hint="kpiterm report action list")
    if found[number]["done"]:
        raise UsageError(f"action item #{number} is done since {found[number]['done']}", hint="nothing is left to do")
    journal.append(session.paths.journal, DONE, {"action": number})
    return number


def note(session: Session, text: str) -> int:
    """Enter what was said; the entry's number."""
    from kpiterm.store import journal

    return journal.append(session.paths.journal, MINUTES, {"text": text}).seq


def actions(reader: Reader, now: datetime, since: datetime | None) -> list[dict[str, Any]]:
    """Every item that is open, and those that were done after `since` (None: all), oldest first."""
    found: dict[int, dict[str, Any]] = {}
    for seq, happened, _, kind, detail in _entries(reader):
        if kind == ACTION:
            late = bool(detail["due"]) and date.fromisoformat(detail["due"]) < now.date()
            found[seq] = {"number": seq, **detail, "since": f"{happened:%Y-%m-%d}", "done": None, "late": late}
        elif kind == DONE and detail["action"] in found:
            if since is not None and happened <= since.replace(tzinfo=None):
                del found[detail["action"]]
            else:
                found[detail["action"]] |= {"done": f"{happened:%Y-%m-%d}", "late": False}
    return list(found.values())


def minutes(reader: Reader, since: datetime | None) -> list[dict[str, str]]:
    """What was noted after `since`."""
    return [
        {"day": f"{happened:%Y-%m-%d}", "author": actor, "text": detail["text"]}
        for _, happened, actor, kind, detail in _entries(reader)
        if kind == MINUTES and (since is None or happened > since.replace(tzinfo=None))
    ]


def last_pack(reader: Reader, kind: str, before: str) -> datetime | None:
    """As of when the pack of this kind before a period was frozen."""
    moments = [
        datetime.fromisoformat(detail["as_of"])
        for _, _, _, entry, detail in _entries(reader)
        if entry == PACK and detail["kind"] == kind and detail["period"] < before
    ]
    return max(moments, default=None)


def _entries(reader: Reader) -> list[tuple[int, datetime, str, str, dict[str, Any]]]:
    return [
        (cast("int", seq), cast("datetime", at), str(actor), str(kind), json.loads(str(detail)))
        for seq, at, actor, kind, detail in reader.rows(_ENTRIES)
    ]
