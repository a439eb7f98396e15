"""Keyword Scout's CSV: three lines about the export, then keywords in any script with their search volumes."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.parse import count

_KEYWORD, _VOLUME = "Keyword", "30-Day Search Volume (Exact)"
_TELLING = (_KEYWORD, _VOLUME, "Ease to Rank", "Organic Product Count")
_GENERATED = re.compile(r"Generated at:\s*(\d{4}-\d{2}-\d{2})")


def recognise(sheet: Sheet) -> bool:
    return sheet.has(*_TELLING)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """`keyword_rank` rows without an item; a volume that is a bound as `market_estimate`."""
    day, told = _day(sheet)
    at = {name: [cell.casefold() for cell in sheet.header].index(name.casefold()) for name in (_KEYWORD, _VOLUME)}
    seen: set[str] = set()
    repeated = 0
    for number, cells in enumerate(sheet.rows(), start=1):
        keyword = _phrase(cells[at[_KEYWORD]])
        if not keyword or keyword in seen:
            repeated += bool(keyword)
            continue
        seen.add(keyword)
        try:
            yield from _rows(day, keyword, (cells[at[_VOLUME]] or "").strip())
        except ValueError as error:
            yield Rejected(number, f"{_VOLUME}: {error}")
    if repeated:
        yield Note(f"{repeated} rows repeat a keyword; the first row of each was read")
    if told:
        yield told


def _rows(day: date, keyword: str, cell: str) -> Iterator[Row]:
    bound = {"<": "less_than", ">": "more_than"}.get(cell[:1])
    volume = count(cell.lstrip("<>"))
    if bound and volume is not None:
        figures = {"metric": "search_volume", "estimate": volume, "bound": bound}
        yield Row("market_estimate", {"day": day, "keyword": keyword, **figures})
    yield Row("keyword_rank", {"day": day, "keyword": keyword, "search_volume": None if bound else volume})


def _phrase(text: str | None) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split()).casefold()


def _day(sheet: Sheet) -> tuple[date, Note | None]:
    """The day that the lines above the header name, else that of `--period`, else the one on which it was written."""
    if sheet.delimiter is not None and (found := _GENERATED.search(_above(sheet))):
        return date.fromisoformat(found[1]), None
    if told := sheet.given.get("last_day"):
        return date.fromisoformat(told), None
    written = datetime.fromtimestamp(sheet.path.stat().st_mtime, UTC).date()
    return written, Note(f"the file does not say when it was made: taken as of {written}, when it was written")


def _above(sheet: Sheet) -> str:
    """The lines of a text file before its header."""
    with sheet.path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(sheet.path, "rb") if packed else sheet.path.open("rb") as lines:
        return b"".join(islice(lines, sheet.header_row - 1)).decode("utf-8", "replace")


KEYWORD_SCOUT = Importer(
    kind="junglescout.keyword_scout",
    title="Jungle Scout Keyword Scout export",
    recognise=recognise,
    read=read,
    columns=_TELLING,
)
