"""A measure's sums by line, on both sides of the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from kpiterm.analysis.cause.result import By
from kpiterm.analysis.cause.rows import EVERYTHING, KEYS, SKU_LEVELS, Sides, finished, owners, pick, selected
from kpiterm.analysis.kpi.compile import LEVELS
from kpiterm.analysis.kpi.definition import Definition, Measure, columns_of
from kpiterm.analysis.kpi.fragment import Fragment
from kpiterm.analysis.kpi.frame import Question
from kpiterm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Sums:
    """One line; `values` are its sums, each before and after, None where it has no rows."""

    channel: str
    key: str | None
    name: str
    values: tuple[Decimal | None, ...]


def read_lines(
    question: Question, base: Definition, sides: Sides, by: By, sums: Mapping[str, str]
) -> tuple[list[Sums], str | None]:
    """The lines that have any row, and their one currency; `sums` are names and the SQL that is added up."""
    measure = base.measure
    assert measure is not None
    levels = SKU_LEVELS.get(measure.table, ()) if by == "sku" else ()
    picked = pick(question, measure, sides, sums, levels) if measure.table in LEVELS or measure.sources else None
    owner = by == "sku" and "item_id" in columns_of(measure.table)
    added = ", ".join(f"sum({alias}) FILTER (WHERE side = {side})" for alias in sums for side in (0, 1))
    some = f"FILTER (WHERE {' OR '.join(f'{alias} <> 0' for alias in sums)})"
    currency = ["currency" if "currency" in columns_of(measure.table) else "CAST(NULL AS VARCHAR) AS currency"]
    columns = [*currency, *(f"{sql} AS {alias}" for alias, sql in sums.items())]
    rows = selected(measure, sides, by, columns, picked.condition if picked else EVERYTHING)
    sql = f"""WITH {sides.expression()}{f",{chr(10)}{_owner(sides)}" if owner else ""}
SELECT channel, {_KEY[by] if owner or by != "sku" else "sku"} AS line, {_NAME.get(by, "NULL")} AS name,
    min(currency) {some}, max(currency) {some}, {added}
FROM ({rows}){" LEFT JOIN owner USING (channel, item_id)" if owner else ""}
GROUP BY channel, line
ORDER BY channel, line"""
    found = question.reader.rows(finished(sql, question), sides.params)
    if not measure.is_money:
        return [_sums(row) for row in found], None
    currencies = [cast("str | None", c) for row in found for c in row[3:5]]
    return [_sums(row) for row in found], only_currency(base, currencies, sides)


def only_currency(base: Definition, currencies: Sequence[str | None], sides: Sides) -> str | None:
    """The one currency of what was added up; UsageError where there are several, since they never are."""
    if sides.into:
        return sides.into
    found = sorted({currency for currency in currencies if currency})
    if len(found) > 1:
        raise UsageError(
            f"{base.id} is in {', '.join(found)}: amounts of different currencies are never added",
            hint="each currency must be explained alone" + ("" if sides.channel else ": add --channel CHANNEL"),
        )
    return found[0] if found else None


def named_by(measure: Measure, by: By) -> bool:
    """Whether rows say what they are to be told apart by."""
    return not KEYS[by] or any(key in columns_of(measure.table) for key in KEYS[by])


def check_by(base: Definition, leaves: Sequence[Definition], by: By) -> None:
    """UsageError where no rows say what they are to be told apart by; `leaves` are what the KPI is made of."""
    measures = [leaf.measure for leaf in leaves if leaf.measure]
    if any(named_by(measure, by) for measure in measures):
        return
    ways = [way for way in KEYS if any(named_by(measure, way) for measure in measures)]
    tables = ", ".join(dict.fromkeys(measure.table for measure in measures))
    what = "SKU" if by == "sku" else by
    raise UsageError(f"{base.id} cannot be told by {what}: {tables} names none", hint=f"--by {' or '.join(ways)}")


def guarded(part: Fragment | None, where: Fragment | None) -> str:
    """What a KPI adds up of a row, where its own condition holds."""
    if part is None:
        return "NULL"
    return f"CASE WHEN {where.sql} THEN {part.sql} END" if where else part.sql


def numerator(measure: Measure) -> str:
    return guarded(measure.numerator, measure.numerator_where)


_KEY: Mapping[By, str] = {
    "channel": "CAST(NULL AS VARCHAR)",
    "sku": "coalesce(sku, owned_sku, item_id)",
    "campaign": "campaign_id",
}
_NAME: Mapping[By, str] = {"campaign": "max(campaign)"}


def _owner(sides: Sides) -> str:
    return owners(
        {
            "order_line": sides.where("business_day"),
            "traffic_day": f"level = 'sku' AND {sides.where('day')}",
            "listing": "true",
        }
    )


def _sums(row: tuple[object, ...]) -> Sums:
    channel, key, name, _, _, *values = row
    known = cast("str | None", key)
    return Sums(
        str(channel), known, str(name or key or channel), tuple(None if v is None else Decimal(str(v)) for v in values)
    )
