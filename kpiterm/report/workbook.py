"""A pack as XLSX: one sheet for each table, numbers as numbers, so that finance can go on computing."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.analysis.format import plain
from kpiterm.report.blocks import Bullets, Cell, Page, Table, Tiles

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_FILLS = {"good": "#1b7f5c", "watch": "#b7791f", "bad": "#b3382c", "faint": "#5a6472", "plain": "#1c2430"}
_WIDEST, _NARROWEST = 60, 8


def write_workbook(page: Page, file: Path, as_of: datetime) -> None:
    """Write it; the same page and moment give the same bytes."""
    from xlsxwriter import Workbook

    # Texts of a shop (a SKU "=1+1") are texts, whatever they begin with.
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"title": page.title, "comments": page.foot, "created": as_of.replace(tzinfo=None)})
        _cover(book, page)
        taken: set[str] = {"1"}
        for section in page.sections:
            for block in section.blocks:
                if isinstance(block, Table) and block.rows:
                    _sheet(book, block, _name(block.name, taken))


def _cover(book: Workbook, page: Page) -> None:
    sheet = book.add_worksheet("1")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    head, wrap = book.add_format({"bold": True, "font_size": 15}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, page.title, head)
    rows = [("", page.subtitle), *page.facts, ("", page.foot)]
    for block in page.sections[0].blocks:
        match block:
            case Bullets(items=texts):
                rows += [("", text) for text in texts]
            case Tiles(items=tiles):
                rows += [(label, f"{cell.text} ({remark})") for label, cell, remark in tiles]
    for place, (label, text) in enumerate(rows, start=1):
        sheet.write_string(place, 0, label, wrap)
        sheet.write_string(place, 1, text, wrap)


def _sheet(book: Workbook, table: Table, name: str) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats: dict[tuple[Any, ...], Any] = {}
    for column, title in enumerate(table.header):
        sheet.write_string(0, column, title, head)
        longest = max([len(title), *(len(row[column].text) for row in table.rows)])
        sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, longest * 1.15)))
    for number, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            key = (cell.format, cell.tone, number in table.strong, column in table.right)
            if key not in formats:
                formats[key] = book.add_format(_format(*key))
            _write(sheet, number + 1, column, cell, formats[key])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.header) - 1)


def _format(pattern: str | None, tone: str, strong: bool, right: bool) -> dict[str, object]:
    found: dict[str, object] = {"font_color": _FILLS[tone], "bold": strong, "valign": "top", "text_wrap": not pattern}
    return found | ({"num_format": pattern} if pattern else {}) | ({"align": "right"} if right else {})


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, format_: object) -> None:
    # A double holds 15 digits; an amount with more would be silently another one.
    exact = cell.number is not None and len(plain(abs(cell.number)).replace(".", "").lstrip("0")) <= 15
    if exact and cell.number is not None:
        sheet.write_number(row, column, float(cell.number), format_)
    else:
        sheet.write_string(row, column, cell.text, format_)


def _name(name: str, taken: set[str]) -> str:
    """A sheet's name as spreadsheets allow it: 31 characters, unique whatever the case."""
    base = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:28] or "table"
    found = next(n for n in (base, *(f"{base} {i}" for i in range(2, 100))) if n.casefold() not in taken)
    taken.add(found.casefold())
    return found
