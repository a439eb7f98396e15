"""Keyword Tracker exports: they roll, so that most rows of one were in the one before; the latest of a day counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.parse import moment
from kpiterm_helium10.import_keywords import rank
from kpiterm_helium10.import_table import ASIN, SHAPE, Item, bounded, channel_in, names, phrase, pick, table, unread

_NAMES = {
    "asin": ("asin",),
    "keyword": ("keyword",),
    "marketplace": ("marketplace",),
    "volume": ("search volume",),
    "organic": ("organic rank",),
    "sponsored": ("sponsored position",),
    "added": ("date added",),
}
_KNOWN = frozenset({name for theirs in _NAMES.values() for name in theirs} | {"title", "keyword sales"})
Key = tuple[str, str, str, str]
Cells = tuple[str | None, ...]


def recognise(sheet: Sheet) -> bool:
    return pick(names(sheet), _NAMES).keys() == _NAMES.keys()


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """`keyword_rank` rows: of each item, keyword and day the latest, organic and sponsored."""
    yield from table(sheet, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Item]:
    at = pick(names(sheet), _NAMES)
    latest: dict[Key, tuple[datetime, int, Cells]] = {}
    older = 0
    for number, cells in enumerate(sheet.rows(), start=1):
        picked = tuple(cells[at[name]] for name in _NAMES)
        try:
            key, when = _key(picked)
        except ValueError as error:
            yield Rejected(number, str(error))
            continue
        older += key in latest
        if key not in latest or when >= latest[key][0]:
            latest[key] = (when, number, picked)
    for (channel, asin, keyword, day), (_, number, picked) in latest.items():
        base = {"channel": channel, "day": day, "item_id": asin, "keyword": keyword}
        try:
            yield from _ranks(base, picked)
        except ValueError as error:
            yield Rejected(number, str(error))
    if older:
        yield Note(f"{older} rows are of a keyword and day that a later row holds too; the latest was read")
    yield from unread(sheet, _KNOWN)


def _key(picked: Cells) -> tuple[Key, datetime]:
    asin, keyword, marketplace, *_, added = picked
    channel = channel_in(marketplace)
    if not channel:
        raise ValueError(f"Marketplace {marketplace!r} is none that kpiterm knows")
    if not asin or not ASIN.fullmatch(asin.strip()):
        raise ValueError(f"ASIN {asin!r} is no ASIN")
    if not phrase(keyword):
        raise ValueError("the row has no keyword")
    when = _moment(added)
    return (channel, asin.strip(), phrase(keyword), str(when.date())), when


def _moment(text: str | None) -> datetime:
    """`2026-02-10 11:05:30` and `2/11/2026 4:01 PM` stand in one file; the second is American, month first."""
    american = re.search(r"(?i)\d [ap]\.?m\.?$", (text or "").strip())
    return moment(text, timezone="UTC", month_first=True if american else None)


def _ranks(base: dict[str, str], picked: Cells) -> Iterator[Item]:
    volume, bound = bounded(picked[3], None)
    if volume is not None and bound != "exact":
        yield base | {"item_id": None, "metric": "search_volume", "estimate": volume, "bound": bound}
        volume = None
    for kind, cell in (("organic", picked[4]), ("sponsored", picked[5])):
        yield base | {"kind": kind, "volume": volume} | rank(cell, None)


TRACKER = Importer(
    kind="helium10.keyword_tracker",
    title="Helium 10 Keyword Tracker export",
    recognise=recognise,
    read=read,
    shape=SHAPE,
    columns=("ASIN", "Keyword", "Marketplace", "Search Volume", "Organic Rank", "Sponsored Position", "Date Added"),
)
