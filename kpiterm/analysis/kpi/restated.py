"""How much a day's figure still changes after it was first read, learnt from the superseded daily sums."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

from kpiterm.analysis.kpi.compile import rollup_key
from kpiterm.analysis.kpi.definition import RATIOS, Definition
from kpiterm.analysis.kpi.frame import ALL, Frame, Question
from kpiterm.analysis.kpi.outcome import Outcome
from kpiterm.analysis.view import Expected

ENOUGH = 10  # days whose figure at some age, and whose settled figure, are known
OLDEST = 45  # days: older ones are taken for settled

# Of every day: what was known of it so many days after it, beside what is known now. Days that were only read later
# (the first sync of a shop) say nothing about that.
_LEARN = """
WITH version AS (
    SELECT measure, day, channel, upper, lower, loaded_at, NULL AS superseded_at FROM kpi_day
    WHERE measure IN ({numbers}) AND day < DATE '{today}' - {oldest}
    UNION ALL
    SELECT measure, day, channel, upper, lower, loaded_at, superseded_at FROM kpi_day_history
    WHERE measure IN ({numbers}) AND day < DATE '{today}' - {oldest}
),
begun AS (SELECT measure, channel, day, min(loaded_at) AS first FROM version GROUP BY ALL),
known AS (
    SELECT age, measure, channel, version.day, sum(upper) AS upper, sum(lower) AS lower
    FROM version JOIN begun USING (measure, channel, day) CROSS JOIN range(1, {oldest}) AS ages(age)
    WHERE first < version.day + 1 + CAST(age AS INTEGER) AND loaded_at < version.day + 1 + CAST(age AS INTEGER)
      AND (superseded_at IS NULL OR superseded_at >= version.day + 1 + CAST(age AS INTEGER))
    GROUP BY ALL
),
settled AS (
    SELECT measure, channel, day, sum(upper) AS upper, sum(lower) AS lower
    FROM version WHERE superseded_at IS NULL GROUP BY ALL
)
SELECT measure, channel, age, count(*), sum(known.upper), sum(settled.upper), sum(known.lower), sum(settled.lower)
FROM known JOIN settled USING (measure, channel, day) GROUP BY ALL ORDER BY ALL
"""
_YOUNG = """
SELECT measure, channel, day, sum(upper), sum(lower) FROM kpi_day
WHERE measure IN ({numbers}) AND day >= DATE '{today}' - 2 * {oldest} GROUP BY ALL
"""
_Sum = Decimal | None


@dataclass(slots=True)
class _Sums:
    """Numerators and denominators as they were known at an age, as they settled, and of how many days."""

    days: int = 0
    known: list[Decimal] = field(default_factory=lambda: [Decimal(0), Decimal(0)])
    settled: list[Decimal] = field(default_factory=lambda: [Decimal(0), Decimal(0)])

    def add(self, days: int, known: list[_Sum], settled: list[_Sum]) -> None:
        self.days = max(self.days, days)
        for side in (0, 1):
            self.known[side] += known[side] or 0
            self.settled[side] += settled[side] or 0

    def growth(self, side: int) -> Decimal:
        """By how much the sums of that age grew until they settled."""
        return self.settled[side] / self.known[side] if self.known[side] and self.settled[side] else Decimal(1)


@dataclass(frozen=True, slots=True)
class Restatement:
    """What was learnt, by measure, channel and age; and the daily sums that are still young."""

    learnt: Mapping[tuple[int, str, int], _Sums]
    young: Mapping[int, list[tuple[str, date, _Sum, _Sum]]]


def learn(question: Question, definitions: Collection[Definition], today: date) -> Restatement:
    """All that is known of how these KPIs were restated, from two queries."""
    numbers = sorted({n for d in definitions if (n := _number(question, d)) is not None})
    if not numbers or not question.reader.rows("SELECT 1 FROM kpi_day_history LIMIT 1"):
        return Restatement({}, {})
    places = {"numbers": ", ".join(map(str, numbers)), "today": today, "oldest": OLDEST}
    learnt: dict[tuple[int, str, int], _Sums] = {}
    found = question.reader.rows(_LEARN.format(**places))
    rows = cast("list[tuple[int, str, int, int, _Sum, _Sum, _Sum, _Sum]]", found)
    for number, channel, age, days, a, b, c, d in rows:
        for place in (channel, ALL):
            learnt.setdefault((number, place, age), _Sums()).add(days, [a, c], [b, d])
    young: dict[int, list[tuple[str, date, _Sum, _Sum]]] = {}
    recent = cast("list[tuple[int, str, date, _Sum, _Sum]]", question.reader.rows(_YOUNG.format(**places)))
    for number, channel, day, a, b in recent:
        young.setdefault(number, []).append((channel, day, a, b))
    return Restatement(learnt, young)


def expected(
    question: Question, restatement: Restatement, definition: Definition, of: Frame, outcome: Outcome
) -> Expected | None:
    """What a value that is not yet final will probably come to; None where too little was ever restated to tell."""
    number = _number(question, definition)
    if number is None or outcome.value is None or outcome.numerator is None:
        return None
    now, then, days = [Decimal(0), Decimal(0)], [Decimal(0), Decimal(0)], 0
    for channel, day, *sums in restatement.young.get(number, ()):
        if not of.span.start <= day <= of.span.through or of.channel not in {None, channel}:
            continue
        age = min(max((of.today - day).days, 1), OLDEST - 1)
        learnt = restatement.learnt.get((number, of.name, age))
        enough = learnt is not None and learnt.days >= ENOUGH
        days = max(days, learnt.days if learnt and enough else 0)
        for side, amount in enumerate(sums):
            now[side] += amount or 0
            then[side] += (amount or 0) * (learnt.growth(side) if learnt and enough else 1)
    if not days or not now[0] or (definition.kind in RATIOS and not now[1]):
        return None
    growth = then[0] / now[0] / (then[1] / now[1] if definition.kind in RATIOS else 1)
    return Expected(value=outcome.value * growth, days=days)


def _number(question: Question, definition: Definition) -> int | None:
    if definition.measure is None or definition.kind not in {"sum", "distinct", *RATIOS} or definition.is_reading:
        return None
    return question.reader.rollups.get(rollup_key(definition.measure, question.clock.fallback))
