"""How much a day's figure still changes after it was first read, learnt from the superseded daily sums."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from kpiterm.analysis.kpi.compile import rollup_key
from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.frame import Frame, Question
from kpiterm.analysis.kpi.outcome import Outcome
from kpiterm.analysis.view import Expected

_Sum = Decimal | None
ENOUGH = 10  # days whose figure at some age, and whose settled figure, are known
OLDEST = 45  # days: older ones are taken for settled

# Of every day: what was known of it so many days after it, beside what is known now. Days that were only read later
# (the first sync of a shop) say nothing about that.
_LEARN = """
WITH version AS (
    SELECT day, channel, account, source, upper, lower, loaded_at, NULL AS superseded_at FROM kpi_day
    WHERE measure = {number} AND {mine}
    UNION ALL
    SELECT day, channel, account, source, upper, lower, loaded_at, superseded_at FROM kpi_day_history
    WHERE measure = {number} AND {mine}
),
begun AS (SELECT day, min(loaded_at) AS first FROM version GROUP BY ALL),
known AS (
    SELECT age, version.day, sum(upper) AS upper, sum(lower) AS lower
    FROM version JOIN begun USING (day) CROSS JOIN range(1, {oldest}) AS ages(age)
    WHERE version.day < DATE '{today}' - {oldest} AND first < version.day + 1 + CAST(age AS INTEGER)
      AND loaded_at < version.day + 1 + CAST(age AS INTEGER)
      AND (superseded_at IS NULL OR superseded_at >= version.day + 1 + CAST(age AS INTEGER))
    GROUP BY ALL
),
settled AS (SELECT day, sum(upper) AS upper, sum(lower) AS lower FROM version WHERE superseded_at IS NULL GROUP BY ALL)
SELECT age, count(*), sum(known.upper), sum(settled.upper), sum(known.lower), sum(settled.lower)
FROM known JOIN settled USING (day) GROUP BY ALL ORDER BY ALL
"""
_NOW = """
SELECT DATE '{today}' - day AS age, sum(upper), sum(lower) FROM kpi_day
WHERE measure = {number} AND {mine} AND day BETWEEN DATE '{first}' AND DATE '{last}' GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """By how much numerators and denominators of an age grew until they settled."""

    upper: Decimal
    lower: Decimal


def expected(question: Question, definition: Definition, of: Frame, outcome: Outcome) -> Expected | None:
    """What a value that is not yet final will probably come to; None where too little was ever restated to tell."""
    number = _number(question, definition)
    if number is None or outcome.value is None or outcome.numerator is None:
        return None
    mine = "channel = '" + of.channel.replace("'", "''") + "'" if of.channel else "true"
    places = {"number": number, "mine": mine, "today": of.today, "oldest": OLDEST}
    learnt, days = _learn(question, places)
    if not learnt:
        return None
    now = question.reader.rows(_NOW.format(first=of.span.start, last=of.span.through, **places))
    upper = lower = upper_then = lower_then = Decimal(0)
    for age, a, b in cast("list[tuple[int, Decimal | None, Decimal | None]]", now):
        factor = learnt.get(min(int(age), OLDEST - 1), _Learnt(Decimal(1), Decimal(1)))
        upper, lower = upper + (a or 0), lower + (b or 0)
        upper_then, lower_then = upper_then + (a or 0) * factor.upper, lower_then + (b or 0) * factor.lower
    growth = (upper_then / upper if upper else Decimal(1)) / (lower_then / lower if lower else Decimal(1))
    if definition.kind not in RATIOS:
        growth = upper_then / upper if upper else Decimal(1)
    return Expected(value=outcome.value * growth, days=days)


def _number(question: Question, definition: Definition) -> int | None:
    if definition.measure is None or definition.kind not in {"sum", "distinct", *RATIOS} or definition.is_reading:
        return None
    return question.reader.rollups.get(rollup_key(definition.measure, question.clock.fallback))


def _learn(question: Question, places: dict[str, object]) -> tuple[dict[int, _Learnt], int]:
    found, most = {}, 0
    rows = question.reader.rows(_LEARN.format(**places))
    for age, days, *sums in cast("list[tuple[int, int, _Sum, _Sum, _Sum, _Sum]]", rows):
        known, settled, known_lower, settled_lower = sums
        if days >= ENOUGH:
            found[int(age)] = _Learnt(_ratio(settled, known), _ratio(settled_lower, known_lower))
            most = max(most, int(days))
    return found, most


def _ratio(settled: Decimal | None, known: Decimal | None) -> Decimal:
    return settled / known if settled and known else Decimal(1)
