"""A measure and the periods asked for, as one SQL statement that a person can read, print and run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from kpiterm.analysis.kpi.definition import Definition, Measure
from kpiterm.analysis.kpi.fragment import Fragment

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Levels:
    """How a table repeats the same facts: of the rows alike in `within`, only those of the first level are read."""

    column: str
    order: tuple[str, ...]
    within: tuple[str, ...] = ()
    other: bool = False


# Reports at several levels hold the same money, and two sources may report the same day: adding them would double it.
LEVELS = {
    "ad_day": Levels("level", ("campaign", "product", "search_term", "targeting", "placement"), ("ad_product",)),
    "traffic_day": Levels("level", ("account", "parent", "child", "sku")),
    "health_metric": Levels("segment", ("all",), ("metric",), other=True),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters ($1: the channel, if one is asked for); its rows are

    first_day, last_day, channel, account, source, currency, numerator, denominator, sample; of a percentile also rows
    over all accounts (account is NULL) and over all channels (channel is NULL too).
    """

    sql: str
    params: tuple[str, ...]

    def printable(self) -> str:
        """The same with the parameter written out, to be pasted into `kpiterm query`."""
        return self.sql.replace("$1", "'" + self.params[0].replace("'", "''") + "'") if self.params else self.sql


def compile_kpi(
    definition: Definition, spans: Sequence[Days], *, as_of: datetime, channel: str | None = None
) -> Statement:
    """The statement that measures a KPI over each of `spans` (first and last day), of one channel or of each."""
    measure = definition.measure
    if measure is None:
        raise ValueError(f"{definition.id} is derived from {definition.of}: compile that")
    body = _percentile if definition.kind == "percentile" else _sums
    where = _where(measure, spans, channel)
    # Days are written out: for every parameter DuckDB goes looking for pandas and numpy, 20 ms a board.
    sql = f"WITH {_periods(spans)},\n{body(definition, measure, where)}\n"
    moment = f"TIMESTAMP '{as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
    return Statement(sql.replace("{as_of}", moment), (channel,) if channel else ())


def _periods(spans: Sequence[Days]) -> str:
    rows = ",\n    ".join(f"(DATE '{first}', DATE '{last}')" for first, last in spans)
    return f"period(first_day, last_day) AS (VALUES\n    {rows}\n)"


def _where(measure: Measure, spans: Sequence[Days], channel: str | None) -> str:
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    parts = [f"{measure.day} BETWEEN DATE '{first}' AND DATE '{last}'"]
    levels = LEVELS.get(measure.table)
    if levels and not levels.other:
        parts.append(f"{levels.column} IN ({_texts(levels.order)})")
    if channel:
        parts.append("channel = $1")
    if measure.where:
        parts.append(f"({measure.where.sql})")
    return "\n      AND ".join(parts)


def _sums(definition: Definition, measure: Measure, where: str) -> str:
    """Sums by day first, which leaves few rows for the periods to be joined with."""
    levels = LEVELS.get(measure.table)
    keys = [levels.column, *levels.within] if levels else []
    currency = "currency" if measure.is_money else "CAST(NULL AS VARCHAR) AS currency"
    columns = ", ".join(["channel", "account", "source", currency, f"{measure.day} AS period_day", *keys])
    sums = f"""daily AS (
    SELECT {columns},
        {_sum(measure.numerator, measure.numerator_where)} AS upper,
        {_sum(measure.denominator, measure.denominator_where)} AS lower,
        count(*) AS sample
    FROM {measure.table}
    WHERE {where}
    GROUP BY ALL
)"""
    daily = "daily"
    if levels:
        sums, daily = f"{sums},\n{_one_level(levels)}", "single"
    last = _LAST if definition.kind == "last_ratio" else ""
    return f"""{sums},
placed AS (
    SELECT * FROM {daily} JOIN period ON period_day BETWEEN first_day AND last_day{last}
)
SELECT first_day, last_day, channel, account, source, currency,
    sum(upper) AS numerator, sum(lower) AS denominator, sum(sample) AS sample
FROM placed
GROUP BY ALL
ORDER BY ALL"""


_LAST = """
    QUALIFY dense_rank() OVER (PARTITION BY first_day, last_day, channel, account ORDER BY period_day DESC) = 1"""


def _one_level(levels: Levels) -> str:
    whens = "".join(f"\n            WHEN '{name}' THEN {rank}" for rank, name in enumerate(levels.order))
    rank = f"CASE {levels.column}{whens} ELSE {len(levels.order)} END"
    within = ", ".join(["account", "channel", "period_day", *levels.within])
    return f"""single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY {within}
        ORDER BY {rank}, source
    ) = 1
)"""


def _percentile(definition: Definition, measure: Measure, where: str) -> str:
    """Quantiles of channels cannot be added up, so that each total is read from the rows again."""
    return f"""sampled AS (
    SELECT channel, account, source, {measure.day} AS period_day,
        {measure.numerator.sql} AS value
    FROM {measure.table}
    WHERE {where}
      AND channel IS NOT NULL
)
SELECT first_day, last_day, channel, account, source, CAST(NULL AS VARCHAR) AS currency,
    quantile_disc(value, {_digits(definition.quantile)}) AS numerator, CAST(NULL AS BIGINT) AS denominator,
    count(value) AS sample
FROM sampled JOIN period ON period_day BETWEEN first_day AND last_day
GROUP BY GROUPING SETS (
    (first_day, last_day), (first_day, last_day, channel), (first_day, last_day, channel, account, source)
)
ORDER BY ALL"""


def _sum(part: Fragment | None, where: Fragment | None) -> str:
    if part is None:
        return "CAST(NULL AS DECIMAL(38,4))"
    return f"sum({part.sql}) FILTER (WHERE {where.sql})" if where else f"sum({part.sql})"


def _texts(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _digits(value: Decimal | None) -> str:
    return f"{value:f}" if value is not None else "NULL"
