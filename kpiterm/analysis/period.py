"""Periods in business days: how people write them, and which period one is compared with."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from kpiterm.analysis.view import Span
from kpiterm.errors import UsageError

_HINT = "write 2026-10, 2026-W47, 2026-11-01..2026-11-21 or last"
_DAY = timedelta(days=1)


def parse_period(text: str | None, today: date) -> Span:
    """The period that `text` names; None is the current month. `through` is yesterday at most: today is not over."""
    start, end = _bounds((text or "").strip() or f"{today:%Y-%m}", today)
    return upto(Span(start, end, end), today - _DAY)


def upto(span: Span, day: date) -> Span:
    """The period as far as it is covered by `day`; `through` is the day before the start where none of it is."""
    return replace(span, through=max(min(span.end, day), span.start - _DAY))


def whole(span: Span) -> Span:
    """The same period to its end."""
    return replace(span, through=span.end)


@lru_cache(4096)
def comparison(span: Span) -> Span:
    """The period before, over the same number of elapsed days.

    A complete month is compared with the whole month before; a month through day d with days 1 to d of the month
    before (to its end, where it is shorter). Weeks and ranges are compared with the as many days before them.
    """
    if not _is_month(span):
        days = span.end - span.start + _DAY
        return Span(span.start - days, span.end - days, span.through - days)
    end = span.start - _DAY
    start = end.replace(day=1)
    if span.through == span.end:
        return Span(start, end, end)
    return Span(start, end, min(end, start + (span.through - span.start)))


@lru_cache(4096)
def year_before(span: Span) -> Span:
    """The same days a year earlier; a whole month stays whole, whatever its February has."""

    def back(day: date) -> date:
        return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))

    if _is_month(span):
        earlier = month(span.start.year - 1, span.start.month)
        return earlier if span.through == span.end else replace(earlier, through=min(earlier.end, back(span.through)))
    if span.through < span.start:
        return Span(back(span.start), back(span.end), back(span.start) - _DAY)
    return Span(back(span.start), back(span.end), back(span.through))


@lru_cache(4096)
def past(span: Span, count: int) -> tuple[Span, ...]:
    """The `count` periods up to and with `span`, oldest first; all but the last one whole."""
    spans = [span]
    while len(spans) < count:
        spans.append(whole(comparison(whole(spans[-1]))))
    return tuple(reversed(spans))


def label(span: Span) -> str:
    """The period as a person would type it."""
    if _is_month(span):
        return f"{span.start:%Y-%m}"
    if span.start.weekday() == 0 and span.end - span.start == 6 * _DAY:
        year, week, _ = span.start.isocalendar()
        return f"{year}-W{week:02}"
    return f"{span.start}..{span.end}"


@lru_cache(4096)
def month(year: int, number: int) -> Span:
    """A whole month."""
    end = date(year, number, monthrange(year, number)[1])
    return Span(date(year, number, 1), end, end)


@lru_cache(4096)
def _is_month(span: Span) -> bool:
    return span.start.day == 1 and span == replace(month(span.start.year, span.start.month), through=span.through)


def _bounds(text: str, today: date) -> tuple[date, date]:
    try:
        first, last = _named(text, today)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"period {text!r}: {_why(error)}", hint=_HINT) from None
    if last < first:
        raise UsageError(f"period {text!r}: its last day is before its first", hint=f"swap them: {last}..{first}")
    if first.year < 2000 or last.year > 2100:
        raise UsageError(f"period {text!r}: there are no such data", hint="write a period between 2000 and 2100")
    return first, last


def _named(text: str, today: date) -> tuple[date, date]:
    if text == "last":
        end = today.replace(day=1) - _DAY
        return end.replace(day=1), end
    if match := re.fullmatch(r"(\d{4})-W(\d{1,2})", text):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return monday, monday + 6 * _DAY
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        found = month(int(match[1]), int(match[2]))
        return found.start, found.end
    first, last = (date.fromisoformat(part) for part in text.split(".."))
    return first, last


def _why(error: Exception) -> str:
    # What strptime and tuple unpacking say would only puzzle; what date() says about a month or week does not.
    text = str(error)
    return text if "month must" in text or "week" in text or "day is" in text else "not understood"
