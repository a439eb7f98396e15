"""Amounts of several currencies brought to one, at the frozen rate of their month, before lines are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from kpiterm.analysis.cause.rows import Sides, finished, quoted
from kpiterm.analysis.kpi.compile import day_of, rows_between
from kpiterm.analysis.kpi.definition import Definition, Measure
from kpiterm.analysis.kpi.fragment import Fragment
from kpiterm.analysis.kpi.frame import Question
from kpiterm.analysis.kpi.fx import RatesMissing
from kpiterm.errors import UsageError

Read = Sequence[tuple[Definition, Sides]]
_Found = set[tuple[str, date]]  # currency and month


def in_one(question: Question, read: Read) -> tuple[list[tuple[Definition, Sides]], str | None]:
    """The same, with measures that are converted into the base of fx.toml where the amounts are in several currencies;
    and the one currency, if there are amounts. UsageError where rates are missing."""
    found = [_currencies(question, leaf, sides) for leaf, sides in read]
    names = sorted({currency for each in found for currency, _ in each})
    if len(names) < 2:
        return list(read), names[0] if names else None
    base = question.rates.base
    if base is None:
        raise UsageError(
            f"{', '.join(leaf.id for leaf, _ in read)} is in {', '.join(names)}: "
            "amounts of different currencies are never added",
            hint="write the months' rates to fx.toml, or each currency must be explained alone"
            + ("" if read[0][1].channel else ": add --channel CHANNEL"),
        )
    pairs = zip(read, found, strict=True)
    return [_converted(question, leaf, replace(sides, into=base), each) for (leaf, sides), each in pairs], base


def _currencies(question: Question, leaf: Definition, sides: Sides) -> _Found:
    """Of the amounts that are not zero; nothing is nothing in any currency."""
    measure = leaf.measure
    if measure is None or not measure.is_money:
        return set()
    day = day_of(measure)
    first = min(sides.against.start, sides.period.start)
    parts = [measure.numerator, measure.denominator]
    some = " OR ".join(f"({p.sql}) <> 0" for p, is_money in zip(parts, measure.amounts, strict=True) if p and is_money)
    sql = f"SELECT DISTINCT currency, CAST(date_trunc('month', {day}) AS DATE) " + rows_between(
        measure, first, sides.period.through, f"{sides.where(day)} AND currency IS NOT NULL AND ({some})"
    )
    return cast("_Found", set(question.reader.rows(finished(sql, question), sides.params)))


def _converted(question: Question, leaf: Definition, sides: Sides, found: _Found) -> tuple[Definition, Sides]:
    measure = leaf.measure
    if measure is None or not measure.is_money or sides.into is None:
        return leaf, sides
    try:
        rates = {pair: question.rates.rate(pair[0], sides.into, pair[1]) for pair in sorted(found)}
    except RatesMissing as error:
        raise UsageError(f"{leaf.id}: {error}", hint="write the month's rate to fx.toml") from None
    whens = " ".join(
        f"WHEN currency = {quoted(currency)} AND date_trunc('month', {day_of(measure)}) = DATE '{month}' THEN {rate:f}"
        for (currency, month), rate in rates.items()
        if currency != sides.into
    )
    factor = f"CASE {whens} ELSE 1 END" if whens else "1"
    upper, lower = (
        part and (_times(part, factor, measure) if is_money else part)
        for part, is_money in zip((measure.numerator, measure.denominator), measure.amounts, strict=True)
    )
    assert upper is not None
    return replace(leaf, measure=replace(measure, numerator=upper, denominator=lower)), sides


def _times(part: Fragment, factor: str, measure: Measure) -> Fragment:
    return Fragment(f"({part.sql}) * ({factor})", part.columns | {"currency", measure.day})
