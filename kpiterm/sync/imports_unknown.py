"""Why no importer takes a file: which known kind is nearest, which columns it lacks or has too many, and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from kpiterm.plugins import DataError, Importer, Sheet

_LEARN = "or tell kpiterm what its columns are: kpiterm import --map NAME --learn FILE"
_AGAIN = f"export it again with all its columns and in English, {_LEARN}"
_ALIKE = 0.72  # Klicks and Clicks, Impressionen and Impressions
_SHOWN = 6
_MAPPED = "mapped"


@dataclass(frozen=True, slots=True)
class _Near:
    """A kind that a table resembles: the share of its columns that are there, and of those that are there alike."""

    importer: Importer
    sheet: Sheet
    held: float
    alike: float


def unknown(importers: Iterable[Importer], path: Path, sheets: Sequence[Sheet]) -> DataError:
    """The sentence about a file that nobody reads, and what to do."""
    known = list(importers)
    found = [near for sheet in sheets for importer in known if (near := _near(importer, sheet))]
    if found:
        return _miss(path, max(found, key=lambda near: (near.held + near.alike / 2, len(near.importer.columns))))
    if not sheets:
        return DataError(
            f"{path.name}: not recognised: it holds no table", hint="import the report as the platform gave it, as CSV"
        )
    return DataError(
        f"{path.name}: not recognised",
        hint=f"`kpiterm plugins` lists the kinds of files that can be read; {_LEARN}",
    )


def _near(importer: Importer, sheet: Sheet) -> _Near | None:
    """The kind, if the table has three of its columns and half of them, some perhaps in other words."""
    needed = _columns(importer)
    cells = {_plain(cell) for cell in sheet.header if cell}
    missing = [spellings for spellings in needed if cells.isdisjoint(map(_plain, spellings))]
    held = len(needed) - len(missing)
    # Names in JSON are a machine's: nobody translates them.
    words = () if sheet.encoding == "json" else sheet.header
    alike = sum(1 for spellings in missing if any(_resembles(spellings, cell) for cell in words))
    if held + alike < 3 or 2 * (held + alike) < len(needed) or not _could_be(importer, sheet):
        return None
    return _Near(importer, sheet, held / len(needed), alike / len(needed))


def _could_be(importer: Importer, sheet: Sheet) -> bool:
    """Whether the columns are all that keeps the importer from it; a mapping takes one whole header, unknown here."""
    header = tuple(spellings[0] for spellings in _columns(importer))
    return importer.connector == _MAPPED or _taker(importer, sheet)(header)


def _miss(path: Path, near: _Near) -> DataError:
    importer, sheet = near.importer, near.sheet
    missing = _missing(importer, sheet)
    cells = set().union(*(map(_plain, spellings) for spellings in _columns(importer)))
    others = [cell for cell in sheet.header if cell and _plain(cell) not in cells]
    like = "looks like" if near.held >= 2 / 3 else "not recognised; nearest is"
    text = f"{path.name}: {like} {importer.kind} ({importer.title})"
    if missing:
        text += f", but lacks the column{'s' if len(missing) > 1 else ''} {_listed(missing)}"
        renamed = sorted(others, key=lambda cell: -max(_ratio(cell, name) for name in missing))
        return DataError(text + (f"; not known there: {_listed(renamed)}" if others else ""), hint=_AGAIN)
    if culprits := _foreign(importer, sheet, others):
        return DataError(f"{text}, but has {_listed(culprits)}, which only other reports have", hint=_AGAIN)
    hint = f"read it all the same: kpiterm import --map {importer.title.split()[-1]} FILE"
    return DataError(
        f"{text}, but has other columns too: {_listed(others)}", hint=hint if importer.connector == _MAPPED else _AGAIN
    )


def _missing(importer: Importer, sheet: Sheet) -> list[str]:
    """The fewest columns with which the importer would take the table; all that it lacks, where that is not enough."""
    cells = {_plain(cell) for cell in sheet.header}
    missing = [s[0] for s in _columns(importer) if cells.isdisjoint(map(_plain, s))]
    taken = _taker(importer, sheet)
    base = sheet.header
    if not taken((*base, *missing)):  # a column that only other reports have may be in the way
        base = tuple(cell for cell in base if any(_plain(cell) in map(_plain, s) for s in _columns(importer)))
    if taken((*base, *missing)):
        for name in list(missing):
            if taken((*base, *(other for other in missing if other != name))):
                missing.remove(name)
    return missing


def _foreign(importer: Importer, sheet: Sheet, others: Sequence[str]) -> list[str]:
    """The columns that are in the way: the importer takes the table without the others, and not with one of these."""
    taken = _taker(importer, sheet)
    base = tuple(cell for cell in sheet.header if cell not in others)
    return [cell for cell in others if not taken((*base, cell))] if taken(base) else []


def _taker(importer: Importer, sheet: Sheet) -> Callable[[tuple[str, ...]], bool]:
    def taken(header: tuple[str, ...]) -> bool:
        try:
            return importer.recognise(replace(sheet, header=header, rows=lambda: iter(())))
        except Exception:  # noqa: BLE001 (a plugin's bug must not take the place of the reason)
            return False

    return taken


def _columns(importer: Importer) -> list[tuple[str, ...]]:
    return [(name,) if isinstance(name, str) else tuple(name) for name in importer.columns]


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join(map(repr, names[:_SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def _resembles(spellings: Iterable[str], cell: str) -> bool:
    return any(_marks(cell) & _marks(name) or _ratio(cell, name) >= _ALIKE for name in spellings)


def _ratio(one: str, other: str) -> float:
    first, second = _plain(one), _plain(other)
    longest = max(len(first), len(second))
    if not longest or 2 * min(len(first), len(second)) / (len(first) + len(second)) < _ALIKE:
        return 0.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _marks(cell: str) -> set[str]:
    """What is the same in every language: the (CPC) of `Kosten pro Klick (CPC)`."""
    return set(re.findall(r"\(([A-Z]{3,})\)", cell))


@lru_cache(4096)
def _plain(cell: str) -> str:
    """A header cell without case, without the unit behind it and the attribution window before it."""
    text = " ".join(unicodedata.normalize("NFKC", cell).casefold().split())
    return re.sub(r"^\d+ days? | ?\([^()a-z]*\)$", "", text) or text
