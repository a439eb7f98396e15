"""What bounds all orders together: stock that can be moved instead, room in warehouses, and cash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from kpiterm.analysis.inventory.order.allocate import Wanted, within
from kpiterm.analysis.inventory.order.gather import Sku
from kpiterm.analysis.inventory.order.lots import lots
from kpiterm.analysis.inventory.order.money import Exchange
from kpiterm.analysis.inventory.order.suggest import Suggestion
from kpiterm.analysis.inventory.order.transfer import Move, Place, moves
from kpiterm.analysis.inventory.order.waterfall import LINES
from kpiterm.analysis.inventory.supply.model import Capacity, Limits
from kpiterm.analysis.pacing.arrays import Floats, Ints

_TRANSFERS, _LOTS, _CAPS = (LINES.index(name) for name in ("transfers", "lots", "caps"))
_HELD = 0.5  # of a year, that a unit too many is held for


def moved(skus: Sequence[Sku], found: Suggestion, limits: Limits) -> tuple[Suggestion, list[Move]]:
    """The suggestions after what other channels can spare."""
    need = np.ceil(found.need - 1e-3).astype(np.int64)
    places = [
        Place(row=row, sku=sku.key[2], channel=sku.key[1], need=int(need[row]), spare=int(found.spare[row]))
        for row, sku in enumerate(skus)
        if need[row] or found.spare[row] >= 1
    ]
    made = moves(places, limits.shared_stock)
    if not made:
        return found, made
    units = np.zeros(len(skus), dtype=np.int64)
    for move in made:
        units[move.target] += move.units
    left = np.rint(found.need).astype(np.int64) - units
    quantity = lots(
        np.where(units > 0, np.maximum(need - units, 0), found.need),
        np.array([sku.terms.moq for sku in skus]),
        np.array([max(sku.terms.carton, 1) for sku in skus]),
    )
    lines = found.lines.copy()
    lines[:, _TRANSFERS] = -units
    lines[:, _LOTS] = np.where(units > 0, quantity - left, lines[:, _LOTS])
    return _with(found, quantity, lines), made


def capped(
    skus: Sequence[Sku], found: Suggestion, limits: Limits, exchange: Exchange
) -> tuple[Suggestion, Mapping[int, tuple[str, ...]]]:
    """The suggestions within warehouses' room, then within the cash; and, by row, which of them cut it."""
    quantity, bound = found.quantity.copy(), defaultdict[int, tuple[str, ...]](tuple)

    def cut(name: str, cap: float, rows: Ints, weight: Floats) -> None:
        given = within(cap, _wanted(skus, found, quantity, rows, weight))
        for row in rows[given < quantity[rows]].tolist():
            bound[row] = (*bound[row], name)
        quantity[rows] = given

    for capacity in limits.capacity:
        rows = np.array([row for row, sku in enumerate(skus) if sku.key[1] == capacity.channel], dtype=np.int64)
        for cap, weight in _rooms(skus, rows, capacity):
            cut("capacity", cap, rows, weight)
    if limits.cash is not None:
        rows = np.flatnonzero(quantity > 0)
        cut("cash", float(limits.cash), rows, _cash(skus, rows, limits, exchange))
    lines = found.lines.copy()
    lines[:, _CAPS] = quantity - found.quantity
    return _with(found, quantity, lines), bound


def _rooms(skus: Sequence[Sku], rows: Ints, capacity: Capacity) -> list[tuple[float, Floats]]:
    """Each of a channel's caps that is set: what is left of it, and what a unit takes."""
    there = np.array([float(skus[row].article.available + skus[row].article.inbound) for row in rows])
    found = []
    if capacity.units is not None:
        found.append((max(capacity.units - there.sum(), 0.0), np.ones(len(rows))))
    if capacity.volume_l is not None:
        volume = np.array([float(skus[row].terms.volume_l or 0) for row in rows])
        found.append((max(float(capacity.volume_l) - float(there @ volume), 0.0), volume))
    return found


def _wanted(skus: Sequence[Sku], found: Suggestion, quantity: Ints, rows: Ints, weight: Floats) -> Wanted:
    def of(value: Callable[[Sku], Decimal | None]) -> Floats:
        return np.array([float(value(skus[row]) or 0) for row in rows])

    cost = of(lambda sku: sku.unit.purchase)
    return Wanted(
        quantity=quantity[rows],
        moq=np.array([skus[row].terms.moq for row in rows], dtype=np.int64),
        carton=np.array([max(skus[row].terms.carton, 1) for row in rows], dtype=np.int64),
        missing=found.missing[rows],
        gain=np.maximum(of(lambda sku: sku.unit.margin if sku.unit.margin is not None else sku.unit.price), 0),
        loss=cost * 0.1 * _HELD + of(lambda sku: sku.unit.storage) * 12 * _HELD + of(lambda sku: sku.unit.aged) / 2,
        weight=weight,
    )


def _cash(skus: Sequence[Sku], rows: Ints, limits: Limits, exchange: Exchange) -> Floats:
    """What a unit takes of the budget; nothing where its cost is not known."""
    return np.array([float(_paid(skus[row], limits, exchange) or 0) for row in rows])


def _paid(sku: Sku, limits: Limits, exchange: Exchange) -> Decimal | None:
    unit = sku.unit
    paid = None if unit.purchase is None else unit.purchase + (unit.freight or 0)
    return exchange.into(paid, unit.currency, limits.currency or unit.currency)


def _with(found: Suggestion, quantity: Ints, lines: Ints) -> Suggestion:
    """The suggestion of other quantities: what is lost and left of it follows."""
    fewer = found.quantity - quantity
    lost = _unmet(found, quantity) - _unmet(found, found.quantity)
    outcome = found.outcome
    return replace(
        found,
        quantity=quantity,
        rushed=np.minimum(found.rushed, quantity),
        lines=lines,
        outcome=replace(
            outcome,
            lost=outcome.lost + np.where(fewer > 0, lost, 0),
            aged=np.maximum(outcome.aged - np.maximum(fewer, 0), 0),
        ),
    )


def _unmet(found: Suggestion, quantity: Ints) -> Floats:
    """Units of the need beyond a quantity, from the quantiles of the need."""
    return np.asarray(np.maximum(found.missing - quantity[:, None], 0).mean(axis=1))
