"""Writes dates as an iCalendar file (RFC 5545): lines of at most 75 octets, texts escaped, ids that never change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from kpiterm.analysis.contract.deadlines import Due
from kpiterm.i18n import told

_LINE = 75
_REMIND = {"notice": 14, "access": 7, "credential": 7, "statement": 3, "dispute": 3, "pilot": 7}


def calendar(contract: str, found: Sequence[Due], now: datetime, language: str = "en") -> bytes:
    """One event each. A day is written as a day, which no time zone moves; a moment in UTC."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//kpiterm//contract calendar//{language.upper()}",
        "CALSCALE:GREGORIAN", f"NAME:{escaped(contract)}", f"X-WR-CALNAME:{escaped(contract)}",
        *(line for due in found for line in _event(contract, due, now, language)), "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """A text value: backslash, comma, semicolon and line ends escaped, other control characters left out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(c for c in text if c == "\t" or (c >= " " and c != "\x7f"))


def folded(line: str) -> bytes:
    """A line of at most 75 octets, then a blank and the next part; no character is cut."""
    parts, part, room = [], b"", _LINE
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > room:
            parts.append(part)
            part, room = b"", _LINE - 1
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"


def _event(contract: str, due: Due, now: datetime, language: str) -> Iterator[str]:
    title = told(due.title, language)
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE_URL, f'kpiterm:{contract}:{due.kind}:{due.key}')}"
    yield f"DTSTAMP:{_utc(now)}"
    if due.moment:
        yield f"DTSTART:{_utc(due.moment)}"
    else:
        yield f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{due.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(f'{contract}: {title}')}"
    if due.detail:
        yield f"DESCRIPTION:{escaped(told(due.detail, language))}"
    yield f"CATEGORIES:{escaped(due.kind.upper())}"
    yield "TRANSP:TRANSPARENT"
    if (days := _REMIND.get(due.kind)) and not due.done:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(title)}", f"TRIGGER:-P{days}D")
        yield "END:VALARM"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
