"""Which windows a stream should fetch now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpiterm.plugins import Stream, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a stream stands: its watermark, and when its last good run began."""

    watermark: datetime | None = None
    last_ok: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the person asked for: from a day on, everything, or now even if not due."""

    since: date | None = None
    full: bool = False
    force: bool = False


def plan(stream: Stream, progress: Progress, ask: Ask, *, now: datetime, timezone: str) -> list[Window]:
    """Windows from old to new, aware UTC; empty when the stream is not due or nothing can be new."""
    asked = ask.since is not None or ask.full
    if not (asked or ask.force) and not due(stream, progress, now):
        return []
    end = now - stream.lag
    if stream.snapshot:
        return [Window(end - stream.every, end)] if stream.every else [Window(end - timedelta(minutes=1), end)]
    start = _wanted(stream, progress, ask, now=now, timezone=timezone)
    start = max(start, now - stream.retention) if stream.retention else start
    if stream.by_day:
        start, end = _midnight(start, timezone), _midnight(end, timezone, days=1)
    return _split(start, end, stream, timezone)


def shortfall(stream: Stream, progress: Progress, ask: Ask, *, now: datetime, timezone: str) -> str | None:
    """What the vendor no longer shows of the time since the day asked for or the last run, where it is over a day."""
    kept = stream.retention
    if stream.snapshot or kept is None or not (ask.since or progress.watermark):
        return None
    within = replace(stream, history=min(stream.history, kept))
    wanted, shown = _wanted(within, progress, ask, now=now, timezone=timezone), now - kept
    if shown - wanted <= timedelta(days=1):
        return None
    return (
        f"history is truncated: the vendor shows the last {kept.days} days only, so nothing of "
        f"{wanted:%Y-%m-%d} to {shown:%Y-%m-%d} was read"
    )


def due(stream: Stream, progress: Progress, now: datetime) -> bool:
    """Whether `every` has passed since the last good run began."""
    return progress.last_ok is None or now - progress.last_ok >= stream.every


def reached(stream: Stream, window: Window, before: datetime | None, now: datetime) -> datetime:
    """The watermark after `window` was committed: never in the future, never back."""
    moment = min(window.end, now - stream.lag)
    return max(moment, before) if before else moment


def _wanted(stream: Stream, progress: Progress, ask: Ask, *, now: datetime, timezone: str) -> datetime:
    usual = progress.watermark - stream.lookback if progress.watermark else None
    if ask.since is not None:
        asked = datetime.combine(ask.since, time(), ZoneInfo(timezone)).astimezone(UTC)
    elif ask.full or usual is None:
        asked = now - stream.history
    else:
        asked = usual
    return min(asked, usual) if usual else asked  # never later than usual: the watermark would jump a gap


def _midnight(moment: datetime, timezone: str, days: int = 0) -> datetime:
    """The start of the business day that holds `moment`, or of the day so many days later."""
    zone = ZoneInfo(timezone)
    day = moment.astimezone(zone).date() + timedelta(days)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _split(start: datetime, end: datetime, stream: Stream, timezone: str) -> list[Window]:
    windows = []
    while start < end:
        # Vendors count calendar days, which may have 25 hours.
        by_days = _midnight(start, timezone, days=max(1, stream.max_window.days))
        stop = min(by_days if stream.by_day else start + stream.max_window, end)
        windows.append(Window(start, stop))
        start = stop
    return windows
