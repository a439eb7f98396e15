"""Why no importer takes a file: it lacks columns of a known kind, or nothing like it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from kpiterm.plugins import DataError, Importer, Sheet

_LEARN = "or tell kpiterm what its columns are: kpiterm import --map NAME --learn FILE"


@runtime_checkable
class Fingerprint(Protocol):
    """What an importer's `recognise` may be, beside a plain function: one that knows its columns by name."""

    def __call__(self, sheet: Sheet, /) -> bool: ...

    def lacks(self, sheet: Sheet, /) -> tuple[str, ...]:
        """The needed columns that a near miss does not have; empty for a sheet that is nothing like it."""
        ...


def unknown(importers: Iterable[Importer], path: Path, sheets: Sequence[Sheet]) -> DataError:
    """The sentence about a file that nobody reads, and what to do."""
    known = list(importers)
    misses = [(len(lacked), i.kind, lacked) for sheet in sheets for i in known if (lacked := _lacked(i, sheet))]
    if misses:
        _, kind, lacked = min(misses)
        names = ", ".join(map(repr, lacked))
        return DataError(
            f"{path.name}: looks like {kind}, but lacks the column{'s' if len(lacked) > 1 else ''} {names}",
            hint=f"export it again with all its columns, {_LEARN}",
        )
    if not sheets:
        return DataError(
            f"{path.name}: not recognised: it holds no table", hint="import the report as the platform gave it, as CSV"
        )
    return DataError(
        f"{path.name}: not recognised",
        hint=f"`kpiterm plugins` lists the kinds of files that can be read; {_LEARN}",
    )


def _lacked(importer: Importer, sheet: Sheet) -> tuple[str, ...]:
    if isinstance(importer.recognise, Fingerprint):
        return importer.recognise.lacks(sheet)
    needed = importer.shape.required if importer.shape else ()
    return near(needed, [name for name in needed if not sheet.has(name)])


def near(needed: Sequence[object], lacked: Sequence[str]) -> tuple[str, ...]:
    """What is lacked, where most of what is needed is there."""
    held = len(needed) - len(lacked)
    return tuple(lacked) if lacked and held >= 3 and held * 3 >= len(needed) * 2 else ()
