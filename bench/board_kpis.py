"""Which KPIs the board's benchmark asks for, over which months, and what DuckDB reads for them from the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

from kpiterm.analysis.kpi.catalogue import Catalogue
from kpiterm.analysis.kpi.compile import Days, compile_kpi
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.relations import RELATIONS
from kpiterm.store.read import Reader

TABLES = frozenset({"order_line", "ad_day", "traffic_day"})
_NUMERATOR = 7


def measured(catalogue: Catalogue) -> list[Definition]:
    """The KPIs that are read from one of the filled tables."""
    return [d for d in catalogue.values() if d.measure and d.measure.table in TABLES and not d.measure.sources]


def first_kpis(catalogue: Catalogue, count: int) -> Catalogue:
    """The first `count` that read the filled tables, alone or with others, and what they are computed from."""
    chosen: dict[str, Definition] = {}
    for definition in catalogue.values():
        if _reads(definition, catalogue):
            both = chosen | _with_parts(definition, catalogue)
            chosen = both if len(both) <= count else chosen
    return {name: d for name, d in catalogue.items() if name in chosen}


def _reads(definition: Definition, catalogue: Catalogue) -> bool:
    if measure := definition.measure:
        relation = RELATIONS.get(measure.table)
        return bool(TABLES & ({*relation.tables} if relation else {measure.table}))
    return any(_reads(catalogue[name], catalogue) for name in definition.refers)


def _with_parts(definition: Definition, catalogue: Catalogue) -> dict[str, Definition]:
    found = {definition.id: definition}
    for name in filter(None, (*definition.refers, definition.instead)):
        found |= _with_parts(catalogue[name], catalogue)
    return found


def last_months(today: date, count: int = 13) -> list[Days]:
    """First and last day of this month and those before it, the latest first."""
    months, first = [], today.replace(day=1)
    for _ in range(count):
        months.append((first, (first + timedelta(31)).replace(day=1) - timedelta(1)))
        first = (first - timedelta(1)).replace(day=1)
    return months


def query_each(reader: Reader, kpis: Sequence[Definition], months: Sequence[Days]) -> Mapping[str, Decimal]:
    """One query per KPI; what the numerators come to over all months and channels."""
    totals = {}
    for definition in kpis:
        statement = compile_kpi(definition, months, as_of=datetime.now(UTC))
        rows = reader.rows(statement.sql, statement.params)
        totals[definition.id] = sum((Decimal(cast("str", row[_NUMERATOR]) or 0) for row in rows), Decimal(0))
    return totals
