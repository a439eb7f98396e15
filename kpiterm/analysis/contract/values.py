"""The figures that a month is settled on: a plain document, which a statement carries and anybody can check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast, get_args

from kpiterm.analysis.contract.attain import Form
from kpiterm.analysis.contract.document import Part
from kpiterm.analysis.contract.model import ONE, ZERO
from kpiterm.i18n import said

SALES = ("net_sales", "refunds_in_window")
FAULTS = ("client", "supplier", "carrier", "force_majeure", "provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A KPI's value with what stands behind it; None with the reason why there is none."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: Decimal | None = None
    reason: str | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Sales of one channel in one currency; None for both stands for all of them in the contract's."""

    amount: Decimal
    channel: str | None = None
    currency: str | None = None
    rows: int | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured over a period, or over the part of it in which one version of the terms held."""

    kpis: Mapping[str, Measured] = field(default_factory=dict)
    net_sales: tuple[Amount, ...] | None = None
    refunds: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A month that was settled before: net sales as billed so far, and as known now."""

    period: str
    billed: tuple[Amount, ...]
    now: tuple[Amount, ...]
    year_to_date: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """Sales that could not be made for a reason that is not the provider's, as a share of those expected."""

    kpi: str
    share: Decimal
    form: Form
    fault: str
    cause: str
    approvals: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An amount that a resolution or an agreement books in this month."""

    amount: Decimal
    reason: str
    period: str | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """All figures of a month. `days` are active days and days of the period, where the calendar does not say."""

    whole: Figures
    segments: Mapping[int, Figures] = field(default_factory=dict)
    days: tuple[int, int] | None = None
    suspended_days: int = 0
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    availability: Decimal = ONE
    claims: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()
    year_to_date: Decimal = ZERO
    relief: tuple[Relief, ...] = ()
    events: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    opened: date | None = None


def read_values(document: Mapping[str, object], origin: str) -> Values:
    """A `--values` document; UsageError names the key that is wrong."""
    root = Part(document, origin)
    missing = root.texts("missing")
    found = Values(
        whole=_figures(root, missing),
        segments={part.integer("version"): _figures(part, missing) for part in root.parts("segments")},
        days=_days(root.part("days")) if root.has("days") else None,
        suspended_days=root.integer("suspended_days", 0),
        rates={name: root.part("rates").number(name) for name in root.part("rates").names()},
        availability=root.number("availability", ONE),
        claims={party: _claim(root.part("claims").part(party)) for party in root.part("claims").names()},
        earlier=tuple(_earlier(part) for part in root.parts("earlier")),
        year_to_date=root.number("year_to_date", ZERO),
        relief=tuple(_relief(part) for part in root.parts("relief")),
        events=root.texts("events"),
        adjustments=tuple(_adjustment(part) for part in root.parts("adjustments")),
        opened=root.day("disputed_on") if root.has("disputed_on") else None,
    )
    root.finish(("period", "as_of", "data_through", "notes"))
    return found


def _figures(part: Part, missing: Sequence[str]) -> Figures:
    kpis = part.part("kpis")
    measured = {name: _measured(kpis, name) for name in kpis.names()}
    gone = {name: Measured(value=None, reason=said("declared missing")) for name in missing}
    return Figures(
        kpis={**measured, **gone},
        net_sales=_amounts(part, "net_sales") if part.has("net_sales") else None,
        refunds=_amounts(part, "refunds_in_window") if part.has("refunds_in_window") else (),
    )


def _measured(kpis: Part, name: str) -> Measured:
    if not kpis.is_part(name):
        return Measured(value=kpis.optional(name))
    part = kpis.part(name)
    numerator, denominator = part.optional("numerator"), part.optional("denominator")
    value = part.optional("value")
    if not part.has("value") and numerator is not None and denominator:  # null says that there is none
        value = numerator / denominator
    found = Measured(
        value=value,
        numerator=numerator,
        denominator=denominator,
        n=part.optional("n"),
        reason=part.text("reason") if part.given("reason") else None,
        evidence=part.texts("evidence"),
    )
    part.finish(("definition", "hash", "data_through", "sources", "rows", "note", "measured"))
    return found


def _amounts(part: Part, key: str) -> tuple[Amount, ...]:
    if not part.is_list(key):
        return (Amount(amount=part.number(key)),)
    return tuple(
        Amount(
            amount=item.number("amount"),
            channel=item.text("channel") if item.given("channel") else None,
            currency=item.text("currency") if item.given("currency") else None,
            rows=item.integer("rows") if item.given("rows") else None,
            evidence=item.texts("evidence"),
        )
        for item in part.parts(key)
    )


def _days(part: Part) -> tuple[int, int]:
    active, period = part.integer("active"), part.integer("period")
    if not 0 <= active <= period or not period:
        part.fail("active", f"{active} of {period} days", "write the active days, and all days of the period")
    return active, period


def _claim(part: Part) -> dict[str, Decimal]:
    return {name: part.number(name) for name in part.names()}


def _earlier(part: Part) -> Earlier:
    return Earlier(
        period=part.text("period"),
        billed=_amounts(part, "billed"),
        now=_amounts(part, "now"),
        year_to_date=part.number("year_to_date", ZERO),
    )


def _relief(part: Part) -> Relief:
    share = part.optional("share")
    if share is None:
        lost, expected = part.number("lost"), part.number("expected")
        if expected <= 0:
            part.fail("expected", f"found {expected}", "write the expected sales, above 0")
        share = lost / expected
    if not 0 <= share < 1:
        part.fail("share", f"found {share}", "write the share of the expected sales that was lost, from 0 up to 1")
    return Relief(
        kpi=part.text("kpi"),
        share=share,
        form=cast("Form", part.choice("form", get_args(Form), "growth")),
        fault=part.choice("fault", FAULTS, "force_majeure"),
        cause=part.text("cause", "not stated"),
        approvals=part.texts("approvals"),
        evidence=part.texts("evidence"),
    )


def _adjustment(part: Part) -> Adjustment:
    return Adjustment(
        amount=part.number("amount"),
        reason=part.text("reason"),
        period=part.text("period") if part.given("period") else None,
        evidence=part.texts("evidence"),
    )
