"""An account, its streams and a running sync, as lines of text for a given width."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from kpiterm.analysis.view import AccountStatusView, StreamStatus
from kpiterm.events import Progress, Run
from kpiterm.tui.draw import ACCOUNT_STATES, age, cell, clean, moment
from kpiterm.tui.sync_state import SyncState

MUTED = "$text-muted"
STATE = 12


def summary(account: AccountStatusView, now: datetime, width: int, state: SyncState) -> Content:
    """One line: status, name, connector, age of the last sync, and what went wrong."""
    at_work = _at_work(account, state)
    status = cell("▸ syncing", STATE, "bold $primary") if at_work else _badge(account.status)
    error = account.error or next((stream.error for stream in account.streams if stream.error), None)
    parts = [
        status,
        cell(account.name, _name_width(width), "bold"),
        cell(account.connector, 10 if width >= 90 else 0, MUTED),
        cell(last_sync(account, now), 21),
        Content.styled(clean(error or ""), "$error"),
    ]
    return Content.assemble(*parts).truncate(max(width, 1), ellipsis=True)


def last_sync(account: AccountStatusView, now: datetime) -> str:
    """`synced 3 min ago`."""
    return f"synced {age(account.last_sync, now)}" if account.last_sync else "never synced"


def full(account: AccountStatusView, now: datetime, width: int, state: SyncState) -> list[Content]:
    """The account with its streams, each with its last run or its live progress, and each error with its remedy."""
    at_work = _at_work(account, state)
    status = cell("▸ syncing", STATE, "bold $primary") if at_work else _badge(account.status)
    name = cell(account.name, _name_width(width), "bold")
    when = f"{last_sync(account, now)}  {moment(account.last_sync)}" if account.last_sync else last_sync(account, now)
    found = [Content.assemble(status, name, cell(account.connector, 12, MUTED), when).truncate(width, ellipsis=True)]
    if account.error:
        found += _wrapped("✗ " + account.error, "$error", STATE, width)
    known = {stream.name for stream in account.streams}
    for stream in account.streams:
        found += _stream(stream, now, width, state.streams.get((account.name, stream.name)))
    for (owner, name_of_new), event in sorted(state.streams.items()):
        if owner == account.name and name_of_new not in known:
            found += _event(name_of_new, event, width)
    return found


def _at_work(account: AccountStatusView, state: SyncState) -> bool:
    return state.running and (not state.accounts or account.name in state.accounts)


def _name_width(width: int) -> int:
    return 22 if width >= 90 else max(min(width // 4, 17), 8)


def _badge(status: str) -> Content:
    symbol, word, style = ACCOUNT_STATES[status]
    return cell(f"{symbol} {word}", STATE, style)


def _stream(stream: StreamStatus, now: datetime, width: int, event: Progress | Run | None) -> list[Content]:
    if event is not None:
        return _event(stream.name, event, width)
    reach = f"to {moment(stream.watermark)}" if stream.watermark else "no data yet"
    rows = cell(f"{stream.rows:,} rows", 14, right=True)
    when = age(stream.last_run, now) if stream.last_run else ""
    head = _line(_badge(stream.status), stream.name, [rows, cell("  " + reach, 21), Content.styled(when, MUTED)], width)
    return [head, *_trouble(stream.error, stream.hint, width), *_note(stream.note, width)]


def _event(name: str, event: Progress | Run, width: int) -> list[Content]:
    if isinstance(event, Progress):
        return [_line(cell("▸ syncing", STATE, "bold $primary"), name, [Content(progress(event))], width)]
    parts = (count(event.windows, "window"), count(event.requests, "request"), size(event.bytes), f"{event.seconds} s")
    said = "  " + ", ".join(parts)
    rows = cell(f"{event.rows:,} rows", 14, right=True)
    reason = Content.styled(f"  {clean(event.reason)}" if event.reason else "", MUTED)
    head = _line(_badge(event.status), name, [rows, Content.styled(said, MUTED), reason], width)
    error = event.error
    trouble = _trouble(f"{error.kind}: {error.message}" if error else None, error.hint if error else None, width)
    return [head, *trouble, *_note(event.note, width)]


def progress(event: Progress) -> str:
    """`window 3/12  4,210 rows  40 s left  report is in the queue  1.2 MB  9 requests`."""
    counts = f"window {event.window}/{event.windows}  {event.rows:,} rows"
    costs = f"{size(event.bytes)}  {count(event.requests, 'request')}"
    return "  ".join(part for part in (counts, left(event.eta), clean(event.note), costs) if part)


def left(eta: float | None) -> str:
    """`40 s left`, `3 min left`."""
    if eta is None:
        return ""
    return f"{max(int(eta), 1)} s left" if eta < 90 else f"{round(eta / 60)} min left"


def size(octets: int) -> str:
    """Bytes as `812 B`, `1.2 MB`."""
    if octets < 1000:
        return f"{octets} B"
    return f"{octets / 1000:.1f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


def count(number: int, noun: str) -> str:
    """`1 window`, `3 windows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _line(status: Content, name: str, rest: list[Content], width: int) -> Content:
    head = [Content("  "), status, cell(name, _name_width(width) - 2)]
    return Content.assemble(*head, *rest).truncate(width, ellipsis=True)


def _trouble(error: str | None, hint: str | None, width: int) -> list[Content]:
    if not error:
        return []
    remedy = _wrapped("→ " + hint, "", STATE + 2, width) if hint else []
    return _wrapped(error, "$error", STATE + 2, width) + remedy


def _note(note: str | None, width: int) -> list[Content]:
    return _wrapped("! " + note, "$warning", STATE + 2, width) if note else []


def _wrapped(text: str, style: str, indent: int, width: int) -> list[Content]:
    wrapped = Content.styled(clean(text), style).wrap(max(width - indent, 10))
    return [Content.assemble(" " * indent, part) for part in wrapped]
