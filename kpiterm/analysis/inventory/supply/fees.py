"""What platforms charge for stock on a day, from the dated registry `fees.toml`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, NamedTuple, cast

from kpiterm.analysis.inventory.supply.model import Fee, FeeBasis, FeeKind, Size
from kpiterm.config.toml import Section, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LITRES_PER_CUBIC_FOOT = Decimal("28.316846592")
_SMALL = (Decimal("0.453592"), Decimal("2.2122"))  # 16 oz; 15 by 12 by 0.75 inches
_LARGE = (Decimal("9.07185"), Decimal("33.0363"))  # 20 lb; 18 by 14 by 8 inches
_SIZES: tuple[Size, ...] = ("small_standard", "large_standard", "bulky")
_NEVER = date.max


class Charge(NamedTuple):
    """Money for one unit; `verified` False: only secondary sources tell the rate."""

    amount: Decimal
    currency: str
    verified: bool


@cache
def builtin_fees() -> tuple[Fee, ...]:
    """The registry that comes with kpiterm."""
    with as_file(files("kpiterm.analysis.inventory.supply") / "fees.toml") as file:
        return read_fees(file)


def read_fees(file: Path) -> tuple[Fee, ...]:
    """The fees of a file, in its order; ConfigError names file, key and remedy."""
    root = read_toml(file)
    found = tuple(_fee(section) for section in root.tables("fee"))
    root.finish()
    return found


def size_of(weight_kg: Decimal | None, volume_l: Decimal | None) -> Size | None:
    """Amazon's size tier as far as weight and volume tell it (it looks at each side too); None: either is unknown."""
    if weight_kg is None or volume_l is None:
        return None
    for size, (weight, volume) in zip(_SIZES, (_SMALL, _LARGE), strict=False):
        if weight_kg <= weight and volume_l <= volume:
            return size
    return "bulky"


def storage(
    channel: str, day: date, weight_kg: Decimal | None, volume_l: Decimal | None, fees: Iterable[Fee] | None = None
) -> Charge | None:
    """The month's storage of one unit; None where the channel's fee, or the unit's size, is not known."""
    return _dearest(_holding("storage", channel, day, 0, weight_kg, volume_l, fees), volume_l)


def aged(
    channel: str,
    day: date,
    age: int,
    weight_kg: Decimal | None,
    volume_l: Decimal | None,
    fees: Iterable[Fee] | None = None,
) -> Charge | None:
    """The month's surcharge of one unit that has lain for `age` days; None below the first step."""
    return _dearest(_holding("aged", channel, day, age, weight_kg, volume_l, fees), volume_l)


def aged_steps(channel: str, day: date, fees: Iterable[Fee] | None = None) -> tuple[int, ...]:
    """The ages, in days, at which the surcharge begins or rises, ascending; empty where none is known."""
    known = builtin_fees() if fees is None else fees
    return tuple(sorted({f.least for f in known if f.kind == "aged" and f.channel == channel and _holds(f, day)}))


def low_inventory(
    channel: str,
    day: date,
    supply_days: float,
    weight_kg: Decimal | None,
    volume_l: Decimal | None,
    fees: Iterable[Fee] | None = None,
) -> Charge | None:
    """The fee on each unit sold while that many days of supply were held; None where enough were, or none is known."""
    return _dearest(_holding("low_inventory", channel, day, supply_days, weight_kg, volume_l, fees), volume_l)


def _holding(
    kind: FeeKind,
    channel: str,
    day: date,
    days: float,
    weight_kg: Decimal | None,
    volume_l: Decimal | None,
    fees: Iterable[Fee] | None,
) -> list[Fee]:
    size = size_of(weight_kg, volume_l)
    known = builtin_fees() if fees is None else fees
    return [
        fee
        for fee in known
        if (fee.kind, fee.channel) == (kind, channel)
        and _holds(fee, day)
        and fee.least <= days
        and (fee.below is None or days < fee.below)
        and (not fee.sizes or size in fee.sizes)
        and _weighs(fee, weight_kg)
    ]


def _holds(fee: Fee, day: date) -> bool:
    in_season = fee.months is None or fee.months[0] <= day.month <= fee.months[1]
    return in_season and fee.valid_from <= day <= (fee.valid_to or _NEVER)


def _weighs(fee: Fee, weight_kg: Decimal | None) -> bool:
    if fee.over_kg is None and fee.to_kg is None:
        return True
    return weight_kg is not None and (fee.over_kg or Decimal(0)) < weight_kg <= (fee.to_kg or weight_kg)


def _dearest(found: Iterable[Fee], volume_l: Decimal | None) -> Charge | None:
    """The greatest of what the steps come to for one unit; None where one cannot be known."""
    charges = []
    for fee in found:
        if fee.basis == "unit":
            charges.append(Charge(fee.amount, fee.currency, fee.verified))
        elif volume_l is None:
            return None
        else:
            charges.append(Charge(fee.amount * volume_l / LITRES_PER_CUBIC_FOOT, fee.currency, fee.verified))
    return max(charges, key=lambda charge: charge.amount, default=None)


def _fee(section: Section) -> Fee:
    source = section.table("source")
    found = Fee(
        kind=cast("FeeKind", section.choice("kind", ("storage", "aged", "low_inventory"))),
        channel=section.text("channel"),
        amount=section.decimal("amount"),
        currency=section.text("currency", pattern="[A-Z]{3}", like='a currency, such as "USD"'),
        basis=cast("FeeBasis", section.choice("basis", ("cubic_foot", "unit"))),
        valid_from=section.day("valid_from"),
        valid_to=section.day("valid_to") if section.has("valid_to") else None,
        verified=section.flag("verified", default=False),
        source={language: source.text(language) for language in ("en", "zh")},
        sizes=cast("tuple[Size, ...]", section.texts("sizes", pattern="|".join(_SIZES), like=", ".join(_SIZES))),
        months=_months(section) if section.has("months") else None,
        least=section.integer("least", 0),
        below=section.integer("below") if section.has("below") else None,
        over_kg=section.decimal("over_kg") if section.has("over_kg") else None,
        to_kg=section.decimal("to_kg") if section.has("to_kg") else None,
    )
    source.finish()
    section.finish()
    return found


def _months(section: Section) -> tuple[int, int]:
    first, _, last = section.text("months", pattern=r"\d{1,2}-\d{1,2}", like='months, such as "10-12"').partition("-")
    return int(first), int(last)
