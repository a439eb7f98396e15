"""What a shape makes of payloads, through the host's own spool and reader, without a store.

Both stand on a higher floor than the plugin API and are imported when they are called: the kit alone needs neither.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kpiterm.plugins.model import Marketplace, Note, Shape
from kpiterm.plugins.testing import sql

Rows = list[dict[str, Any]]
_NUMBERS = itertools.count(1)


def rows_of(shape: Shape, items: Iterable[object], place: Marketplace, directory: Path) -> dict[str, Rows]:
    """The rows by table, as dictionaries of the columns that the SELECT gives; DataError as in a sync."""
    spool_module = importlib.import_module("kpiterm.sync.spool")
    normalise = importlib.import_module("kpiterm.sync.normalise")
    directory.mkdir(parents=True, exist_ok=True)
    spool = spool_module.Spool(directory, f"rows-{next(_NUMBERS)}")
    try:
        for item in items:
            if not isinstance(item, Note):
                spool.add(item)
    finally:
        manifest = spool.close()
    with sql.connection(place, files=True) as con:
        con.execute(f"CREATE TEMP TABLE source AS {normalise.source_sql(manifest.files, shape)}")
        return {output.into: _select(con, output.select) for output in shape.outputs}


def _select(con: Any, query: str) -> Rows:  # noqa: ANN401 - floor 0 has no duckdb
    result = con.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
