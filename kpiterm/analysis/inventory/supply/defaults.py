"""What holds where nobody says anything: round figures of the trade, which a person's file or experience replaces."""

from __future__ import annotations

from kpiterm.analysis.inventory.supply.model import (
    ModeKind,
    Receiving,
    ShipMode,
    Slowdown,
    Spread,
    Stage,
    Supplier,
    Supply,
)

_FACTORY: dict[Stage, Spread] = {
    "production": Spread(p50=20, p90=32),
    "qc": Spread(p50=3, p90=6),
    "receiving": Spread(p50=6, p90=13),
}
_SHIP: dict[ModeKind, dict[Stage, Spread]] = {
    "sea": {"booking": Spread(p50=4, p90=8), "transit": Spread(p50=20, p90=29), "port": Spread(p50=6, p90=12)},
    "rail": {"booking": Spread(p50=4, p90=8), "transit": Spread(p50=22, p90=32), "port": Spread(p50=5, p90=10)},
    "air": {"booking": Spread(p50=2, p90=4), "transit": Spread(p50=5, p90=9), "port": Spread(p50=2, p90=5)},
    "express": {"booking": Spread(p50=1, p90=2), "transit": Spread(p50=4, p90=7), "port": Spread(p50=1, p90=2)},
    "road": {"booking": Spread(p50=1, p90=3), "transit": Spread(p50=3, p90=6), "port": Spread(p50=1, p90=2)},
}
_PEAK = Slowdown(first=(10, 15), last=(12, 15), speed=0.65)
"""Warehouses are full before Christmas; how slow they get is our guess."""


def spread_of(stage: Stage, kind: ModeKind) -> Spread:
    """The built-in prior of a stage."""
    return _FACTORY[stage] if stage in _FACTORY else _SHIP[kind][stage]


def supplier(supply: Supply, name: str) -> Supplier:
    """The declared supplier, or a Chinese factory of which nothing is known."""
    return supply.suppliers.get(name) or Supplier(id=name, name=name, currency="USD")


def mode(supply: Supply, name: str) -> ShipMode:
    """The declared ship mode, or one of the kind that the name says (sea, if none)."""
    known = supply.modes.get(name)
    if known:
        return known
    kind: ModeKind = next((kind for kind in _SHIP if kind == name), "sea")
    return ShipMode(id=name, kind=kind, currency="USD")


def receiving(supply: Supply, channel: str) -> Receiving:
    """How a channel receives: what is declared for it, else for `*`, else for the stage, else the built-in figures."""
    spread = supply.defaults.get("receiving", _FACTORY["receiving"])
    usual = Receiving(channel=channel, spread=spread, slowdowns=(_PEAK,))
    return supply.receiving.get(channel) or supply.receiving.get("*") or usual


def usual_mode(supply: Supply, name: str) -> str:
    """The ship mode of an order that names none: its supplier's first, else the first declared, else sea."""
    known = supplier(supply, name).modes or tuple(supply.modes)
    return known[0] if known else "sea"
