"""What the owner of a file says beside it: the days that it covers, and when its stock was counted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kpiterm.plugins import DataError, Marketplace, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.parse import day, moment
from kpiterm_amazon.import_table import Line

DEFAULT = MARKETPLACES["amazon.com"]


def span(line: Line) -> tuple[date, date] | None:
    """First and last day that `--period` names."""
    first, last = line["given_first_day"], line["given_last_day"]
    return (day(first), day(last)) if first and last else None


def needed_span(sheet: Sheet, line: Line, lacks: str) -> tuple[date, date]:
    """The same; DataError where nobody has named it."""
    if found := span(line):
        return found
    raise DataError(
        f"{sheet.path.name} {lacks}", hint="name the days that it covers: kpiterm import --period 2026-10-05 FILE"
    )


def placed(days: tuple[date, date], level: str) -> dict[str, object]:
    """Columns of `traffic_day` that say when and of what: one sum over several days is a summary, on none of them."""
    first, last = days
    if first == last:
        return {"day": first, "level": level}
    return {"day": first, "last_day": last, "level": "summary", "detail": level}


def zone(line: Line, place: Marketplace | None = None) -> ZoneInfo:
    """The time zone of the account, else of the marketplace, else of amazon.com."""
    return ZoneInfo(line["given_timezone"] or (place or DEFAULT).timezone)


def start_of(first: date, tz: ZoneInfo) -> datetime:
    """The moment at which a business day begins, aware UTC."""
    return datetime(first.year, first.month, first.day, tzinfo=tz).astimezone(UTC)


def taken_at(line: Line, place: Marketplace | None = None) -> datetime:
    """When the stock of a report without a date was counted: on the day that `--period` names, else when the file was
    first imported."""
    if found := span(line):
        return start_of(found[1], zone(line, place))
    return moment(line["given_imported_at"]) if line["given_imported_at"] else datetime.now(UTC).replace(microsecond=0)
