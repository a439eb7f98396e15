"""Judges a pilot: its months' scores, each weighted by its days within the pilot, against the score that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.model import Pilot, Score
from kpiterm.analysis.contract.segments import whole_month
from kpiterm.i18n import N_, said, sentences

Verdict = Literal["pending", "running", "pass", "fail", "extend"]
VERDICTS = (N_("pending"), N_("running"), N_("pass"), N_("fail"), N_("extend"))


@dataclass(frozen=True, slots=True)
class Part:
    """A month of the pilot: how many of its days belong to it, and its score; None while it is held or not over."""

    period: str
    days: int
    score: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What became of a pilot, and the sum that shows it."""

    pilot: Pilot
    parts: tuple[Part, ...]
    score: Decimal | None
    verdict: Verdict
    arithmetic: str


def evaluate(pilot: Pilot, terms: Score | None, score_of: Callable[[str], Decimal | None], today: date) -> Evaluation:
    """Passed at the agreed score. It is to be extended where a month could not be scored, or where what is missing lies
    within the score's own dead band; else it failed. `score_of` settles a month."""
    over = [Part(period, days, score_of(period) if end < today else None) for period, days, end in _months(pilot)]
    scored = [(part.days, part.score) for part in over if part.score is not None]
    days = sum(n for n, _ in scored)
    score = sum((n * s for n, s in scored), Decimal(0)) / days if days else None
    return Evaluation(
        pilot=pilot, parts=tuple(over), score=score, verdict=_verdict(pilot, terms, over, score, today),
        arithmetic=_arithmetic(pilot, over, score),
    )  # fmt: skip


def _verdict(pilot: Pilot, terms: Score | None, parts: list[Part], score: Decimal | None, today: date) -> Verdict:
    if today < pilot.start:
        return "pending"
    if today <= max(pilot.end, whole_month(parts[-1].period).end):
        return "running"
    if score is None or any(part.score is None for part in parts):
        return "extend"
    if score >= pilot.pass_score:
        return "pass"
    return "extend" if score >= pilot.pass_score - (terms.dead_band if terms else 0) else "fail"


def _months(pilot: Pilot) -> Iterator[tuple[str, int, date]]:
    day = pilot.start
    while day <= pilot.end:
        month = whole_month(f"{day:%Y-%m}")
        last = min(month.end, pilot.end)
        yield f"{day:%Y-%m}", (last - day).days + 1, month.end
        day = date.fromordinal(month.end.toordinal() + 1)


def _arithmetic(pilot: Pilot, parts: list[Part], score: Decimal | None) -> str:
    scored = [part for part in parts if part.score is not None]
    missing = ", ".join(part.period for part in parts if part.score is None)
    lacking = said("no score for {0}", missing) if missing else ""
    if score is None:
        return lacking
    terms = " + ".join(f"{part.days} x {digits(round(part.score or Decimal(0), 6))}" for part in scored)
    sign = ">=" if score >= pilot.pass_score else "<"
    total = sum(part.days for part in scored)
    shown = f"({terms}) / {total} = {digits(round(score, 6))} {sign} {digits(pilot.pass_score)}"
    return sentences((shown, lacking))
