"""What the screens have done for them by others: a headless command run, a table written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kpiterm.i18n import said


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, in its own words."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """What a screen shows, as a file would hold it; `name` is a file name's beginning."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]


class Headless(Protocol):
    """The commands that a person could type instead."""

    async def run(self, args: Sequence[str]) -> Outcome:
        """Run `kpiterm ARGS` on this workspace as a process of its own."""

    def export(self, table: Table) -> Outcome:
        """Write a CSV file into the working directory; the text is its path, or why there is none."""


class NoHeadless:
    """Where there is nothing behind the screens, as in a picture of them."""

    async def run(self, args: Sequence[str]) -> Outcome:
        return Outcome(False, said("no command runs here: kpiterm {0}", " ".join(args)))

    def export(self, table: Table) -> Outcome:
        return Outcome(False, said("no file is written here: {0}", table.name))
