"""What the orders of some SKUs hang on: simulated demand, arrivals of orders, stock, terms and money, one row a SKU."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kpiterm.analysis.pacing.arrays import Floats, Ints

Draws = NDArray[np.float32]
"""Simulated values; the axis before the last, or the last one, is the draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """When an order can be sold, by lane (a supplier and a ship mode) and day of ordering.

    `days` [lanes, order days, draws], counted from today; `order_days` [order days], ascending from 0 in steps of a
    review. Draws of a lane are the same chance on each order day, so that only the calendar makes them differ.
    """

    days: Draws
    order_days: Ints

    @property
    def lead(self) -> Draws:
        """Days from ordering to selling, [lanes, order days, draws]."""
        return self.days - self.order_days[None, :, None].astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Units on their way. `row` [lines], their SKU; `units` [lines]; `days` [lines, draws] until they can be sold."""

    row: Ints
    units: Floats
    days: Draws

    def of(self, start: int, stop: int) -> Self:
        """The lines of rows `start` to `stop`, counted from `start`."""
        mine = (self.row >= start) & (self.row < stop)
        return replace(self, row=self.row[mine] - start, units=self.units[mine], days=self.days[mine])


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """What a supplier asks and what a unit brings, [rows]; money of one currency, per unit.

    `lane` of the usual ship mode; `express`, the fastest lane, -1 where there is none, and `premium`, what a unit
    costs more by it. `margin`, earned by a unit sold (before what holding it costs), `rank_loss`, what a lost sale
    costs on top of it; `cost`, cash paid for a unit; `storage` a month; `aged`, the surcharge of a unit that is still
    there after `Case.aged_after` days.
    """

    lane: Ints
    express: Ints
    premium: Floats
    moq: Ints
    carton: Ints
    margin: Floats
    rank_loss: Floats
    cost: Floats
    storage: Floats
    aged: Floats

    def of(self, rows: Ints | slice) -> Self:
        """These rows only."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Rows of SKUs with what their orders hang on.

    `demand` [rows, draws, ends], units asked for from today to day `ends[k]`; `on_hand` [rows], sellable units;
    `review`, days between two orders; `holding`, what capital and keeping cost a year, as a share
    of the unit cost; `service`, the lowest and the highest service level.
    """

    demand: Draws
    ends: Ints
    on_hand: Floats
    inbound: Inbound
    arrivals: Arrivals
    buying: Buying
    review: int
    holding: float = 0.10
    service: tuple[float, float] = (0.80, 0.99)
    aged_after: int = 180

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and draws."""
        return self.demand.shape[0], self.demand.shape[1]
