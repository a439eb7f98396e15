"""Sums from the store to a KPI's value, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, cast

from kpiterm.analysis.format import amount_digits, exact_money, plain
from kpiterm.analysis.kpi.compile import Days
from kpiterm.analysis.kpi.definition import RATIOS, SECONDS, Definition
from kpiterm.analysis.kpi.fx import NO_RATES, Rates, RatesMissing
from kpiterm.i18n import N_, Said, said, word

NO_DATA = said("no data")
COLUMNS = (
    N_("amount"), N_("attributed orders"), N_("attributed sales"), N_("available"), N_("clicks"), N_("denominator"),
    N_("estimate"), N_("impressions"), N_("item price"), N_("lost sales"), N_("numerator"), N_("order id"),
    N_("ordered sales"), N_("page views"), N_("quantity"), N_("refunded units"), N_("sessions"), N_("spend"),
    N_("unfulfillable"), N_("units"), N_("bound"), N_("buy box"), N_("discount"), N_("inbound"), N_("own"), N_("rank"),
    N_("rate"), N_("rating"), N_("received at"), N_("replied at"), N_("unit cost"), N_("number"),
)  # fmt: skip
"""Those that the program's own KPIs add up, in words."""


class Part(NamedTuple):
    """What one source of one channel adds to a period; of a percentile also totals, with account and channel None.

    `missing` of the `sample` rows give no numerator. `month` is given where rates are needed.
    """

    channel: str | None
    account: str | None
    source: str | None
    currency: str | None
    month: date | None
    numerator: Decimal | None
    denominator: Decimal | None
    sample: int
    missing: int


def part_of(values: list[object]) -> Part:
    """A row of a statement, after its period, as a Part."""
    channel, account, source, currency, month, upper, lower, sample, missing = cast("list[Any]", values)
    numerator, denominator = _decimal(upper), _decimal(lower)
    return Part(channel, account, source, currency, month, numerator, denominator, int(sample), int(missing))


class Outcome(NamedTuple):
    """A KPI's value over one period, or why there is none. `notes` are what it lacks or how it was converted."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    currency: str | None = None
    sample: int = 0
    parts: tuple[Part, ...] = ()
    reason: str | None = None
    lacks: tuple[str, ...] = ()
    base: Definition | None = None  # of the KPIs that it is computed from, the one that has no value


Parts = Mapping[Days, Sequence[Part]]


def evaluate(
    definition: Definition,
    parts: Iterable[Part],
    channel: str | None,
    *,
    rates: Rates = NO_RATES,
    currency: str | None = None,
) -> Outcome:
    """The value of one channel, of all where channel is None. Amounts in several currencies are converted by `rates`
    into its base; into `currency`, where one is given."""
    mine = list(parts)
    chosen = tuple([p for p in mine if p.account is not None and (channel is None or channel == p.channel)])
    if not chosen:
        return Outcome(reason=NO_DATA, base=definition)
    if definition.kind == "percentile":
        return _percentile(definition, mine, chosen, channel)
    money = _currencies(chosen) if definition.measure and definition.measure.is_money else set()
    wanted = currency or (rates.base if len(money) > 1 else next(iter(money), None))
    if len(money) > 1 and not wanted:
        return Outcome(parts=chosen, reason=_several(chosen, channel), base=definition)
    counted: Sequence[Part] = chosen
    if wanted and money != {wanted}:
        try:
            counted = [_converted(definition, p, rates, wanted) for p in chosen]
        except RatesMissing as error:
            return Outcome(parts=chosen, reason=error.text, base=definition)
    upper, lower = _sum([p.numerator for p in counted]), _sum([p.denominator for p in counted])
    value, reason = _result(definition, upper, lower, wanted)
    return Outcome(value, upper, lower, wanted, sum([p.sample for p in chosen]), chosen, reason, base=definition)


def growth(now: Outcome, before: Outcome, against: str) -> Outcome:
    """The relative change between two outcomes; `against` names the earlier period. Numerator is the increase."""
    if now.value is None:
        return now._replace(numerator=None, denominator=None)
    if before.value is None:
        reason = said("nothing to compare with in {0}: {1}", against, before.reason)
        return Outcome(parts=now.parts, sample=now.sample, reason=reason, base=before.base)
    if before.value <= 0:
        reason = said("undefined: {0} in {1}", plain(before.value), against)
        return Outcome(parts=now.parts, sample=now.sample, reason=reason)
    if now.currency != before.currency:
        pair = against, before.currency, now.currency
        reason = said("{0} was in {1}, this period is in {2}: no exchange rates", *pair)
        return Outcome(parts=now.parts, sample=now.sample, reason=reason)
    increase = now.value - before.value
    return now._replace(
        value=increase / before.value, numerator=increase, denominator=before.value, lacks=_both(now, before)
    )


def share(part: Outcome, whole: Outcome, names: tuple[str, str], *, money: bool) -> Outcome:
    """One KPI over another; `names` are what they are called."""
    for found in (part, whole):
        if found.value is None:
            return Outcome(parts=part.parts + whole.parts, reason=found.reason, base=found.base)
    assert part.value is not None
    parts, currency = part.parts + whole.parts, part.currency if money else None
    total = Outcome(None, part.value, whole.value, currency, whole.sample, parts, lacks=_both(part, whole))
    if not whole.value:
        return total._replace(reason=said("undefined: {0} of {1} with no {2}", names[0], plain(part.value), names[1]))
    return total._replace(value=part.value / whole.value)


def net(plus: Sequence[tuple[str, Outcome]], minus: Sequence[tuple[str, Outcome]]) -> Outcome:
    """KPIs added and subtracted. What is not known of those subtracted is not zero: the outcome `lacks` it. Where it is
    known and cannot be taken off, for want of a rate, there is no outcome."""
    unusable = [f for _, f in minus if f.value is None and any(p.numerator is not None for p in f.parts)]
    for found in (*(f for _, f in plus), *unusable):
        if found.value is None:
            return Outcome(parts=found.parts, reason=found.reason, base=found.base)
    lacks = [said("not deducted, for want of data: {0}", name) for name, found in minus if found.value is None]
    known = [found for _, found in (*plus, *minus)]
    value = sum((f.value or Decimal(0) for _, f in plus), Decimal(0)) - sum(
        (f.value or Decimal(0) for _, f in minus), Decimal(0)
    )
    return Outcome(
        value=value,
        numerator=value,
        currency=plus[0][1].currency,
        sample=sum(f.sample for f in known),
        parts=tuple(p for f in known for p in f.parts),
        lacks=(*lacks, *(note for f in known for note in f.lacks)),
    )


def _both(one: Outcome, other: Outcome) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one.lacks, *other.lacks)))


def _result(
    definition: Definition, upper: Decimal | None, lower: Decimal | None, currency: str | None
) -> tuple[Decimal | None, str | None]:
    """The value, or the reason why there is none."""
    if upper is None:
        return None, said("the source gives no {0}", _noun(definition))
    if definition.kind not in RATIOS:
        return upper, None
    if not lower:
        shown = amount_digits(upper, currency) if currency else plain(upper)
        above, below = _noun(definition), _noun(definition, below=True)
        return None, said("undefined: {0} of {1} with no {2}", above, shown, below)
    return upper / lower, None


def _percentile(definition: Definition, parts: list[Part], chosen: tuple[Part, ...], channel: str | None) -> Outcome:
    total = next(p for p in parts if p.account is None and p.channel == channel)
    if total.numerator is None:
        return Outcome(parts=chosen, reason=said("the source gives no {0}", _noun(definition)), base=definition)
    value = total.numerator / SECONDS.get(definition.unit, 1)
    return Outcome(value, None, Decimal(total.sample), None, total.sample, chosen, base=definition)


def _converted(definition: Definition, part: Part, rates: Rates, wanted: str) -> Part:
    """A part's amounts in another currency; clicks and orders stay what they are."""
    if part.currency == wanted or not (part.numerator or part.denominator) or definition.measure is None:
        return part
    rate = rates.rate(part.currency, wanted, part.month)
    upper, lower = definition.measure.amounts
    return part._replace(
        numerator=part.numerator * rate if upper and part.numerator is not None else part.numerator,
        denominator=part.denominator * rate if lower and part.denominator is not None else part.denominator,
        currency=wanted,
    )


def _currencies(parts: Sequence[Part]) -> set[str | None]:
    """Those of the amounts. Nothing is nothing in any currency: free lines often come without one."""
    given = {p.currency for p in parts if p.numerator or p.denominator}
    if given:
        return given
    nothing = (p.currency for p in parts if p.numerator is not None or p.denominator is not None)
    return set(islice(nothing, 1))


def _several(parts: Iterable[Part], channel: str | None) -> str:
    amounts: dict[str | None, Decimal] = {}
    for part in (p for p in parts if p.numerator or p.denominator):
        amounts[part.currency] = amounts.get(part.currency, Decimal(0)) + (part.numerator or 0)
    largest = sorted(amounts.items(), key=lambda item: (-item[1], item[0] or ""))
    shown = ", ".join(exact_money(amount, currency) for currency, amount in largest)
    if channel:
        return said("amounts in {0}: no exchange rates, add them to fx.toml", shown)
    return said("amounts in {0}: no exchange rates, add them to fx.toml; or see each channel", shown)


def _noun(definition: Definition, *, below: bool = False) -> str:
    """What a measure adds up, in words, where it is a plain column."""
    measure = definition.measure
    part = (measure.denominator if below else measure.numerator) if measure else None
    default = said("denominator") if below else said("numerator")
    return noun(part.sql) if part and part.sql in part.columns else default


def noun(column: str) -> Said:
    """A column in words."""
    return word(column.replace("_", " "))


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    if len(values) == 1:
        return values[0]
    given = [value for value in values if value is not None]
    return sum(given, Decimal(0)) if given else None


def _decimal(value: object) -> Decimal | None:
    return value if value is None or type(value) is Decimal else Decimal(str(value))
