"""Exported tables: headers without their currency, one decimal mark a file, and rows on their way to SQL."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from kpiterm.plugins import Note, Output, Payload, Rejected, Shape, Sheet
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.parse import currency_of, money
from kpiterm_helium10.places import CHANNELS

Line = Mapping[str, object]
Item = Line | Rejected | Note
ASIN = re.compile(r"B0[0-9A-Z]{8}|\d{9}[0-9X]")
_MISSING = {"", "-", "–", "n/a", "n/r"}
_COMMA = re.compile(r"(?:\d{1,3}(?:[. '\u00a0\u202f]\d{3})+|\d+),\d{1,2}")
_POINT = re.compile(r"(?:\d{1,3}(?:,\d{2,3})+|\d+)\.\d{1,2}")
_COLUMNS = (
    "channel", "day", "item_id", "metric", "estimate", "money", "currency", "keyword", "kind", "rank", "bound",
    "volume",
)  # fmt: skip
_ESTIMATES = """
select channel, cast(day as date) as day, item_id, keyword, metric, cast(estimate as decimal(18, 4)) as estimate, bound,
    case when money = 'yes' then coalesce(currency, getvariable('currency')) end as currency
from source where metric is not null
"""
_RANKS = """
select channel, cast(day as date) as day, item_id, keyword, kind, cast(rank as bigint) as rank, bound,
    cast(volume as bigint) as search_volume
from source where metric is null
"""
SHAPE = Shape(
    columns=dict.fromkeys(_COLUMNS, "VARCHAR"),
    required=_COLUMNS,
    outputs=(
        Output(into="market_estimate", select=_ESTIMATES, replaces=("channel", "day", "item_id", "keyword", "metric")),
        Output(into="keyword_rank", select=_RANKS, replaces=("channel", "day", "item_id", "keyword", "kind")),
    ),
)


def plain(header: str) -> tuple[str, str | None]:
    """A header in small letters without odd blanks and without the currency at its end, and that currency."""
    words = header.split()
    if len(words) > 1 and re.fullmatch(r"[A-Za-z]{0,3}[$€£¥₹₺₩.]?|zł", words[-1]):
        try:
            currency = currency_of(words[-1])
        except ValueError:
            currency = None
        if currency:
            return " ".join(words[:-1]).casefold(), currency
    return " ".join(words).casefold(), None


def names(sheet: Sheet) -> dict[str, int]:
    """Where each column is, by its plain header; the first of those that repeat."""
    found: dict[str, int] = {}
    for position, header in enumerate(sheet.header):
        found.setdefault(plain(header)[0], position)
    return found


def currency_named(sheet: Sheet) -> str | None:
    """The one currency that the headers name."""
    named = {currency for header in sheet.header if (currency := plain(header)[1])}
    return named.pop() if len(named) == 1 else None


def pick(at: Mapping[str, int], aliases: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Positions by our own names, of the columns that are there."""
    return {
        ours: position
        for ours, theirs in aliases.items()
        if (position := next((at[name] for name in theirs if name in at), None)) is not None
    }


def decimal_comma(cells: Iterable[str | None]) -> bool | None:
    """Which mark precedes the decimals in this file, None where no cell shows it or they contradict each other."""
    seen: set[bool] = set()
    for cell in cells:
        digits = re.sub(r"[^\d.,' \u00a0\u202f]", "", cell or "").strip()
        if _COMMA.fullmatch(digits):
            seen.add(True)
        elif _POINT.fullmatch(digits):
            seen.add(False)
    return seen.pop() if len(seen) == 1 else None


def bounded(text: str | None, comma: bool | None) -> tuple[Decimal | None, str]:
    """A figure and its bound: `>306` is more than 306 and not 306; blanks, dashes and N/R are missing, not nil."""
    cell = (text or "").strip()
    if cell.casefold() in _MISSING:
        return None, "exact"
    bound = {">": "more_than", "<": "less_than"}.get(cell[0], "exact")
    digits = cell.lstrip("<>").strip()
    # Figures here have two decimals at most, so that a lone mark before three digits groups thousands.
    lone = re.fullmatch(r"\D*\d{1,3}([.,])\d{3}\D*", digits)
    return money(digits, lone[1] == "." if lone and comma is None else comma), bound


def phrase(text: str | None) -> str:
    """A keyword as it is compared: small letters, single blanks, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split()).casefold()


def channel_in(text: str | None) -> str | None:
    """The Amazon marketplace of an address such as `https://amazon.in/dp/…`, or of a domain."""
    found = re.search(r"(?i)\bamazon\.(?:com?\.[a-z]{2}|[a-z]{2,3})\b", text or "")
    return found[0].lower() if found and found[0].lower() in MARKETPLACES else None


def channel_of_name(sheet: Sheet) -> str | None:
    """The marketplace that a name such as `US_AMAZON_cerebro_…` begins with."""
    found = re.match(r"(?i)([A-Z]{2})_AMAZON_", sheet.path.name)
    return CHANNELS.get(found[1].upper()) if found else None


def day_of(sheet: Sheet) -> tuple[date, Note | None]:
    """The day of an export: that of `--period`, else of its name, which Helium 10 ends with it, else that on which the
    file was written."""
    if told := sheet.given.get("last_day"):
        return date.fromisoformat(told), None
    for text in reversed(re.findall(r"\d{4}-\d{2}-\d{2}", sheet.path.name)):
        try:
            return date.fromisoformat(text), None
        except ValueError:
            continue
    written = datetime.fromtimestamp(sheet.path.stat().st_mtime, UTC).date()
    return written, Note(
        f"neither the file nor its name tells its day: taken as of {written}, when it was written. "
        "Name the day with --period 2026-10-31 if that is wrong"
    )


def unread(sheet: Sheet, known: frozenset[str]) -> Iterator[Note]:
    """Says which columns are none of Helium 10's, so that nobody takes them for read."""
    foreign = [h for h in sheet.header if h and plain(h)[0] not in known and not ASIN.fullmatch(h)]
    if foreign:
        yield Note(
            f"{len(foreign)} columns are not known as Helium 10's and were not read: {', '.join(foreign[:5])}, …"
        )


def table(sheet: Sheet, items: Iterable[Item]) -> Iterator[Payload | Rejected | Note]:
    """One payload with all lines, and what else `items` has to say."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", prefix="helium10-", suffix=".csv", delete=False
    ) as file:
        body = Path(file.name)
        try:
            out = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            out.writerow(_COLUMNS)
            for item in items:
                if isinstance(item, Rejected | Note):
                    yield item
                else:
                    out.writerow(["" if (value := item.get(name)) is None else value for name in _COLUMNS])
        except BaseException:
            body.unlink()
            raise
    yield Payload(body=body, format="csv", request=f"file {sheet.path.name}")
