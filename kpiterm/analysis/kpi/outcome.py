"""Sums from the store to a KPI's value, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from kpiterm.analysis.format import amount_digits, exact_money, plain
from kpiterm.analysis.kpi.compile import Days, compile_kpi
from kpiterm.analysis.kpi.definition import SECONDS, Definition
from kpiterm.analysis.reader import Reader

NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Part:
    """What one source of one channel adds to a period; of a percentile also totals, with account and channel None."""

    channel: str | None
    account: str | None
    source: str | None
    currency: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    sample: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A KPI's value over one period, or why there is none."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    currency: str | None = None
    sample: int = 0
    parts: tuple[Part, ...] = ()
    reason: str | None = None


Parts = Mapping[Days, Sequence[Part]]


def read_parts(reader: Reader, definition: Definition, spans: Sequence[Days], as_of: datetime) -> Parts:
    """The parts of each span, from one statement."""
    statement = compile_kpi(definition, spans, as_of=as_of)
    found: dict[Days, list[Part]] = {}
    for row in reader.rows(statement.sql, statement.params):
        first, last, channel, account, source, currency, numerator, denominator, sample = row
        part = Part(
            cast("str | None", channel), cast("str | None", account), cast("str | None", source),
            cast("str | None", currency), _decimal(numerator), _decimal(denominator), int(cast("int", sample)),
        )  # fmt: skip
        found.setdefault((cast("date", first), cast("date", last)), []).append(part)
    return found


def evaluate(definition: Definition, parts: Iterable[Part], channel: str | None) -> Outcome:
    """The value of one channel, of all where channel is None; growth is built from two of these."""
    mine = list(parts)
    chosen = tuple(p for p in mine if p.account is not None and channel in {None, p.channel})
    if not chosen:
        return Outcome(reason=NO_DATA)
    if definition.kind == "percentile":
        return _percentile(definition, mine, chosen, channel)
    currencies = _amounts(chosen) if definition.measure and definition.measure.is_money else {}
    if len(currencies) > 1:
        return Outcome(parts=chosen, reason=_several(definition, currencies, channel))
    total = Outcome(
        numerator=_sum(p.numerator for p in chosen),
        denominator=_sum(p.denominator for p in chosen),
        currency=next(iter(currencies), None),
        sample=sum(p.sample for p in chosen),
        parts=chosen,
    )
    return _ratio(definition, total) if definition.kind != "sum" else _amount(definition, total)


def growth(now: Outcome, before: Outcome, against: str) -> Outcome:
    """The relative change between two outcomes; `against` names the earlier period. Numerator is the increase."""
    if now.value is None:
        return replace(now, numerator=None, denominator=None)
    if before.value is None:
        reason = f"nothing to compare with in {against}: {before.reason}"
        return Outcome(parts=now.parts, sample=now.sample, reason=reason)
    if before.value <= 0:
        return Outcome(parts=now.parts, sample=now.sample, reason=f"undefined: {plain(before.value)} in {against}")
    if now.currency != before.currency:
        reason = f"{against} was in {before.currency}, this period is in {now.currency}: no exchange rates"
        return Outcome(parts=now.parts, sample=now.sample, reason=reason)
    increase = now.value - before.value
    return replace(now, value=increase / before.value, numerator=increase, denominator=before.value)


def _amount(definition: Definition, total: Outcome) -> Outcome:
    if total.numerator is None:
        return replace(total, reason=f"the source gives no {_noun(definition)}")
    return replace(total, value=total.numerator)


def _ratio(definition: Definition, total: Outcome) -> Outcome:
    if total.numerator is None:
        return replace(total, reason=f"the source gives no {_noun(definition)}")
    if not total.denominator:
        shown = amount_digits(total.numerator, total.currency) if total.currency else plain(total.numerator)
        reason = f"undefined: {_noun(definition)} of {shown} with no {_noun(definition, below=True)}"
        return replace(total, reason=reason)
    return replace(total, value=total.numerator / total.denominator)


def _percentile(definition: Definition, parts: list[Part], chosen: tuple[Part, ...], channel: str | None) -> Outcome:
    total = next(p for p in parts if p.account is None and p.channel == channel)
    if total.numerator is None:
        return Outcome(parts=chosen, reason=f"the source gives no {_noun(definition)}")
    value = total.numerator / SECONDS.get(definition.unit, 1)
    return Outcome(value, None, Decimal(total.sample), None, total.sample, chosen)


def _amounts(parts: Iterable[Part]) -> dict[str | None, Decimal]:
    """Numerators by currency. Nothing is nothing in any currency: free lines often come without one."""
    given = [p for p in parts if p.numerator is not None or p.denominator is not None]
    found: dict[str | None, Decimal] = {}
    for part in [p for p in given if p.numerator or p.denominator] or given[:1]:
        found[part.currency] = found.get(part.currency, Decimal(0)) + (part.numerator or 0)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0] or "")))


def _several(definition: Definition, amounts: Mapping[str | None, Decimal], channel: str | None) -> str:
    noun = "sales" if definition.unit == "money" else _noun(definition)
    shown = ", ".join(exact_money(amount, currency) for currency, amount in amounts.items())
    return f"{noun} in {shown}: no exchange rates{'' if channel else '; see each channel'}"


def _noun(definition: Definition, *, below: bool = False) -> str:
    """What a measure adds up, in words, where it is a plain column."""
    measure = definition.measure
    part = (measure.denominator if below else measure.numerator) if measure else None
    default = "denominator" if below else "numerator"
    return part.sql.replace("_", " ") if part and part.sql in part.columns else default


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    given = [value for value in values if value is not None]
    return sum(given, Decimal(0)) if given else None


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
