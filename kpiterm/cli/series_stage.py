"""The rows of a CSV file of daily series as plain numbers on disk, some thousand series together, whatever their order.

One pass over the file; a second one over the numbers where its series do not come by name.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kpiterm.cli.ahead import ahead

if TYPE_CHECKING:
    import duckdb

    from kpiterm.analysis.pacing.arrays import Floats, Ints
    from kpiterm.cli.series_in import Source

TYPES = {"unique_id": "VARCHAR", "ds": "DATE", "y": "FLOAT", "price": "DOUBLE", "in_stock": "FLOAT"}
SOLD_OUT = 0.6  # of the day in stock, under which its sales say little of demand
MOST = 1e9  # units a day: more is a mistake in the file
LAST = 2**16 - 1  # day since 1970-01-01 that a cell can hold
GROUP = 2048  # series whose cells are kept together: as many as are forecast at a time
_BLOCK = 16 << 20  # bytes of the file at a time
# The sign of `units` says that the day was sold out, of 0 too.
_CELL = np.dtype([("series", np.uint16), ("day", np.uint16), ("units", np.float32)])


class Cells:
    """A file of cells; `of` reads those of one group, `group` times GROUP the number of its first series."""

    def __init__(self, path: Path) -> None:
        self._path, self._size = path, 0
        self._parts: dict[int, list[tuple[int, int]]] = {}
        path.write_bytes(b"")

    def add(self, series: Ints, day: Any, units: Any) -> None:  # noqa: ANN401 - arrays of any number type
        """Append cells."""
        group = (series // GROUP).astype(np.uint16)
        cells = np.empty(len(series), dtype=_CELL)
        cells["series"], cells["day"], cells["units"] = series % GROUP, day, units
        if (group[1:] < group[:-1]).any():
            order = np.argsort(group, kind="stable")
            group, cells = group[order], cells[order]
        starts = np.flatnonzero(np.diff(group, prepend=group[:1] + 1))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(group)], strict=True):
            self._parts.setdefault(int(group[start]), []).append((self._size + start, end - start))
        with self._path.open("ab") as file:
            file.write(cells.data)
        self._size += len(cells)

    def of(self, group: int) -> Any:  # noqa: ANN401 - an array of _CELL
        """The cells of a group, in no order."""
        with self._path.open("rb") as file:
            parts = []
            for start, length in self._parts.get(group, ()):
                file.seek(start * _CELL.itemsize)
                parts.append(file.read(length * _CELL.itemsize))
        return np.frombuffer(b"".join(parts), dtype=_CELL)

    def renumbered(self, number: Ints, path: Path) -> Cells:
        """The same with other numbers of the series, in another file; this one is gone."""
        other = Cells(path)
        for group in sorted(self._parts):
            cells = self.of(group)
            other.add(number[group * GROUP + cells["series"].astype(np.int64)], cells["day"], cells["units"])
        self._path.unlink()
        return other


class Staged:
    """Series by name: `names`, `first_day`, `last_day`, `rows` and the `price` of the last day."""

    def __init__(self, path: Path) -> None:
        self.names: list[str] = []
        self.cells = Cells(path)
        self.first_day, self.last_day, self.rows = (np.zeros(0, dtype=np.int64) for _ in range(3))
        self.price: Floats = np.zeros(0)
        self._number: dict[str, int] = {}

    def add(self, block: dict[str, Any]) -> bool:
        """Whether all rows of the block are without fault."""
        if not len(block["day"]):
            return True
        fresh = np.flatnonzero(~np.ma.getmaskarray(block["unique_id"]))
        names = np.ma.getdata(block["unique_id"])[fresh].tolist()
        if not (all(names) and _right(block)):
            return False
        known = self._number
        numbers = np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)
        series = np.repeat(numbers, np.diff(fresh, append=len(block["day"])))
        self._note(series, block["day"], block["price"])
        self.cells.add(series, block["day"], np.where(block["stock"] >= SOLD_OUT, block["y"], -block["y"]))
        return True

    def _note(self, series: Ints, day: Ints, price: Floats) -> None:
        if len(self._number) > len(self.rows):
            more = len(self._number)  # twice the room, so that arrays are seldom copied
            self.first_day = np.concatenate([self.first_day, np.full(more, LAST + 1)])
            self.last_day = np.concatenate([self.last_day, np.full(more, -1)])
            self.rows = np.concatenate([self.rows, np.zeros(more, dtype=np.int64)])
            self.price = np.concatenate([self.price, np.full(more, np.nan)])
        np.minimum.at(self.first_day, series, day)
        np.maximum.at(self.last_day, series, day)
        np.add.at(self.rows, series, 1)
        newest = day == self.last_day[series]
        self.price[series[newest]] = price[newest]

    def sort(self, path: Path) -> None:
        """Number the series by name; `path`, where cells may be written anew."""
        self.names = sorted(self._number)
        order = np.array([self._number[name] for name in self.names], dtype=np.int64)
        for name in ("first_day", "last_day", "rows", "price"):
            setattr(self, name, getattr(self, name)[order])
        if (np.diff(order) < 0).any():
            number = np.empty(len(order), dtype=np.int64)
            number[order] = np.arange(len(order))
            self.cells = self.cells.renumbered(number, path)
        self._number.clear()


def staged(database: duckdb.DuckDBPyConnection, given: Source, folder: Path) -> Staged | None:
    """The series of a file; None where one has a fault. duckdb.Error for what is no CSV of these columns."""
    found = Staged(folder / "cells")
    for block in ahead(partial(_read, database, given, folder), enumerate(_blocks(given))):
        if not found.add(block):
            return None
    found.sort(folder / "sorted")
    return found if (found.rows == found.last_day - found.first_day + 1).all() else None


def _right(block: dict[str, Any]) -> bool:
    within = {"y": (0, MOST), "stock": (0, 1), "day": (0, LAST)}
    return all(bool(low <= block[name].min() and block[name].max() <= high) for name, (low, high) in within.items())


def _read(
    database: duckdb.DuckDBPyConnection, given: Source, folder: Path, block: tuple[int, bytes | memoryview]
) -> dict[str, Any]:
    """The rows of a block; unique_id is masked where it is that of the row before."""
    number, text = block
    path = folder / f"block-{threading.get_ident()}"
    path.write_bytes(text)
    part = replace(given, path=path, packed=False, header=number == 0)
    stock = "coalesce(in_stock, 1)" if "in_stock" in given.columns else "1::FLOAT"
    price = "coalesce(price, 'nan'::DOUBLE)" if "price" in given.columns else "'nan'::DOUBLE"
    with database.cursor() as cursor:
        return cursor.execute(
            "SELECT CASE WHEN name IS DISTINCT FROM lag(name) OVER () THEN name END AS unique_id, day, y, stock, price "
            "FROM (SELECT coalesce(unique_id, '') AS name, coalesce(ds - DATE '1970-01-01', -1) AS day, "
            f"coalesce(y, -1) AS y, {stock} AS stock, {price} AS price FROM {part.relation(TYPES)})"
        ).fetchnumpy()


def _blocks(given: Source) -> Iterator[bytes | memoryview]:
    """Whole rows of the file, some MB at a time."""
    rest = b""
    with (gzip.open if given.packed else open)(given.path, "rb") as file:
        while more := file.read(_BLOCK):
            text = rest + more
            cut = _cut(text)
            rest = text[cut:]
            if cut:
                yield memoryview(text)[:cut]
    if rest:
        yield rest


def _cut(text: bytes) -> int:
    """Where the last row ends that is whole: a line may end within quotes."""
    cut = text.rfind(b"\n") + 1
    quotes = text.count(b'"', 0, cut)
    while quotes % 2 and cut:
        before = text.rfind(b"\n", 0, cut - 1) + 1
        quotes -= text.count(b'"', before, cut)
        cut = before
    return cut
