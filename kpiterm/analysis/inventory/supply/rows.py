"""Rows of a person's table: cells by known column, in English or Chinese, each fault with row, column and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kpiterm.config.toml import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.plugins import Sheet

Columns = Mapping[str, tuple[str, ...]]
"""Other headings of a column, by its own."""

_WHOLE = re.compile(r"\d{1,9}")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,4})?")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a cell that is at fault is None, and the fault is noted."""

    file: Path
    line: int
    cells: Mapping[str, str]
    faults: Faults

    def text(self, key: str, *, required: bool = False) -> str | None:
        found = self.cells.get(key)
        if found is None and required:
            self.fault(key, "empty", "fill it in")
        return found

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        """A whole number; `default` where the cell is empty."""
        text = self.cells.get(key)
        if text is None:
            return default
        if not _WHOLE.fullmatch(text) or int(text) < least:
            self.fault(key, f"found {text!r}", f"write a whole number from {least} on, without separators")
            return default
        return int(text)

    def number(self, key: str) -> Decimal | None:
        """An exact number above zero; None where the cell is empty."""
        text = self.cells.get(key)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text) or Decimal(text) <= 0:
            self.fault(key, f"found {text!r}", "write a number above 0, such as 0.45, without separators or unit")
            return None
        return Decimal(text)

    def day(self, key: str) -> date | None:
        text = self.cells.get(key)
        match = _DAY.fullmatch(text) if text else None
        if text is None:
            return None
        try:
            if match:
                return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
        self.fault(key, f"found {text!r}", "write a day, such as 2026-11-23")
        return None

    def fault(self, key: str, problem: str, remedy: str) -> None:
        where = f"row {self.line}" + (f" ({self.cells['sku']})" if self.cells.get("sku") else "")
        self.faults.add(self.file, f"{where}, {key}", problem, remedy)


def rows(sheet: Sheet, columns: Columns, required: Sequence[str], faults: Faults, *, strict: bool) -> Iterator[Row]:
    """The rows below the header; none where a required column is missing. `strict` refuses columns not known."""
    names = [_column(cell, columns) for cell in sheet.header]
    missing = [name for name in required if name not in names]
    for name in missing:
        faults.add(sheet.path, "header", f"no column {name!r}", _other_names(name, columns))
    unknown = [cell for cell, name in zip(sheet.header, names, strict=True) if cell and name is None]
    for cell in unknown if strict else ():
        faults.add(sheet.path, "header", f"unknown column {cell!r}", did_you_mean(cell, columns))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    for name in twice:
        faults.add(sheet.path, "header", f"two columns are {name!r}", "keep one of them")
    if missing or twice:
        return
    for number, cells in enumerate(sheet.rows(), sheet.header_row + 1):
        found = {name: (cell or "").strip() for name, cell in zip(names, cells, strict=True) if name}
        yield Row(sheet.path, number, {name: cell for name, cell in found.items() if cell}, faults)


def ignored(sheet: Sheet, columns: Columns) -> list[str]:
    """Headings that no column goes by."""
    return [cell for cell in sheet.header if cell and _column(cell, columns) is None]


def _column(cell: str, columns: Columns) -> str | None:
    plain = _plain(cell)
    return next((name for name, others in columns.items() if plain in {_plain(word) for word in (name, *others)}), None)


def _other_names(name: str, columns: Columns) -> str:
    return f"name it {' or '.join(repr(word) for word in (name, *columns[name]))}"


def _plain(cell: str) -> str:
    return re.sub(r"[\s_\-]+", "", cell.casefold())
