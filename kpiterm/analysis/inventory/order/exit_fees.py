"""What a platform charges for getting rid of stock, from the dated registry `exits.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files

from kpiterm.config.toml import Section, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A removal order's fee for one unit: `steps` are (up to kg, amount); above the last, `amount` and `per_kg`."""

    channel: str
    valid_from: date
    currency: str
    steps: tuple[tuple[Decimal, Decimal], ...]
    amount: Decimal
    per_kg: Decimal

    def of(self, weight_kg: Decimal | None) -> Decimal:
        """The fee of a unit; of one whose weight is not known, that of the heaviest step."""
        for to_kg, amount in self.steps:
            if weight_kg is not None and weight_kg <= to_kg:
                return amount
        above = (weight_kg or Decimal(0)) - (self.steps[-1][0] if self.steps else 0)
        return self.amount + max(above, Decimal(0)) * self.per_kg


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A coupon's fee: `once`, and a `share` of the sales made with it, which comes to `at_most`."""

    channel: str
    valid_from: date
    currency: str
    once: Decimal
    share: Decimal
    at_most: Decimal

    def of(self, sales: Decimal) -> Decimal:
        """The fee of a coupon with which so much is sold."""
        return self.once + min(self.share * sales, self.at_most)


def removal(channel: str, day: date) -> Removal | None:
    """The fee in force on a day; None where none is known."""
    found = [one for one in _registry()[0] if one.channel == channel and one.valid_from <= day]
    return max(found, key=lambda one: one.valid_from, default=None)


def coupon(channel: str, day: date) -> Coupon | None:
    """The fee in force on a day; None where none is known."""
    found = [one for one in _registry()[1] if one.channel == channel and one.valid_from <= day]
    return max(found, key=lambda one: one.valid_from, default=None)


@cache
def _registry() -> tuple[tuple[Removal, ...], tuple[Coupon, ...]]:
    with as_file(files("kpiterm.analysis.inventory.order") / "exits.toml") as file:
        root = read_toml(file)
        found = tuple(map(_removal, root.tables("removal"))), tuple(map(_coupon, root.tables("coupon")))
        root.finish()
    return found


def _removal(section: Section) -> Removal:
    steps = [(step.decimal("to_kg"), step.decimal("amount")) for step in section.tables("steps")]
    section.flag("verified", default=False)
    section.text("source")
    found = Removal(
        channel=section.text("channel"),
        valid_from=section.day("valid_from"),
        currency=section.text("currency"),
        steps=tuple(steps),
        amount=section.decimal("amount"),
        per_kg=section.decimal("per_kg"),
    )
    section.finish()
    return found


def _coupon(section: Section) -> Coupon:
    section.flag("verified", default=False)
    section.text("source")
    found = Coupon(
        channel=section.text("channel"),
        valid_from=section.day("valid_from"),
        currency=section.text("currency"),
        once=section.decimal("once"),
        share=section.decimal("share"),
        at_most=section.decimal("at_most", Decimal("Infinity")),
    )
    section.finish()
    return found
