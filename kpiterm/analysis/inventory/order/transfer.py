"""Stock that lies where it is not needed: what to move between channels before anything is bought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One SKU at one channel: `need` units are missing there, or `spare` ones are more than it needs."""

    row: int
    sku: str
    channel: str
    need: int
    spare: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Move `units` from the SKU of row `source` to that of row `target`."""

    source: int
    target: int
    units: int


def moves(places: Iterable[Place], groups: Sequence[Sequence[str]]) -> list[Move]:
    """Moves within the groups of channels that share stock, the greatest need first."""
    by_pool: dict[tuple[str, int], list[Place]] = {}
    for place in places:
        for number, group in enumerate(groups):
            if place.channel in group:
                by_pool.setdefault((place.sku, number), []).append(place)
    spare: dict[int, int] = {place.row: place.spare for pool in by_pool.values() for place in pool}
    found: list[Move] = []
    for pool in by_pool.values():
        for target in sorted(pool, key=lambda p: (-p.need, p.row)):
            found += _serve(target, pool, spare)
    return found


def _serve(target: Place, pool: Sequence[Place], spare: dict[int, int]) -> list[Move]:
    left, found = target.need, []
    for source in sorted(pool, key=lambda p: (-spare[p.row], p.row)):
        units = min(left, spare[source.row])
        if source.row != target.row and units > 0:
            found.append(Move(source=source.row, target=target.row, units=units))
            spare[source.row] -= units
            left -= units
    return found
