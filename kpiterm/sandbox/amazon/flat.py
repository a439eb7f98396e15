"""Tab-separated report texts from rows by column name; the columns of each report are kept in flat_headers.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@cache
def headers() -> dict[str, tuple[str, ...]]:
    """The columns of each report type, in order."""
    text = files(__package__).joinpath("flat_headers.toml").read_text("utf-8")
    return {name: tuple(table["columns"]) for name, table in tomllib.loads(text).items()}


def tsv(report_type: str, rows: Iterable[Mapping[str, object]]) -> str:
    """The document: columns that a row does not name are blank, one that the report lacks is a KeyError."""
    columns = headers()[report_type]
    lines = ["\t".join(columns)]
    for row in rows:
        if unknown := row.keys() - set(columns):
            raise KeyError(f"{report_type} has no column {min(unknown)}")
        lines.append("\t".join(str(row.get(column, "")) for column in columns))
    return "\n".join(lines) + "\n"
