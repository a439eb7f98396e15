"""Inventory exports in both layouts: a column per location (older), or a row per location."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm.plugins.parse import count, lost_digits
from kpiterm_shopify.import_table import PLACE, records, written

_GOODS = ("Handle", "Title", "Option1 Name", "Option1 Value", "SKU")
_LAST_BEFORE_LOCATIONS = "coo"
_ABSENT = "not stocked"
_QUANTITIES = {"available": "available", "incoming": "inbound", "committed": "reserved", "unavailable": "unfulfillable"}


def recognise(sheet: Sheet) -> bool:
    return sheet.has(*_GOODS) and bool(_by_row(sheet) or _by_column(sheet))


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """A row for each variant at each location that stocks it."""
    moment, skipped = written(sheet), Counter[str]()
    by_row, by_column = _by_row(sheet), _by_column(sheet)
    for number, record in records(sheet):
        try:
            goods = _goods(record, moment)
            if by_row:
                yield from _at_location(goods, record, by_row, skipped)
            else:
                yield from _at_all(goods, record, by_column, skipped)
        except ValueError as error:
            yield Rejected(number, str(error))
    if skipped[_ABSENT]:
        yield Note(f"{skipped[_ABSENT]} cells read 'not stocked': the location does not carry the variant")
    if "last_day" not in sheet.given:
        yield Note(f"the file does not say when it was exported: its stock is taken as of {moment:%Y-%m-%d %H:%M}Z, "
                   "when the file was written; --period 2026-10-31 names another day")  # fmt: skip


def _by_row(sheet: Sheet) -> Mapping[str, str]:
    """Of a file with a row per location: our column for each of its quantities."""
    if not sheet.has("Location"):
        return {}
    found = {}
    for cell in sheet.header:
        name = cell.casefold().partition("(")[0].strip()
        if name in _QUANTITIES:
            found[cell.casefold()] = _QUANTITIES[name]
    return found if "available" in found.values() else {}


def _by_column(sheet: Sheet) -> tuple[str, ...]:
    """Of a file with a column per location: the locations."""
    cells = [cell.casefold() for cell in sheet.header]
    if "location" in cells or _LAST_BEFORE_LOCATIONS not in cells:
        return ()
    return tuple(cell for cell in sheet.header[cells.index(_LAST_BEFORE_LOCATIONS) + 1 :] if cell)


def _goods(record: Mapping[str, str], taken_at: datetime) -> dict[str, object]:
    if lost_digits(sku := record.get("sku")):
        raise ValueError(f"SKU {sku!r} was cut by a spreadsheet: export the inventory again")
    options = [record[name] for n in (1, 2, 3) if (name := f"option{n} value") in record]
    variant = " / ".join(option for option in options if option != "Default Title")
    title = " - ".join(filter(None, (record.get("title"), variant)))
    return {"taken_at": taken_at, "sku": sku, "title": title or None}


def _at_location(
    goods: Mapping[str, object], record: Mapping[str, str], columns: Mapping[str, str], skipped: Counter[str]
) -> Iterator[Row]:
    cells = {ours: record.get(theirs) for theirs, ours in columns.items()}
    if (cells["available"] or "").casefold() == _ABSENT:
        skipped[_ABSENT] += 1
        return
    quantities = {ours: _count(ours, text) for ours, text in cells.items()}
    yield Row("stock_level", {**goods, "location": record.get("location"), **quantities})


def _at_all(
    goods: Mapping[str, object], record: Mapping[str, str], locations: tuple[str, ...], skipped: Counter[str]
) -> Iterator[Row]:
    for location in locations:
        text = record.get(location.casefold(), "")
        if text.casefold() in ("", _ABSENT):
            skipped[_ABSENT] += 1
        else:
            available = _count(location, text)
            yield Row("stock_level", {**goods, "location": location, "available": available})


def _count(name: str, text: str | None) -> int | None:
    try:
        return count(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


INVENTORY_FILE = Importer(
    kind="shopify.inventory",
    title="Shopify inventory export",
    recognise=recognise,
    read=read,
    marketplace=PLACE,
    columns=(*_GOODS, "Location", ("Available (not editable)", "Available")),
)
