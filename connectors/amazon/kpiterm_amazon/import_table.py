"""What the readers of exported files share: headers in any language, lines by our names, lines on their way to SQL."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiterm.plugins import Note, Payload, Rejected, Sheet
from kpiterm.plugins.parse import unwrap

Line = Mapping[str, str | None]
# What the owner of a file says beside it, and when it was first imported.
GIVEN = ("first_day", "last_day", "currency", "channel", "timezone", "imported_at")


def plain(cell: str) -> str:
    """A header cell as it is compared: lower case, single blanks, without full-width forms."""
    return " ".join(unicodedata.normalize("NFKC", cell).casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How a kind of file is known: its columns by our names, in all their spellings, and which of them it must have.

    `foreign` are columns that mark another kind.
    """

    names: Mapping[str, Sequence[str]]
    needed: Sequence[str]
    foreign: Sequence[str] = ()

    def __call__(self, sheet: Sheet) -> bool:
        return set(self.needed) <= self.at(sheet.header).keys() and not self._is_foreign(sheet)

    @property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The needed columns in all their spellings."""
        return tuple(tuple(self.names[name]) for name in self.needed)

    def at(self, header: tuple[str, ...]) -> dict[str, int]:
        """Positions by our names; the first spelling that the file has is taken."""
        cells = [plain(cell) for cell in header]
        found: dict[str, int] = {}
        for ours, spellings in self.names.items():
            position = next((cells.index(text) for text in map(plain, spellings) if text in cells), None)
            if position is not None:
                found[ours] = position
        return found

    def lines(self, sheet: Sheet) -> Iterator[tuple[int, dict[str, str | None]]]:
        """Number and cells of each line by our names; a column that the file lacks is None in every line.

        What the owner says of the file stands in every line too, as `given_currency` and the like.
        """
        at = self.at(sheet.header)
        blank = {**dict.fromkeys(self.names), **{f"given_{name}": sheet.given.get(name) for name in GIVEN}}
        for number, cells in enumerate(sheet.rows(), start=1):
            yield number, {**blank, **{ours: unwrap(cells[position]) for ours, position in at.items()}}

    def _is_foreign(self, sheet: Sheet) -> bool:
        return not {plain(cell) for cell in sheet.header}.isdisjoint(map(plain, self.foreign))


def body(
    sheet: Sheet, columns: Sequence[str], lines: Iterable[Line | Rejected | Note]
) -> Iterator[Payload | Rejected | Note]:
    """One payload with all lines, reduced to `columns`, and what else `lines` has to say."""
    with tempfile.NamedTemporaryFile(  # the payload's body: the host removes it
        "w", encoding="utf-8", newline="", prefix="amazon-", suffix=".tsv", delete=False
    ) as file:
        path = Path(file.name)
        try:
            file.write("\t".join(columns) + "\n")
            for line in lines:
                if isinstance(line, Rejected | Note):
                    yield line
                else:
                    file.write(_text([line.get(name) or "" for name in columns]))
        except BaseException:
            path.unlink()
            raise
    yield Payload(body=path, format="tsv", request=f"file {sheet.path.name}")


def _text(cells: list[str]) -> str:
    """Tab-separated text has no way to hold a tab or line break, which a CSV's cells may have."""
    line = "\t".join(cells)
    if line.count("\t") == len(cells) - 1 and "\n" not in line and "\r" not in line:
        return line + "\n"
    return "\t".join(re.sub(r"[\t\r\n]+", " ", cell) for cell in cells) + "\n"
