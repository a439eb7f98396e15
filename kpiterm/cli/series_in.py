"""Daily series from a CSV file of any size: staged once in a compact form, then read a few at a time."""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpiterm.cli.series_fault import fault
from kpiterm.errors import BAD_DATA, KpitermError, UsageError

if TYPE_CHECKING:
    import duckdb

    from kpiterm.analysis.inventory.demand.panel import Panel
    from kpiterm.analysis.pacing.arrays import Ints

NEEDED = ("unique_id", "ds", "y")
TYPES = {"unique_id": "VARCHAR", "ds": "DATE", "y": "DOUBLE", "price": "DOUBLE", "in_stock": "DOUBLE"}
SOLD_OUT = 0.6  # of the day in stock, under which its sales say little of demand
MOST = 1e9  # units a day: more is a mistake in the file
MEMORY = "300MB"
_LONGEST = 1100  # days: older ones teach nothing of the days to come
_RIGHT = (
    "coalesce(min(unique_id), '') <> '' AND least(count(day), count(y)) = count(*) AND min(y) >= 0 "
    f"AND max(y) <= {MOST} AND min(stock) >= 0 AND max(stock) <= 1"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how DuckDB is to read it; `columns` in the order of the file."""

    path: Path
    columns: tuple[str, ...]
    packed: bool

    def relation(self, types: dict[str, str]) -> str:
        """The SQL of the file's rows; columns that are not in `types` are text."""
        fields = ", ".join(f"{_text(name)}: '{types.get(name, 'VARCHAR')}'" for name in self.columns)
        return (
            f"read_csv({_text(str(self.path))}, header=true, auto_detect=false, delim=',', quote='\"', escape='\"', "
            f"columns={{{fields}}}, compression='{'gzip' if self.packed else 'none'}')"
        )


def source(path: Path) -> Source:
    """The file, once its header has the columns that are needed."""
    if not path.is_file():
        raise UsageError(f"{path}: no such file", hint="--train names a CSV file with unique_id, ds, y")
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    try:
        with (gzip.open if packed else open)(path, "rt", encoding="utf-8-sig", newline="") as lines:
            header = tuple(name.strip() for name in next(csv.reader(lines), []))
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, csv.Error):
        raise KpitermError(
            f"{path}: neither UTF-8 text nor gzip of it", hint="save it as CSV UTF-8", exit_code=BAD_DATA
        ) from None
    missing = [name for name in NEEDED if name not in header]
    if missing or len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        what = f"no column {', '.join(missing)}" if missing else f"column {', '.join(twice)} twice"
        raise KpitermError(
            f"{path}, row 1: {what}",
            hint="the first row names the columns: unique_id,ds,y and, if known, price,in_stock",
            exit_code=BAD_DATA,
        )
    return Source(path, header, packed)


class Series:
    """The series of a file, numbered by name; `last_day` of each (days since 1970-01-01); `panel` reads some of them.

    Its `database` has them as `series`(number, unique_id).
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, rows: str, given: Source) -> None:
        import numpy as np

        self.database, self._rows, self._given = database, rows, given
        database.execute(
            f"CREATE TABLE series AS SELECT row_number() OVER (ORDER BY unique_id) - 1 AS number, * FROM "
            f"(SELECT unique_id, count(*) AS n, max(day) AS last, max(day) - min(day) + 1 AS span, {_RIGHT} AS fine "
            f"FROM {rows} GROUP BY unique_id)"
        )
        found = database.execute("SELECT n, last, span, fine FROM series ORDER BY number").fetchnumpy()
        if not len(found["n"]):
            raise KpitermError(f"{given.path}: no rows under the header", hint="export it again", exit_code=BAD_DATA)
        if not np.ma.filled(found["fine"] & (found["n"] == found["span"]), fill_value=False).all():
            raise fault(given)
        self.last_day: Ints = np.asarray(found["last"], dtype=np.int64)
        self._length = np.minimum(np.asarray(found["n"], dtype=np.int64), _LONGEST)

    def panel(self, rows: Ints, pool: Ints) -> Panel:
        """These series, in ascending order, with `pool` [all series]; KpitermError where a day stands twice."""
        import numpy as np

        from kpiterm.analysis.inventory.demand.panel import Panel

        width = int(self._length[rows].max())
        units = np.full((len(rows), width), np.nan)
        stock, price = np.zeros(units.shape, dtype=np.bool_), np.full(len(rows), np.nan)
        cells = self._cells(rows)
        place = cells["number"] - rows[0]
        if rows[-1] - rows[0] + 1 != len(rows):
            place = np.searchsorted(rows, cells["number"])
        column = cells["day"] - (self.last_day[rows] - width + 1)[place]
        known = column >= (width - self._length[rows])[place]
        at = (place * width + column)[known]
        units.ravel()[at], stock.ravel()[at] = cells["y"][known], cells["shown"][known]
        last = column == width - 1
        price[place[last]] = cells["price"][last]
        if np.isfinite(units).sum() != self._length[rows].sum():
            raise fault(self._given)
        return Panel(units=units, stock=stock, last_day=self.last_day[rows], price=price, pool=pool[rows])

    def _cells(self, rows: Ints) -> dict[str, Any]:
        """Every day of these series: number, day, units, whether it was in stock, and price (NaN where unknown)."""
        self.database.register("wanted", {"number": rows})
        found = self.database.execute(
            "SELECT number, day, y, stock >= $1 AS shown, coalesce(price, 'nan'::FLOAT) AS price "
            f"FROM {self._rows} JOIN (SELECT unique_id, number FROM series JOIN wanted USING (number)) "
            "USING (unique_id)",
            [SOLD_OUT],
        ).fetchnumpy()
        self.database.unregister("wanted")
        return found


@contextmanager
def opened(path: Path) -> Iterator[Series]:
    """The series of a file, checked. KpitermError names the row of the first fault and the remedy."""
    import duckdb

    given = source(path)
    with tempfile.TemporaryDirectory(prefix="kpiterm-forecast-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(config=settings) as database:
            try:
                rows = _staged(database, given, Path(folder) / "rows.parquet")
            except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
                raise fault(given, str(error)) from None
            yield Series(database, rows, given)


def _staged(database: duckdb.DuckDBPyConnection, given: Source, to: Path) -> str:
    """Write the rows to a Parquet file; the SQL that reads them."""
    stock = "coalesce(in_stock, 1)" if "in_stock" in given.columns else "1"
    price = "price" if "price" in given.columns else "NULL"
    database.execute(
        f"COPY (SELECT unique_id, (ds - DATE '1970-01-01')::INTEGER AS day, y::FLOAT AS y, {stock}::FLOAT AS stock, "
        f"{price}::FLOAT AS price FROM {given.relation(TYPES)}) "
        f"TO {_text(str(to))} (FORMAT parquet, COMPRESSION snappy)"
    )
    return f"read_parquet({_text(str(to))})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
