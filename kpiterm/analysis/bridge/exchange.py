"""Amounts of other currencies in that of a bridge, at the frozen rate of their month, as the KPIs convert them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kpiterm.analysis.bridge.result import Note, Source, Step
from kpiterm.analysis.format import plain
from kpiterm.analysis.kpi.fx import Rates, RatesMissing


class Rate(NamedTuple):
    """By what an amount was multiplied; `label` says so, and is None where it was in the bridge's currency already."""

    factor: Decimal
    label: str | None


SAME = Rate(Decimal(1), None)


def rate_of(rates: Rates, currency: str | None, into: str | None, day: date) -> Rate | None:
    """The rate of a day's month; None where fx.toml has none. What counts things (`into` None) has no currency."""
    if into is None or currency in {into, None}:
        return SAME
    try:
        factor = rates.rate(currency, into, day.replace(day=1))
    except RatesMissing:
        return None
    return Rate(factor, f"{currency} × {plain(round(factor, 6))} ({day:%Y-%m})")


def told_apart(
    source: Source, pieces: Sequence[tuple[Decimal, int, str, str | None]]
) -> tuple[Source, tuple[Step, ...]]:
    """The source with what it says in the bridge's own currency, and the step that adds its other amounts; `pieces`
    are amount, rows, example and the label of the rate, if any."""
    converted = [piece for piece in pieces if piece[3]]
    if not converted or source.value is None:
        return source, ()
    amount = sum((piece[0] for piece in converted), Decimal(0))
    step = Step(
        code="fx", amount=amount, rows=sum(piece[1] for piece in converted),
        example=max(converted, key=lambda p: (abs(p[0]), p[2]))[2],
        note=Note("fx", (_listed(p[3] for p in converted),)),
    )  # fmt: skip
    return replace(source, value=source.value - amount), (step,)


def _listed(labels: Iterable[str | None]) -> str:
    found = sorted({label for label in labels if label})
    return ", ".join(found[:4]) + (" …" if len(found) > 4 else "")
