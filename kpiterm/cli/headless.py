"""What the cockpit has done for it: its own headless commands as processes, and tables as CSV files."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.errors import OK
from kpiterm.i18n import said
from kpiterm.tui.headless import Outcome
from kpiterm.tui.tongue import spoken

if TYPE_CHECKING:
    from kpiterm.tui.headless import Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Commands:
    """`kpiterm …` on one workspace; `command` is what stands before the arguments, `folder` where files go. What they
    answer is in the language of the screen."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] | None = None

    async def run(self, args: Sequence[str]) -> Outcome:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            *self.command, "--lang", spoken(), *args,
            stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=self.environment,
        )  # fmt: skip
        out, err = await child.communicate()
        # A command that has no data to answer with says on stderr what it has done.
        told = (out if out and child.returncode == OK else err).decode("utf-8", "replace").split("\n")
        return Outcome(child.returncode == OK, " ".join(line.strip() for line in told if line.strip()))

    def export(self, table: Table) -> Outcome:
        file = self.folder / f"{table.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.csv"
        try:
            with file.open("x", encoding="utf-8-sig", newline="") as out:
                csv.writer(out).writerows([table.header, *([_inert(cell) for cell in row] for row in table.rows)])
        except OSError as error:
            why = said("{0}: {1}; start kpiterm in a folder that you may write to", file, error.strerror)
            return Outcome(False, why)
        return Outcome(True, str(file))


def _inert(cell: str) -> str:
    """A spreadsheet must not take a vendor's text for a formula; a number may keep its sign."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(",", "").replace(".", "").isdigit():
        return f"'{cell}"
    return cell
