"""Reads `supply.toml`: suppliers, ship modes, receiving, rates, limits and events. All faults are told at once."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast

from kpiterm.analysis.inventory.supply import words
from kpiterm.analysis.inventory.supply.files_limits import event, limits, rates, receiving
from kpiterm.analysis.inventory.supply.model import (
    MILESTONES,
    STAGES,
    Closure,
    Milestone,
    ModeKind,
    Payment,
    ShipMode,
    Spread,
    Stage,
    Supplier,
    Supply,
)
from kpiterm.config.toml import Section, did_you_mean, read_toml

if TYPE_CHECKING:
    from pathlib import Path

    from kpiterm.analysis.inventory.supply.faults import Faults

CURRENCY = "[A-Z]{3}"
_NAME = r"[A-Za-z0-9_\-一-鿿]+"
_KINDS = ("sea", "air", "rail", "express", "road")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FACTORY: tuple[Stage, ...] = ("production", "qc", "booking")
_SHIP: tuple[Stage, ...] = ("booking", "transit", "port")


def read_supply(file: Path, faults: Faults) -> Supply:
    """The file's values; those that are at fault have their defaults. Nothing declared where there is no file."""
    if not file.exists():
        return Supply()
    root = faults.take(Section(file, {}), read_toml, file)
    found = Supply(
        suppliers={name: _supplier(name, part, faults) for name, part in _named(root, "supplier", faults)},
        modes={name: _mode(name, part, faults) for name, part in _named(root, "mode", faults)},
        receiving={name: receiving(name, part, faults) for name, part in _named(root, "receiving", faults)},
        rates=rates(faults.take(root, root.table, "rates"), faults),
        limits=limits(faults.take(root, root.table, "limits"), faults),
        events=tuple(event(part, faults) for part in faults.many(root.tables, "event")),
        defaults=stages(root, STAGES, faults),
    )
    faults.take(None, root.finish)
    _joined(root, found, faults)
    return found


def stages(section: Section, known: tuple[Stage, ...], faults: Faults) -> dict[Stage, Spread]:
    """`stages.production = "25/35"`, for the stages that may stand there."""
    part = faults.take(Section(section.file, {}), section.table, "stages")
    found = {name: faults.take(None, spread, part, name) for name in known if part.has(name)}
    faults.take(None, part.finish)
    return {name: value for name, value in found.items() if value}


def spread(section: Section, key: str) -> Spread:
    """A spread of days."""
    text = section.text(key, pattern=words.SPREAD, like=words.SPREAD_LIKE)
    return words.spread(text) or section.fail(key, f"found {text!r}", "write the smaller number, the median, first")


def _named(root: Section, key: str, faults: Faults) -> list[tuple[str, Section]]:
    part = faults.take(Section(root.file, {}), root.table, key)
    return faults.many(part.sections)


def _supplier(name: str, section: Section, faults: Faults) -> Supplier:
    take = faults.take
    if not re.fullmatch(_NAME, name):
        take(None, section.fail, "", "the name has blanks or signs", "use letters, digits, '-' and '_'")
    closures = faults.many(section.tables, "closed")
    found = Supplier(
        id=name,
        name=take(name, section.text, "name", name),
        currency=take("USD", section.text, "currency", pattern=CURRENCY, like='a currency, such as "USD"'),
        payments=_payments(section, faults),
        stages=stages(section, _FACTORY, faults),
        modes=tuple(faults.many(section.texts, "modes", like='ship modes, such as ["sea", "air"]')),
        calendar=_calendar_of(section, faults),
        ramp_down=take(7, section.integer, "ramp_down", 7, most=60),
        ramp_up=take(21, section.integer, "ramp_up", 21, most=90),
        closures=tuple(closure for part in closures if (closure := take(None, _closure, part))),
    )
    take(None, section.finish)
    return found


def _calendar_of(section: Section, faults: Faults) -> Literal["cn", "none"]:
    found = faults.take("cn", section.choice, "calendar", ("cn", "none"), "cn")
    return "none" if found == "none" else "cn"


def _closure(section: Section) -> Closure:
    first, last = section.day("first"), section.day("last")
    if last < first:
        section.fail("last", f"{last} is before {first}", "write the last day on which nothing is made")
    found = Closure(first=first, last=last, name=section.text("name") if section.has("name") else "")
    section.finish()
    return found


def _payments(section: Section, faults: Faults) -> tuple[Payment, ...]:
    parts = faults.many(section.tables, "payment")
    found = tuple(payment for part in parts if (payment := faults.take(None, _payment, part)))
    total = sum((payment.share for payment in found), Decimal(0))
    if len(found) == len(parts) and parts and total != 1:
        faults.take(None, section.fail, "payment", f"the shares add up to {total}", "make them add up to 1")
    return found or (Payment(share=Decimal(1), at="ordered"),)


def _payment(section: Section) -> Payment:
    share = section.decimal("share")
    if not 0 < share <= 1:
        section.fail("share", f"found {share}", 'write a share of the order, such as "0.30"')
    found = Payment(
        share=share,
        at=cast("Milestone", section.choice("at", MILESTONES)),
        days=section.integer("days", 0, most=365),
    )
    section.finish()
    return found


def _mode(name: str, section: Section, faults: Faults) -> ShipMode:
    take = faults.take
    kind: ModeKind = "sea"
    found = ShipMode(
        id=name,
        kind=cast("ModeKind", take(kind, section.choice, "kind", _KINDS, name if name in _KINDS else None)),
        currency=take("USD", section.text, "currency", pattern=CURRENCY, like='a currency, such as "USD"'),
        per_kg=take(None, section.decimal, "per_kg") if section.has("per_kg") else None,
        per_cbm=take(None, section.decimal, "per_cbm") if section.has("per_cbm") else None,
        stages=stages(section, _SHIP, faults),
        cutoff=_WEEKDAYS.index(take("mon", section.choice, "cutoff", _WEEKDAYS)) if section.has("cutoff") else None,
    )
    take(None, section.finish)
    return found


def _joined(root: Section, found: Supply, faults: Faults) -> None:
    """Names that one part of the file takes from another."""
    for supplier in found.suppliers.values():
        for mode in supplier.modes:
            if found.modes and mode not in found.modes:
                section = Section(root.file, {}, f"supplier.{supplier.id}")
                faults.take(
                    None, section.fail, "modes", f"no mode {mode!r} is declared", did_you_mean(mode, found.modes)
                )
