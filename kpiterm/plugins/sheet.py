"""A tabular file as read from disk, whatever its encoding, delimiter and line ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of a file. `header` holds the cells stripped of blanks, quotes and BOM; `rows()` starts anew each time.

    `header_row` is the 1-based line of the header (exports may put a preamble before it); `delimiter` is None for a
    spreadsheet. A row is as long as the header; a cell that is empty or absent is None.

    `given` holds what is known beside the file: `first_day` and `last_day` of `--period`; `currency`, `channel` and
    `timezone` of a declared account; `imported_at`, the moment at which the account first got this very file.
    """

    path: Path
    encoding: str
    delimiter: str | None
    header: tuple[str, ...]
    header_row: int
    rows: Callable[[], Iterator[tuple[str | None, ...]]] = field(repr=False)
    given: Mapping[str, str] = field(default_factory=dict, hash=False)

    def has(self, *names: str) -> bool:
        """Whether the header holds all these columns, upper and lower case aside."""
        cells = {cell.casefold() for cell in self.header}
        return all(name.casefold() in cells for name in names)
