"""The cause of a KPI's change between the compared periods, by channel, SKU or campaign."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import cast

from kpiterm.analysis.cause.amounts import amount_drafts
from kpiterm.analysis.cause.assemble import Drafts, assemble
from kpiterm.analysis.cause.choice import base_of, check_sides, no_data, usual_by
from kpiterm.analysis.cause.composed import composed_drafts
from kpiterm.analysis.cause.exchange import in_one
from kpiterm.analysis.cause.lines import check_by
from kpiterm.analysis.cause.ratios import is_acos, ratio_drafts
from kpiterm.analysis.cause.result import By, Cause, Line
from kpiterm.analysis.cause.rows import Sides
from kpiterm.analysis.cause.sales import sales_drafts
from kpiterm.analysis.cause.sales_rows import UNITS
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.frame import Question, earlier, windowed
from kpiterm.analysis.kpi.frame import frame as frame_of
from kpiterm.i18n import named

MONEY, RATIO, COUNT = Decimal("0.0001"), Decimal("1E-12"), Decimal("0.0001")
TOP = 10


def explain(question: Question, kpi: str, *, by: By | None = None, channel: str | None = None, top: int = TOP) -> Cause:
    """Why `kpi` (of a growth: the KPI that grows) differs from the period before; `top` lines are told one by one.

    Without `by`: by channel, or within one channel by what its rows name. Raises UsageError, with the remedy, for a
    KPI that is no sum of its lines, rows that do not name them, several currencies, and where there are no data.
    """
    definition = question.catalogue[kpi]
    base, left_out = base_of(question, definition, channel)
    frame = frame_of(question, base, channel)
    span = windowed(definition, frame.span) if definition.kind == "growth" else frame.span
    sides = Sides(windowed(base, span), windowed(base, earlier(definition, span)), channel)
    chosen = by or usual_by(question, base, channel)
    check_by(base, question.leaves(base), chosen)
    late = check_sides(question, base, frame, sides)
    drafts = _drafts(question, base, sides, chosen)
    if not drafts.lines or frame.span.through < frame.span.start:
        raise no_data(question, base, frame)
    is_ratio = base.kind not in {"sum", "net"}
    found = assemble(drafts, quantum=RATIO if is_ratio else MONEY, top=top)
    lines, leads = found.lines, {} if base.refers or is_ratio or chosen == "channel" else found.leads
    if chosen == "sku":
        told = _titled(question, sides, (*lines, *leads.values()))
        lines, leads = told[: len(lines)], dict(zip(leads, told[len(lines) :], strict=True))
    growth = (found.after - found.before) / found.before if definition.kind == "growth" and found.before else None
    return Cause(
        kpi=kpi,
        name=named(base.name, question.config.language),
        unit=base.unit,
        is_ratio=is_ratio,
        direction=base.direction,
        currency=drafts.currency,
        by=chosen,
        channel=channel,
        period=sides.period,
        against=sides.against,
        before=found.before,
        after=found.after,
        growth=growth,
        parts=found.parts,
        levels=drafts.levels,
        lines=lines,
        rest=found.rest,
        counts=found.counts,
        rises=found.rises,
        falls=found.falls,
        risen=found.risen,
        fallen=found.fallen,
        out=found.out,
        out_change=found.out_change,
        out_lost=found.out_lost,
        leads=leads,
        notes=(*drafts.notes, *left_out, *late),
        components=drafts.components,
    )


def _drafts(question: Question, base: Definition, sides: Sides, by: By) -> Drafts:
    if base.refers:
        return composed_drafts(question, base, sides, by)
    assert base.measure is not None
    acos = is_acos(base.measure)
    ((base, sides),), _ = in_one(question, [(base, sides)])
    assert base.measure is not None
    if base.kind != "sum":
        return ratio_drafts(question, base, sides, by, acos=acos)
    if base.unit == "money" and base.measure.table in UNITS:
        return sales_drafts(question, base, sides, by)
    return amount_drafts(question, base, sides, by)


def _titled(question: Question, sides: Sides, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with the product's name, of the few that are told."""
    names = ", ".join("'" + line.key.replace("'", "''") + "'" for line in lines if line.key)
    if not names:
        return lines
    sql = f"""SELECT channel, sku, max(title) FROM order_line
WHERE {sides.where("business_day")} AND sku IN ({names}) GROUP BY channel, sku"""
    rows = question.reader.rows(sql, sides.params)
    titles = {(channel, sku): cast("str | None", title) for channel, sku, title in rows}
    return tuple(replace(line, title=titles.get((line.channel, line.key))) for line in lines)
