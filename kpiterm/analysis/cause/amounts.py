"""A change in any other sum: what each line adds to it."""

from __future__ import annotations

from decimal import Decimal

from kpiterm.analysis.cause.assemble import Draft, Drafts
from kpiterm.analysis.cause.lines import Sums, numerator, read_lines
from kpiterm.analysis.cause.lmdi import Parts
from kpiterm.analysis.cause.result import By, Kind
from kpiterm.analysis.cause.rows import Sides
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Question
from kpiterm.errors import UsageError


def amount_drafts(question: Question, base: Definition, sides: Sides, by: By) -> Drafts:
    """The lines of a sum that has no factors of its own."""
    assert base.measure is not None
    rows, currency = read_lines(question, base, sides, by, {"upper": numerator(base.measure)})
    for side, span in enumerate((sides.against, sides.period)):
        if rows and all(row.values[side] is None for row in rows):
            raise UsageError(
                f"{base.id} is not known from {span.start} to {span.through}: no row says how much",
                hint="choose another --period; " + base.remedy.replace("{kpi}", base.id),
            )
    return Drafts(lines=[_draft(row) for row in rows], currency=currency)


def _draft(row: Sums) -> Draft:
    before, after = (value or Decimal(0) for value in row.values)
    kind: Kind = "both" if before and after else "new" if after else "lost"
    change = float(after - before)
    parts: Parts = {"amount" if kind == "both" else kind: change} if change else {}
    return Draft(row.channel, row.key, row.name, kind, before, after, change, parts)
