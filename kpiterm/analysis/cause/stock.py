"""On which days a SKU had nothing left to sell, as the stock readings say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from kpiterm.analysis.cause.rows import Sides, finished
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.relations import RELATIONS

Out = Mapping[tuple[str, str], tuple[int, int]]


def days_out(question: Question, sides: Sides) -> Out:
    """Days before and after by channel and SKU: those whose last reading, at every place, had nothing available.

    A day without a reading counts as none: what is not known is not claimed.
    """
    readings = RELATIONS["stock_day"].between(sides.against.start, sides.period.through)
    rows = f"FROM ({readings})\n    WHERE {sides.where('day')} AND available IS NOT NULL"
    sql = f"""WITH {sides.expression()}
SELECT channel, sku, count(*) FILTER (WHERE side = 0), count(*) FILTER (WHERE side = 1)
FROM (
    SELECT channel, sku, side, day
    {sides.joined(rows, "day")}
    GROUP BY channel, sku, side, day
    HAVING max(available) <= 0
)
GROUP BY channel, sku"""
    found = cast("list[tuple[str, str, int, int]]", question.reader.rows(finished(sql, question), sides.params))
    return {(channel, sku): (before, after) for channel, sku, before, after in found}
