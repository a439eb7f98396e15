"""A measure and the periods asked for, as one SQL statement that a person can read, print and run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from kpiterm.analysis.kpi.definition import Definition, Measure, columns_of
from kpiterm.analysis.kpi.fragment import Fragment
from kpiterm.analysis.kpi.relations import RELATIONS, business_day
from kpiterm.plugins import facts

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Levels:
    """How a table repeats the same facts: of the rows alike in `within`, only those of the first level are read.

    `order` are the values of `column` that may be read, best first; `other` lets unknown ones follow them. Of equal
    levels the first source counts, as `Measure.sources` has them, else by name. What gives no number at all comes last:
    of two reports of a day one may know the page views and the other not.
    """

    column: str | None = None
    order: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    other: bool = False


# Reports at several levels hold the same money, and two sources may report the same day: adding them would double it.
LEVELS = {
    "ad_day": Levels("level", ("campaign", "product", "search_term", "targeting", "placement"), ("ad_product",)),
    "traffic_day": Levels("level", ("account", "parent", "child", "sku")),
    "health_metric": Levels("segment", ("all",), ("metric",), other=True),
    "stock_day": Levels(within=("location",)),
    "settlement_line": Levels(),
    "fee": Levels(),
}
SOURCES_AS_NAMED = Levels()


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters ($1: the channel, if one is asked for); its rows are

    first_day, last_day, channel, account, source, currency, month, numerator, denominator, sample, missing; of a
    percentile also rows over all accounts (account is NULL) and over all channels (channel is NULL too).
    """

    sql: str
    params: tuple[str, ...]

    def printable(self) -> str:
        """The same with the parameter written out, to be pasted into `kpiterm query`."""
        return self.sql.replace("$1", "'" + self.params[0].replace("'", "''") + "'") if self.params else self.sql


def compile_kpi(
    definition: Definition,
    spans: Sequence[Days],
    *,
    as_of: datetime,
    channel: str | None = None,
    by_month: bool = False,
) -> Statement:
    """The statement that measures a KPI over each of `spans` (first and last day), of one channel or of each.

    `by_month` keeps months apart, for exchange rates.
    """
    measure = definition.measure
    if measure is None:
        raise ValueError(f"{definition.id} is derived from {', '.join(definition.refers)}: compile those")
    rows = rows_between(measure, min(a for a, _ in spans), max(b for _, b in spans), "channel = $1" if channel else "")
    # Days are written out: for every parameter DuckDB goes looking for pandas and numpy, 20 ms a board.
    if definition.kind == "percentile":
        body = _percentile(definition, measure, rows)
    else:
        body = _sums(definition, measure, rows, by_month)
    sql = at_moment(f"WITH {_periods(spans)},\n{body}\n", as_of)
    return Statement(sql, (channel,) if channel else ())


def at_moment(sql: str, as_of: datetime) -> str:
    """`sql` with the moment of the question written in."""
    return sql.replace("{as_of}", f"TIMESTAMP '{as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S}'")


def rollup_key(measure: Measure, zone: str) -> str:
    """Names the daily sums of a measure: they change their name with everything that their SQL says, and with the zone
    that cuts the days of channels which are no known marketplace."""
    day = date(2000, 1, 1)
    return hashlib.sha256(f"{zone}: {daily(measure, rows_between(measure, day, day))}".encode()).hexdigest()[:24]


def day_of(measure: Measure) -> str:
    """SQL for the business day of a row."""
    if columns_of(measure.table)[measure.day] == facts.DAY:
        return measure.day
    return business_day(measure.day, measure.timezone)


def rows_between(measure: Measure, first: date, last: date, also: str = "") -> str:
    """`FROM … WHERE …` for the rows that are measured between two days."""
    table = measure.table
    if relation := RELATIONS.get(table):
        table = f"(\n    {relation.between(first, last)}\n    )"
    parts = [f"{day_of(measure)} BETWEEN DATE '{first}' AND DATE '{last}'"]
    levels = LEVELS.get(measure.table)
    if levels and levels.column and not levels.other:
        parts.append(f"{levels.column} IN ({_texts(levels.order)})")
    if measure.sources:
        parts.append(f"source IN ({_texts(measure.sources)})")
    if measure.where:
        parts.append(f"({measure.where.sql})")
    where = "\n      AND ".join([*parts, also] if also else parts)
    return f"FROM {table}\n    WHERE {where}"


def daily(measure: Measure, rows: str) -> str:
    """Common table expressions, the last of which is `single`: sums by day of `rows_between`, each fact counted once.

    Its columns are channel, account, source, currency, period_day, part, upper, lower, sample, missing.
    """
    levels = LEVELS.get(measure.table) or (SOURCES_AS_NAMED if measure.sources else None)
    keys = [*([levels.column] if levels.column else []), *levels.within] if levels else []
    currency = "currency" if measure.is_money else "CAST(NULL AS VARCHAR) AS currency"
    part = levels.within[0] if levels and levels.within else "CAST(NULL AS VARCHAR)"
    columns = ", ".join(["channel", "account", "source", currency, f"{day_of(measure)} AS period_day", *keys])
    sums = f"""daily AS (
    SELECT {columns}, {part} AS part,
        {_upper(measure)} AS upper,
        {_sum(measure.denominator, measure.denominator_where)} AS lower,
        count(*) AS sample,
        {_missing(measure)} AS missing
    {rows}
    GROUP BY ALL
)"""
    return f"{sums},\n{_one_level(levels, measure)}" if levels else sums.replace("daily AS", "single AS", 1)


def _periods(spans: Sequence[Days]) -> str:
    rows = ",\n    ".join(f"(DATE '{first}', DATE '{last}')" for first, last in spans)
    return f"period(first_day, last_day) AS (VALUES\n    {rows}\n)"


def _sums(definition: Definition, measure: Measure, rows: str, by_month: bool) -> str:
    """Sums by day first, which leaves few rows for the periods to be joined with."""
    last = _LAST if definition.is_reading else ""
    month = "CAST(date_trunc('month', period_day) AS DATE)" if by_month else "CAST(NULL AS DATE)"
    return f"""{daily(measure, rows)},
placed AS (
    SELECT * FROM single JOIN period ON period_day BETWEEN first_day AND last_day{last}
)
SELECT first_day, last_day, channel, account, source, currency, {month} AS month,
    sum(upper) AS numerator, sum(lower) AS denominator, sum(sample) AS sample, sum(missing) AS missing
FROM placed
GROUP BY ALL
ORDER BY ALL"""


_LAST = """
    QUALIFY dense_rank() OVER (PARTITION BY first_day, last_day, channel, account, part ORDER BY period_day DESC) = 1"""


def _one_level(levels: Levels, measure: Measure) -> str:
    order = ["upper IS NULL"]
    if levels.column:
        order.append(_rank(levels.column, levels.order))
    order.append(_rank("source", measure.sources) if measure.sources else "source")
    within = ", ".join(["account", "channel", "period_day", *levels.within])
    return f"""single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY {within}
        ORDER BY {", ".join(order)}
    ) = 1
)"""


def _rank(column: str, order: Sequence[str]) -> str:
    whens = "".join(f"\n            WHEN '{name}' THEN {rank}" for rank, name in enumerate(order))
    return f"CASE {column}{whens} ELSE {len(order)} END"


def _percentile(definition: Definition, measure: Measure, rows: str) -> str:
    """Quantiles of channels cannot be added up, so that each total is read from the rows again."""
    return f"""sampled AS (
    SELECT channel, account, source, {day_of(measure)} AS period_day,
        {measure.numerator.sql} AS value
    {rows}
      AND channel IS NOT NULL
)
SELECT first_day, last_day, channel, account, source, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS DATE) AS month,
    quantile_disc(value, {_digits(definition.quantile)}) AS numerator, CAST(NULL AS BIGINT) AS denominator,
    count(value) AS sample, count(*) - count(value) AS missing
FROM sampled JOIN period ON period_day BETWEEN first_day AND last_day
GROUP BY GROUPING SETS (
    (first_day, last_day), (first_day, last_day, channel), (first_day, last_day, channel, account, source)
)
ORDER BY ALL"""


def _upper(measure: Measure) -> str:
    if measure.distinct:
        return f"count(DISTINCT {measure.numerator.sql})"
    return _sum(measure.numerator, measure.numerator_where)


def _missing(measure: Measure) -> str:
    """Rows that ought to have a numerator and have none."""
    also = f" AND ({measure.numerator_where.sql})" if measure.numerator_where else ""
    return f"count(*) FILTER (WHERE ({measure.numerator.sql}) IS NULL{also})"


def _sum(part: Fragment | None, where: Fragment | None) -> str:
    if part is None:
        return "CAST(NULL AS DECIMAL(38,4))"
    return f"sum({part.sql}) FILTER (WHERE {where.sql})" if where else f"sum({part.sql})"


def _texts(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _digits(value: Decimal | None) -> str:
    return f"{value:f}" if value is not None else "NULL"
