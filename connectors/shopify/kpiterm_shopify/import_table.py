"""Exported rows on their way to SQL: reduced to the columns that are needed, in a file that the host removes."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kpiterm.plugins import Marketplace, Note, Payload, Rejected, Sheet
from kpiterm_shopify.shop import CHANNEL, DEFAULT_CURRENCY, DEFAULT_TIMEZONE

Line = Mapping[str, object]
# Of files that are imported into no declared account: the export names neither time zone nor, mostly, currency.
PLACE = Marketplace(channel=CHANNEL, timezone=DEFAULT_TIMEZONE, currency=DEFAULT_CURRENCY)


def records(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and non-blank cells of each record, stripped, by lower-case header; the first of two like columns."""
    names = [cell.casefold() for cell in sheet.header]
    for number, cells in enumerate(sheet.rows(), start=1):
        found: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=True):
            if cell and (text := cell.strip()):
                found.setdefault(name, text)
        yield number, found


def table(
    sheet: Sheet, columns: Sequence[str], lines: Iterator[Line | Rejected | Note]
) -> Iterator[Payload | Rejected | Note]:
    """One payload with all lines, and what else `lines` has to say."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", prefix="shopify-", suffix=".csv", delete=False
    ) as file:
        body = Path(file.name)
        try:
            out = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            out.writerow(columns)
            for line in lines:
                if isinstance(line, Rejected | Note):
                    yield line
                else:
                    out.writerow(["" if (value := line.get(name)) is None else value for name in columns])
        except BaseException:
            body.unlink()
            raise
    yield Payload(body=body, format="csv", request=f"file {sheet.path.name}")


def written(sheet: Sheet) -> datetime:
    """When the file was written, which is the nearest to when it was exported, or the start of the last day of
    `--period`."""
    if told := sheet.given.get("last_day"):
        zone = ZoneInfo(sheet.given.get("timezone") or PLACE.timezone)
        return datetime.fromisoformat(told).replace(tzinfo=zone).astimezone(UTC)
    return datetime.fromtimestamp(sheet.path.stat().st_mtime, UTC).replace(microsecond=0)
