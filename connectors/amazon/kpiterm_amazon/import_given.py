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


def needed_day(sheet: Sheet, line: Line, lacks: str) -> date:
    """The single day that `--period` names; DataError where it names none or several."""
    first, last = needed_span(sheet, line, lacks)
    if first != last:
        raise DataError(
            f"{sheet.path.name} holds one sum for all of {first} to {last}, but the store keeps traffic by day",
            hint="export single days and import each with its own --period, or the report by date",
        )
    return first


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
