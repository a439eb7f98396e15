"""Daily series from a CSV file of any size: staged once as plain numbers, then read a few at a time."""

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
    from kpiterm.cli.series_stage import Staged

NEEDED = ("unique_id", "ds", "y")
MEMORY = "300MB"
_LONGEST = 1100  # days: older ones teach nothing of the days to come


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how DuckDB is to read it; `columns` in the order of the file."""

    path: Path
    columns: tuple[str, ...]
    packed: bool
    header: bool = True

    def relation(self, types: dict[str, str]) -> str:
        """The SQL of the file's rows; columns that are not in `types` are text."""
        fields = ", ".join(f"{_text(name)}: '{types.get(name, 'VARCHAR')}'" for name in self.columns)
        return (
            f"read_csv({_text(str(self.path))}, header={self.header}, auto_detect=false, delim=',', quote='\"', "
            f"escape='\"', columns={{{fields}}}, compression='{'gzip' if self.packed else 'none'}')"
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

    def __init__(self, database: duckdb.DuckDBPyConnection, found: Staged, given: Source) -> None:
        import numpy as np

        self.database, self._cells, self._given = database, found.cells, given
        self.last_day, self._price = found.last_day, found.price
        self._length = np.minimum(found.rows, _LONGEST)

    def panel(self, rows: Ints, pool: Ints) -> Panel:
        """These series, in ascending order, with `pool` [all series]; KpitermError where a day stands twice."""
        import numpy as np

        from kpiterm.analysis.inventory.demand.panel import Panel
        from kpiterm.cli.series_stage import GROUP

        width = int(self._length[rows].max())
        units = np.full((len(rows), width), np.nan, dtype=np.float32)
        for group in np.unique(rows // GROUP).tolist():
            self._fill(units, rows, group)
        known = np.isfinite(units)
        if known.sum() != self._length[rows].sum():
            raise fault(self._given)
        return Panel(
            units=np.abs(units).astype(np.float64),
            stock=known & ~np.signbit(units),
            last_day=self.last_day[rows],
            price=self._price[rows],
            pool=pool[rows],
        )

    def _fill(self, units: Any, rows: Ints, group: int) -> None:  # noqa: ANN401 - an array of 32-bit floats
        """Write the cells of one group's series into their rows."""
        import numpy as np

        from kpiterm.cli.series_stage import GROUP

        width, cells, first = units.shape[1], self._cells.of(group), group * GROUP
        mine = slice(*np.searchsorted(rows, [first, first + GROUP]).tolist())
        # Where row and column of a series' last day lie in `units`; those that are not asked for, out of reach.
        place, start = np.full(GROUP, -1), np.zeros(GROUP, dtype=np.int64)
        place[rows[mine] - first] = np.arange(mine.start, mine.stop) * width
        start[rows[mine] - first] = self.last_day[rows[mine]] - width + 1
        column, at = cells["day"] - start[cells["series"]], place[cells["series"]]
        wanted = (at >= 0) & (column >= (width - self._length[first : first + GROUP])[cells["series"]])
        units.ravel()[(at + column)[wanted]] = cells["units"][wanted]


@contextmanager
def opened(path: Path) -> Iterator[Series]:
    """The series of a file, checked. KpitermError names the row of the first fault and the remedy."""
    import duckdb

    from kpiterm.cli.series_stage import staged

    given = source(path)
    with tempfile.TemporaryDirectory(prefix="kpiterm-forecast-") as name:
        folder = Path(name)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": name,
            "threads": 1,  # there are as many statements at a time as cores
        }
        with duckdb.connect(config=settings) as database:
            try:
                found = staged(database, given, folder)
            except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
                raise fault(given, str(error)) from None
            if found is None:
                raise fault(given)
            if not found.names:
                raise KpitermError(f"{path}: no rows under the header", hint="export it again", exit_code=BAD_DATA)
            _name(database, found.names, folder / "names.csv")
            yield Series(database, found, given)


def _name(database: duckdb.DuckDBPyConnection, names: list[str], file: Path) -> None:
    """Tell the database the series by way of a file: taking Python text one by one, it is a thousand times slower."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, quoting=csv.QUOTE_ALL).writerows(enumerate(names))
    named = Source(file, ("number", "unique_id"), packed=False, header=False)
    database.execute(f"CREATE TABLE series AS FROM {named.relation({'number': 'BIGINT'})}")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
