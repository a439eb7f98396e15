"""The way of an order from a factory to a channel's shelf: stages with their points, calendars and cut-offs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpiterm.analysis.inventory.lead import calendar
from kpiterm.analysis.inventory.lead.quantiles import points
from kpiterm.analysis.inventory.supply import defaults
from kpiterm.analysis.inventory.supply.model import STAGES, Stage

if TYPE_CHECKING:
    from kpiterm.analysis.inventory.supply.model import Receiving, ShipMode, Spread, Supplier, Supply, Terms
    from kpiterm.analysis.pacing.arrays import Floats, Ints

Experience = Mapping[tuple[Stage, str], Sequence[float]]
"""Days that stages took, oldest first, by stage and by whose it is: supplier, ship mode or channel (see `owner`)."""

Key = tuple[str, str, str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """`points` by stage, ascending days; `factory` and `receiving`, running totals; `cutoffs`, the next by day."""

    key: Key
    points: Mapping[Stage, Floats]
    factory: Floats
    opened: Ints
    cutoffs: Ints
    receiving: Floats


def key(terms: Terms, mode: str, channel: str) -> Key:
    """Routes with the same key are the same: only SKUs with stages of their own have one of their own."""
    return terms.supplier, mode, channel, terms.sku if terms.stages else None


def route(supply: Supply, experience: Experience, terms: Terms, mode: str, channel: str) -> Route:
    """How goods of these terms come to a channel by a ship mode; a mode or supplier not declared has the defaults."""
    supplier, ship = defaults.supplier(supply, terms.supplier), defaults.mode(supply, mode)
    place = defaults.receiving(supply, channel)
    opened = calendar.open_days(supplier.calendar, tuple((c.first, c.last) for c in supplier.closures))
    return Route(
        key=key(terms, mode, channel),
        points={
            stage: points(
                prior(supply, terms, supplier, ship, place, stage),
                ()
                if stage in terms.stages
                else experience.get((stage, owner(stage, supplier.id, ship.id, channel)), ()),
            )
            for stage in STAGES
        },
        factory=calendar.factory(supplier),
        opened=opened,
        cutoffs=calendar.cutoffs(ship.cutoff, opened),
        receiving=calendar.receiving(place),
    )


def prior(supply: Supply, terms: Terms, supplier: Supplier, ship: ShipMode, place: Receiving, stage: Stage) -> Spread:
    """What people say of a stage, the closest to the SKU first; the built-in one where nobody does."""
    if stage == "receiving":
        return terms.stages.get(stage) or place.spread
    levels = (ship.stages, supplier.stages) if stage in {"transit", "port"} else (supplier.stages, ship.stages)
    for said in (terms.stages, *levels, supply.defaults):
        if stage in said:
            return said[stage]
    return defaults.spread_of(stage, ship.kind)


def owner(stage: Stage, supplier: str, mode: str, channel: str) -> str:
    """Whose experience a stage is: the factory's until the goods leave it, then the ship's, at last the platform's."""
    if stage == "receiving":
        return channel
    return supplier if stage in {"production", "qc"} else mode
