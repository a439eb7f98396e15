"""CSV files that appear whole or not at all, written a chunk of arrays at a time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


class CsvFile:
    """Rows for `path` (gzip where it ends in .gz), gathered in `folder` until `publish`."""

    def __init__(self, path: Path, folder: Path, database: duckdb.DuckDBPyConnection) -> None:
        self._path, self._whole, self._chunk = path, folder / "whole", folder / "chunk"
        self._packed = "gzip" if path.suffix == ".gz" else "none"
        self._database = database
        self.rows = 0

    def append(self, columns: Mapping[str, Any], select: str) -> None:
        """Add `select`, which reads `columns`, numeric arrays of one length, as `cells`."""
        to = str(self._chunk).replace("'", "''")
        self._database.register("cells", dict(columns))
        self.rows += self._database.execute(
            f"COPY ({select}) TO '{to}' "
            f"(FORMAT csv, HEADER {'false' if self.rows else 'true'}, COMPRESSION '{self._packed}')"
        ).fetchall()[0][0]
        self._database.unregister("cells")
        with self._whole.open("ab") as whole, self._chunk.open("rb") as chunk:  # gzip files may be joined as they are
            shutil.copyfileobj(chunk, whole, 1 << 20)

    def publish(self) -> None:
        """Put the file in place of what stood there."""
        self._whole.replace(self._path)


@contextmanager
def gathered(path: Path, database: duckdb.DuckDBPyConnection) -> Iterator[CsvFile]:
    """A file to append to; unless it is published, nothing is left of it."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        yield CsvFile(path, Path(folder), database)
