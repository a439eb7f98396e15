"""What each line sold and how often it was visited, on both sides, as statements and what they return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, cast

from kpiterm.analysis.cause.lines import numerator
from kpiterm.analysis.cause.lmdi import Sold
from kpiterm.analysis.cause.result import By
from kpiterm.analysis.cause.rows import Picked, Sides, on_days, owners, quoted, selected
from kpiterm.analysis.kpi.compile import day_of
from kpiterm.analysis.kpi.definition import Measure
from kpiterm.analysis.kpi.fragment import Fragment

VISITS = Measure(
    table="traffic_day",
    day="day",
    numerator=Fragment("sessions", frozenset({"sessions"})),
    where=Fragment("sessions IS NOT NULL", frozenset({"sessions"})),
)
UNITS = {"order_line": "quantity", "traffic_day": "units"}
"""The tables whose sales can be taken apart, and their column of units."""

Blind = set[tuple[str, str, int]]  # account, channel and the day's number in its side


@dataclass(frozen=True, slots=True)
class Day:
    """What an account sold on one day of a side, and how often it was visited; `nth` is the day's number."""

    account: str
    channel: str
    side: int
    nth: int
    day: date
    units: float
    visits: float


class SoldLine(NamedTuple):
    """What a line sold in all, on the days with known visits, and on the others."""

    channel: str
    key: str | None
    total: tuple[Decimal, Decimal]
    before: Sold
    after: Sold
    hidden: tuple[Sold, Sold]


def blind_days(days: Iterable[Day]) -> Blind:
    """Days on which something was sold though no visit is known, on either side: left out of both, to compare like
    with like. No visits beside sales means that the report is not ready."""
    return {(day.account, day.channel, day.nth) for day in days if day.units > 0 and not day.visits}


def sums_of(measure: Measure) -> dict[str, str]:
    """What is added up of a row: its sales, and the units that they are for."""
    amount = numerator(measure)
    # A line without a price yet adds nothing to sales; counted as sold, it would look like a price cut.
    return {"sales": amount, "units": f"CASE WHEN ({amount}) IS NOT NULL THEN {UNITS[measure.table]} END"}


def days_of(sold: Picked, seen: Picked, sides: Sides) -> list[Day]:
    """What was sold and seen, day by day, on each side that the day is in."""
    found: dict[tuple[str, str, date], tuple[float, float]] = {}
    for (account, channel, day, _), (_, units) in sold.days.items():
        before = found.get((account, channel, day), (0.0, 0.0))
        found[account, channel, day] = before[0] + units, 0.0
    for (account, channel, day, _), (visits,) in seen.days.items():
        before = found.get((account, channel, day), (0.0, 0.0))
        found[account, channel, day] = before[0], before[1] + visits
    return [
        Day(account, channel, side, nth, day, *sums)
        for (account, channel, day), sums in found.items()
        for side, nth in sides.places(day)
    ]


def by_line(measure: Measure, sides: Sides, by: By, read: tuple[str, str, Sequence[str]], blind: Blind) -> str:
    """Sales and units in all, then on the days with known visits beside these, then on the other days, by line."""
    sold_where, seen_where, levels = read
    unseen = _hidden(day_of(measure), sides, blind)
    sums = [f"sum({sql}) AS {name}" for name, sql in sums_of(measure).items()]
    sold = selected(measure, sides, by, [f"{unseen} AS unseen", *sums], sold_where)
    level = f" AND level IN ({', '.join(map(quoted, levels))})" if levels else ""
    seen = selected(VISITS, sides, by, ["sum(sessions) AS visits"], f"({seen_where}){level}")
    seen += f"\n    WHERE NOT {_hidden('day', sides, blind)}"
    line, seen_line, owner, join = _keys(measure, sides, by)
    wanted = {" AND NOT unseen": ("sales", "units", "visits"), " AND unseen": ("sales", "units")}
    totals = [
        f"CAST(coalesce(sum({column}) FILTER (WHERE side = {side}{where}), 0) AS DOUBLE)"
        for where, columns in wanted.items()
        for column in columns
        for side in (0, 1)
    ]
    return f"""WITH {sides.expression()},
sold AS (
    {sold}
    GROUP BY ALL
),
seen AS (
    {seen}
    GROUP BY ALL
),{owner}
fact AS (
    SELECT channel, side, {line} AS line, unseen, sales, units, NULL AS visits FROM sold{join[0]}
    UNION ALL
    SELECT channel, side, {seen_line}, false, NULL, NULL, visits FROM seen{join[1]}
)
SELECT channel, line, sum(sales) FILTER (WHERE side = 0), sum(sales) FILTER (WHERE side = 1), {", ".join(totals)}
FROM fact
GROUP BY channel, line"""


def _keys(measure: Measure, sides: Sides, by: By) -> tuple[str, str, str, tuple[str, str]]:
    """The line of what was sold and of what was seen, the expression of owners, and how each is joined with it."""
    if by == "channel":
        return "CAST(NULL AS VARCHAR)", "NULL", "", ("", "")
    owner = f"\n{owners({'order_line': sides.where('business_day')})},"
    join = " LEFT JOIN owner USING (channel, item_id)"
    if measure.table == "order_line":
        return "sku", "coalesce(sku, owned_sku)", owner, ("", join)
    line = "coalesce(sku, owned_sku, item_id)"
    return line, line, owner, (join, join)


def _hidden(day: str, sides: Sides, blind: Blind) -> str:
    """The condition for a row of either side to be on a day without known visits."""
    parts = []
    for side, span in enumerate((sides.against, sides.period)):
        days: dict[tuple[str, str], list[date]] = {}
        for account, channel, nth in blind:
            days.setdefault((account, channel), []).append(span.start + timedelta(nth))
        parts.append(f"side = {side} AND {on_days(day, days)}")
    return f"coalesce({' OR '.join(parts)}, false)" if blind else "false"


def line_of(row: tuple[object, ...]) -> SoldLine:
    """One row of `by_line`."""
    channel, key, before, after, *rest = row
    s0, s1, u0, u1, v0, v1, hidden0, hidden1, units0, units1 = cast("list[float]", rest)
    return SoldLine(
        channel=str(channel),
        key=cast("str | None", key),
        total=(cast("Decimal | None", before) or Decimal(0), cast("Decimal | None", after) or Decimal(0)),
        before=Sold(s0, u0, v0),
        after=Sold(s1, u1, v1),
        hidden=(Sold(hidden0, units0), Sold(hidden1, units1)),
    )
