"""Opens exported files for import: text in any encoding and delimiter, gzip, JSON, Excel. The name decides nothing."""

from __future__ import annotations

from pathlib import Path

from kpiterm.plugins import DataError, Sheet
from kpiterm.sync.sheets_json import is_json, read_json
from kpiterm.sync.text_table import read_text
from kpiterm.sync.workbook import is_workbook, read_workbook


def open_sheets(path: Path) -> tuple[Sheet, ...]:
    """The tables of a file: one of a text file, one of each visible sheet of a workbook, those of a JSON document.

    Raises DataError, naming the file and the remedy, where the file cannot be read as what it is.
    """
    if path.is_dir():
        raise DataError(f"{path.name} is a directory", hint="name the files in it, such as 'kpiterm import exports/*'")
    if not path.exists():
        raise DataError(f"{path} does not exist", hint="check the name")
    if not path.is_file():
        raise DataError(f"{path.name} is no regular file", hint="save the report to disk first")
    if is_workbook(path):
        return read_workbook(path)
    return read_text(path) or (read_json(path) if is_json(path) else ())
