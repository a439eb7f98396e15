"""Days and moments as exports write them; `kpiterm.plugins.parse` offers these beside the numbers."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MONTHS = {name: n for n, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), start=1)}
# Names that mean one offset only: CST, IST and BST each name zones in several countries.
_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "EST": -5, "EDT": -4, "CET": 1, "CEST": 2,
    "JST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAYS = (
    re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})"),
    re.compile(rf"{_MONTH} (?P<d>\d{{1,2}}),? (?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(rf"(?P<d>\d{{1,2}})[- ]{_MONTH}[- ](?P<y>\d{{4}})", re.IGNORECASE),
    re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<y>\d{4}|\d{2})(?!\d)"),
)
_TIME = re.compile(
    r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)? ?(?P<half>[AP]\.?M\.?)? ?(?P<zone>.*)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?", re.IGNORECASE)


def day(text: str | None, month_first: bool | None = None) -> date:
    """The date that a text starts with: `2023/08/01`, `Feb 1, 2020`, `04-30-22`, `Oct 2, 2019 12:20:42 PM PDT`.

    `06/07/22` needs `month_first`; bare numbers (spreadsheet serials) and blanks are a ValueError.
    """
    plain = _clean(text)
    found, rest = _split(plain, text, month_first)
    if rest and not _TIME.fullmatch(rest):
        raise ValueError(f"{text!r} is no date")
    return found


def day_range(text: str | None, month_first: bool | None = None) -> tuple[date, date]:
    """First and last day of `Nov 09, 2025 - Nov 27, 2025`; a single day is a range of one."""
    parts = re.split(r" (?:-|to) ", _clean(text))
    if len(parts) > 2:
        raise ValueError(f"{text!r} is no range of days")
    first, last = day(parts[0], month_first), day(parts[-1], month_first)
    if last < first:
        raise ValueError(f"{text!r} ends before it starts")
    return first, last


def moment(text: str | None, timezone: str | None = None, month_first: bool | None = None) -> datetime:
    """An aware UTC moment: ISO, or `Oct 2, 2019 12:20:42 PM PDT`, `2023/08/01 0:34:50 JST`.

    A text without an offset is taken in `timezone`, an IANA name; without that, it is a ValueError.
    """
    if exact := _iso(text):
        return exact
    found, rest = _split(_clean(text), text, month_first)
    clock = _TIME.fullmatch(rest)
    if clock is None:
        raise ValueError(f"{text!r} has no time of day")
    hour = int(clock["h"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} is no moment")
        hour = hour % 12 + (12 if clock["half"][0] in "Pp" else 0)
    micros = int((clock["f"] or "0").ljust(6, "0")[:6])
    naive = _checked(text, found.year, found.month, found.day, hour, int(clock["min"]), int(clock["s"] or 0), micros)
    return _utc(naive.replace(tzinfo=_zone(clock["zone"], timezone, text)), text)


def _iso(text: str | None) -> datetime | None:
    """The common case, fast: ISO with an offset."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return _utc(found, text) if found.tzinfo else None


def _utc(aware: datetime, text: str | None) -> datetime:
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is no date of the calendar") from None


def _clean(text: str | None) -> str:
    plain = unicodedata.normalize("NFKC", text or "").replace("–", "-").replace("\u2212", "-")
    return " ".join(plain.split())


def _split(plain: str, text: str | None, month_first: bool | None) -> tuple[date, str]:
    """The date at the start, and what follows it."""
    for pattern in _DAYS:
        if found := pattern.match(plain):
            rest = plain[found.end() :]
            if rest and not re.match(r"[T,]? ?\d|[T ]", rest):
                break
            return _date(found, text, month_first), re.sub(r"^(?:T|,? ?)", "", rest)
    raise ValueError(f"{text!r} is no date")


def _date(found: re.Match[str], text: str | None, month_first: bool | None) -> date:
    parts = found.groupdict()
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    if "a" in parts:
        month, number = _ordered(int(parts["a"]), int(parts["b"]), text, month_first)
    else:
        named = parts.get("month")
        month = _MONTHS.get(named[:3].lower(), 0) if named else int(parts["m"])
        number = int(parts["d"])
    return _checked(text, year, month, number).date()


def _ordered(a: int, b: int, text: str | None, month_first: bool | None) -> tuple[int, int]:
    """Month and day of two numbers, by what they can be or by what the caller knows."""
    if month_first is None and a != b and max(a, b) <= 12:
        raise ValueError(f"{text!r} may be day {a} of month {b} or day {b} of month {a}: say which comes first")
    first = month_first if month_first is not None else a <= 12
    return (a, b) if first else (b, a)


def _checked(text: str | None, *parts: int) -> datetime:
    try:
        return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 (naive until its zone is known)
    except ValueError:
        raise ValueError(f"{text!r} is no date of the calendar") from None


def _zone(name: str, fallback: str | None, text: str | None) -> tzinfo:
    if offset := _OFFSET.fullmatch(name):
        span = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
        if span < timedelta(hours=24):
            return timezone(-span if offset["sign"] == "-" else span)
    elif name.upper() in _HOURS:
        return timezone(timedelta(hours=_HOURS[name.upper()]))
    elif not name and fallback:
        return _named_zone(fallback)
    problem = f"has the unknown zone {name!r}" if name else "has no UTC offset"
    raise ValueError(f"{text!r} {problem}: write it like 2026-11-03T14:05:00-08:00")


def _named_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone: use an IANA name such as America/Los_Angeles") from None
