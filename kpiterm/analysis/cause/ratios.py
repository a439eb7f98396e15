"""A change in a ratio of sums: ACoS by CPC, CVR and AOV, any other by each line's own rate; and the mix of lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kpiterm.analysis.cause.assemble import Draft, Drafts, Levels
from kpiterm.analysis.cause.lines import Sums, guarded, numerator, read_lines
from kpiterm.analysis.cause.lmdi import Advertised, Pair, Parts, acos_parts, ratio_parts
from kpiterm.analysis.cause.result import By, Kind, Note
from kpiterm.analysis.cause.rows import SKU_LEVELS, Sides
from kpiterm.analysis.format import format_value
from kpiterm.analysis.kpi.definition import Definition, Measure
from kpiterm.analysis.kpi.frame import Question
from kpiterm.errors import UsageError

_ALIKE = Decimal("0.0005")


def is_acos(measure: Measure) -> bool:
    """Whether it is spend over attributed sales, which clicks and orders take apart further."""
    below = measure.denominator.sql if measure.denominator else None
    return (measure.table, measure.numerator.sql, below) == ("ad_day", "spend", "attributed_sales")


def ratio_drafts(question: Question, base: Definition, sides: Sides, by: By, *, acos: bool) -> Drafts:
    """The lines of a ratio; UsageError where it is undefined on either side, or in several currencies."""
    measure = base.measure
    assert measure is not None
    lower = guarded(measure.denominator, measure.denominator_where)
    sums = {"upper": numerator(measure), "lower": lower}
    rows, currency = read_lines(
        question, base, sides, by, {**sums, "clicks": "clicks", "orders": "attributed_orders"} if acos else sums
    )
    before, after = _values(base, rows, sides)
    below = float(_total(rows, 2)), float(_total(rows, 3))
    lines = [_draft(row, acos=acos, below=below, average=float(before + after) / 2) for row in rows]
    notes = []
    if by == "sku" and measure.table in SKU_LEVELS:
        notes = _level_notes(rows, (before, after), read_lines(question, base, sides, "channel", sums)[0])
    return Drafts(
        lines=lines,
        currency=currency,
        notes=notes,
        levels=_levels(rows) if acos else {},
        before=before,
        after=after,
    )


def _values(base: Definition, rows: Sequence[Sums], sides: Sides) -> tuple[Decimal, Decimal]:
    for side, span in enumerate((sides.against, sides.period)):
        if not _total(rows, 2 + side):
            raise UsageError(
                f"{base.id} is undefined from {span.start} to {span.through}: nothing to divide by",
                hint="choose another --period or --channel",
            )
    return _total(rows, 0) / _total(rows, 2), _total(rows, 1) / _total(rows, 3)


def _draft(row: Sums, *, acos: bool, below: Pair, average: float) -> Draft:
    sums = [float(value or 0) for value in row.values]
    if acos:
        parts = acos_parts(Advertised(*sums[0::2]), Advertised(*sums[1::2]), below, average)
    else:
        parts = ratio_parts((sums[0], sums[1]), (sums[2], sums[3]), below, average)
    before, after = (_ratio(row.values[side], row.values[2 + side]) for side in (0, 1))
    return Draft(row.channel, row.key, row.name, _kind(parts), before, after, sum(parts.values()), parts)


def _kind(parts: Parts) -> Kind:
    return "new" if "new" in parts else "lost" if "lost" in parts else "both"


def _level_notes(rows: Sequence[Sums], values: tuple[Decimal, Decimal], board: Sequence[Sums]) -> list[Note]:
    """What the reports by SKU leave out, against the level that the KPI itself reads."""
    notes = []
    total = _total(rows, 1)
    unnamed = sum((row.values[1] or Decimal(0) for row in rows if row.key is None), Decimal(0))
    if unnamed and total:
        notes.append(Note("no_sku", (format_value(unnamed / total, "ratio"),)))
    own = [_ratio(_total(board, side), _total(board, 2 + side)) for side in (0, 1)]
    if any(value is not None and abs(value - ours) > _ALIKE for value, ours in zip(own, values, strict=True)):
        notes.append(Note("levels_differ", tuple(format_value(value, "ratio") for value in own)))
    return notes


def _levels(rows: Sequence[Sums]) -> Levels:
    """CPC, CVR and AOV over all lines, before and after, where they are defined on both sides."""
    pairs = {"cpc": (0, 4), "cvr": (6, 4), "aov": (2, 6)}
    found = {}
    for name, (upper, lower) in pairs.items():
        before, after = (_ratio(_total(rows, upper + side), _total(rows, lower + side)) for side in (0, 1))
        if before is not None and after is not None:
            found[name] = before, after
    return found


def _total(rows: Sequence[Sums], column: int) -> Decimal:
    return sum((row.values[column] or Decimal(0) for row in rows), Decimal(0))


def _ratio(upper: Decimal | None, lower: Decimal | None) -> Decimal | None:
    return (upper or Decimal(0)) / lower if lower else None
