"""On which days a SKU had nothing left to sell, as the stock readings say, and what it would have sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from kpiterm.analysis.cause.result import Outage
from kpiterm.analysis.cause.rows import Sides, finished
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.relations import RELATIONS

Key = tuple[str, str]  # channel and SKU
Out = Mapping[Key, Outage]


def outages(question: Question, sides: Sides) -> Out:
    """By channel and SKU: the days whose last reading, at every place, had nothing available.

    A day without a reading counts as none: what is not known is not claimed.
    """
    readings = RELATIONS["stock_day"].between(sides.against.start, sides.period.through)
    rows = f"FROM ({readings})\n    WHERE {sides.where('day')} AND available IS NOT NULL"
    sql = f"""WITH {sides.expression()}
SELECT channel, sku, count(*) FILTER (WHERE side = 0), count(*) FILTER (WHERE side = 1),
    min(day) FILTER (WHERE side = 1), max(day) FILTER (WHERE side = 1)
FROM (
    SELECT channel, sku, side, day
    {sides.joined(rows, "day")}
    GROUP BY channel, sku, side, day
    HAVING max(available) <= 0
)
GROUP BY channel, sku"""
    found = cast(
        "list[tuple[str, str, int, int, date | None, date | None]]",
        question.reader.rows(finished(sql, question), sides.params),
    )
    lost = _lost(question, sides) if any(row[3] for row in found) else {}
    return {
        (channel, sku): Outage(before, after, first, last, lost.get((channel, sku)))
        for channel, sku, before, after, first, last in found
    }


def _lost(question: Question, sides: Sides) -> dict[Key, Decimal]:
    """Units that would have been sold on the days of the period on which there was nothing, by the 30 days before."""
    span = sides.period
    sql = f"""SELECT channel, sku, sum(lost_units)
FROM ({RELATIONS["stock_out"].between(span.start, span.through)})
WHERE day BETWEEN DATE '{span.start}' AND DATE '{span.through}'{" AND channel = $1" if sides.channel else ""}
GROUP BY channel, sku"""
    rows = cast("list[tuple[str, str, Decimal]]", question.reader.rows(finished(sql, question), sides.params))
    return {(channel, sku): Decimal(units) for channel, sku, units in rows}
