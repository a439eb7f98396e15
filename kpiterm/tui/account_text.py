"""An account, its streams and a running sync, as lines of text for a given width."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from kpiterm.analysis.pages.quotas import Quota
from kpiterm.analysis.view import AccountStatusView, StreamStatus
from kpiterm.events import Progress, Run
from kpiterm.i18n import N_, listing, said
from kpiterm.tui import wrap
from kpiterm.tui.draw import ACCOUNT_STATES, age, cell, clean
from kpiterm.tui.figures import count, moment
from kpiterm.tui.sync_state import SyncState
from kpiterm.tui.tongue import _

MUTED = "$text-muted"
STATE = 12
MOST = 6
"""Quotas that are told one by one."""


def summary(account: AccountStatusView, now: datetime, width: int, state: SyncState) -> Content:
    """One line: status, name, connector, age of the last sync, and what went wrong."""
    at_work = _at_work(account, state)
    status = _syncing() if at_work else _badge(account.status)
    error = account.error or next((stream.error for stream in account.streams if stream.error), None)
    parts = [
        status,
        cell(account.name, _name_width(width), "bold"),
        cell(account.connector, 13 if width >= 90 else 0, MUTED),
        cell(last_sync(account, now), 21),
        Content.styled(clean(_(error)), "$error"),
    ]
    return Content.assemble(*parts).truncate(max(width, 1), ellipsis=True)


def last_sync(account: AccountStatusView, now: datetime) -> str:
    """`synced 3 min ago`."""
    return _(said("synced {0}", age(account.last_sync, now))) if account.last_sync else _("never synced")


def full(
    account: AccountStatusView, now: datetime, width: int, state: SyncState, quotas: Sequence[Quota] = ()
) -> list[Content]:
    """The account with its streams, each with its last run or its live progress, each error with its remedy, and what
    is left of the vendor's quotas."""
    at_work = _at_work(account, state)
    status = _syncing() if at_work else _badge(account.status)
    name = cell(account.name, _name_width(width), "bold")
    parts = [status, name, cell(account.connector, 13, MUTED), Content(last_sync(account, now))]
    found = [_fitting([*parts, Content(f"  {moment(account.last_sync)}".rstrip())], width)]
    if account.error:
        found += _wrapped("✗ " + _(account.error), "$error", STATE, width)
    known = {stream.name for stream in account.streams}
    for stream in account.streams:
        found += _stream(stream, now, width, state.streams.get((account.name, stream.name)))
    for (owner, name_of_new), event in sorted(state.streams.items()):
        if owner == account.name and name_of_new not in known:
            found += _event(name_of_new, event, width)
    return [*found, *_quotas(quotas, width)]


def _quotas(quotas: Sequence[Quota], width: int) -> list[Content]:
    """Those that are not full, the emptiest first; or that all are."""
    used = sorted(
        (one for one in quotas if one.left < one.burst), key=lambda one: (one.left / one.burst, one.operation)
    )
    if not quotas:
        return []
    told = listing([_quota(one) for one in used[:MOST]])
    more = said("{0} more", len(used) - MOST) if len(used) > MOST else ""
    text = listing([told, more]) if used else said("all {0} full", len(quotas))
    return _wrapped(_(said("quota left: {0}", text)), "bold $warning" if _empty(used) else MUTED, 2, width)


def _quota(one: Quota) -> str:
    if one.left:
        return said("{0} {1} of {2}", one.operation, one.left, one.burst)
    return said("! {0} 0 of {1}, the next in {2} s", one.operation, one.burst, f"{max(one.wait, 1):.0f}")


def _empty(used: Sequence[Quota]) -> bool:
    return any(not one.left for one in used)


def _at_work(account: AccountStatusView, state: SyncState) -> bool:
    return state.running and (not state.accounts or account.name in state.accounts)


def _name_width(width: int) -> int:
    return 22 if width >= 90 else max(min(width // 4, 17), 8)


def _badge(status: str) -> Content:
    symbol, word, style = ACCOUNT_STATES[status]
    return cell(f"{symbol} {_(word)}", STATE, style)


def _syncing() -> Content:
    return cell("▸ " + _("syncing"), STATE, "bold $primary")


def _stream(stream: StreamStatus, now: datetime, width: int, event: Progress | Run | None) -> list[Content]:
    if event is not None:
        return _event(stream.name, event, width)
    reach = _(said("to {0}", moment(stream.watermark))) if stream.watermark else _("no data yet")
    rows = cell(_rows(stream.rows), 14, right=True)
    when = age(stream.last_run, now) if stream.last_run else ""
    head = _line(_badge(stream.status), stream.name, [rows, cell("  " + reach, 21), Content.styled(when, MUTED)], width)
    return [head, *_trouble(stream.error, stream.hint, width), *_note(stream.note, width)]


def _event(name: str, event: Progress | Run, width: int) -> list[Content]:
    if isinstance(event, Progress):
        return [_line(_syncing(), name, [Content(progress(event))], width)]
    costs = (_windows(event.windows), _requests(event.requests), size(event.bytes), _(said("{0} s", event.seconds)))
    rows = cell(_rows(event.rows), 14, right=True)
    reason = Content.styled(f"  {clean(_(event.reason))}" if event.reason else "", MUTED)
    head = _line(_badge(event.status), name, [rows, Content.styled("  " + _(listing(costs)), MUTED), reason], width)
    error = event.error
    trouble = _trouble(f"{error.kind}: {error.message}" if error else None, error.hint if error else None, width)
    return [head, *trouble, *_note(event.note, width)]


def progress(event: Progress) -> str:
    """`window 3/12  4,210 rows  40 s left  report is in the queue  1.2 MB  9 requests`."""
    window = _(said("window {0}/{1}", event.window, event.windows))
    parts = (window, _rows(event.rows), left(event.eta), clean(_(event.note)), size(event.bytes))
    return "  ".join(part for part in (*parts, _requests(event.requests)) if part)


def left(eta: float | None) -> str:
    """`40 s left`, `3 min left`."""
    if eta is None:
        return ""
    return _(said("{0} s left", max(int(eta), 1)) if eta < 90 else said("{0} min left", round(eta / 60)))


def size(octets: int) -> str:
    """Bytes as `812 B`, `1.2 MB`."""
    if octets < 1000:
        return f"{octets} B"
    return f"{octets / 1000:.1f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


def _rows(number: int) -> str:
    return count(number, N_("{0} row"), N_("{0} rows"))


def _windows(number: int) -> str:
    return count(number, N_("{0} window"), N_("{0} windows"))


def _requests(number: int) -> str:
    return count(number, N_("{0} request"), N_("{0} requests"))


def _line(status: Content, name: str, rest: list[Content], width: int) -> Content:
    return _fitting([Content.assemble("  ", status, cell(name, _name_width(width) - 2)), *rest], width)


def _fitting(parts: Sequence[Content], width: int) -> Content:
    """Without the last parts that have no room; of the first two as much as there is room for."""
    shown = [*parts]
    while len(shown) > 2 and Content.assemble(*shown).rstrip().cell_length > width:
        shown.pop()
    return Content.assemble(*shown).rstrip().truncate(width, ellipsis=True)


def _trouble(error: str | None, hint: str | None, width: int) -> list[Content]:
    if not error:
        return []
    remedy = _wrapped("→ " + _(hint), "", STATE + 2, width) if hint else []
    return _wrapped(_(error), "$error", STATE + 2, width) + remedy


def _note(note: str | None, width: int) -> list[Content]:
    return _wrapped("! " + _(note), "$warning", STATE + 2, width) if note else []


def _wrapped(text: str, style: str, indent: int, width: int) -> list[Content]:
    wrapped = wrap.wrapped(clean(text), style, max(width - indent, 10))
    return [Content.assemble(" " * indent, part) for part in wrapped]
