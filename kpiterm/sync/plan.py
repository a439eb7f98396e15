"""Which windows a stream should fetch now."""

from __future__ import annotations

from dataclasses import dataclass
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
    start = _start(stream, progress, ask, now=now, timezone=timezone)
    if stream.by_day:
        start, end = _midnight(start, timezone), _midnight(end, timezone, days=1)
    return _split(start, end, stream, timezone)


def due(stream: Stream, progress: Progress, now: datetime) -> bool:
    """Whether `every` has passed since the last good run began."""
    return progress.last_ok is None or now - progress.last_ok >= stream.every


def reached(stream: Stream, window: Window, before: datetime | None, now: datetime) -> datetime:
    """The watermark after `window` was committed: never in the future, never back."""
    moment = min(window.end, now - stream.lag)
    return max(moment, before) if before else moment


def _start(stream: Stream, progress: Progress, ask: Ask, *, now: datetime, timezone: str) -> datetime:
    usual = progress.watermark - stream.lookback if progress.watermark else None
    if ask.since is not None:
        asked = datetime.combine(ask.since, time(), ZoneInfo(timezone)).astimezone(UTC)
    elif ask.full or usual is None:
        asked = now - stream.history
    else:
        asked = usual
    start = min(asked, usual) if usual else asked  # never later than usual: the watermark would jump a gap
    return max(start, now - stream.retention) if stream.retention else start


def _midnight(moment: datetime, timezone: str, days: int = 0) -> datetime:
    """The start of the business day that holds `moment`, or of the day so many days later."""
    zone = ZoneInfo(timezone)
    day = moment.astimezone(zone).date() + timedelta(days)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _split(start: datetime, end: datetime, stream: Stream, timezone: str) -> list[Window]:
    windows = []
    while start < end:
        stop = min(start + stream.max_window, end)
        if stream.by_day and stop < end:
            stop = _midnight(stop, timezone)
            if stop <= start:  # a day of 25 hours in windows of one day
                stop = min(_midnight(start, timezone, days=1), end)
        windows.append(Window(start, stop))
        start = stop
    return windows
