"""A warehouse that is simulated day by day: lost sales, a weekly review, orders that come late, a factory that closes.

Whoever decides sees what a seller sees: sales up to today, which days had stock, stock on hand and open orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kpiterm.analysis.inventory.order.lots import lots

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

REVIEW = 7
LEAD_MEAN, LEAD_SD, PRODUCTION = 45.0, 12.0, 15.0
CLOSED = 25  # days of the Chinese New Year closure
CARTON, MOQ = 6, 12
_ON_THE_WAY = 6  # weekly orders that are on their way when a simulation begins
_ASKED = 3  # times for what is still missing: who has nothing does not order what is lost before it could come


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Lead times: lognormal in all, of which 15 days are production, on the days that the factory works.

    `closed` is the first day of the closure, None in a world without one.
    """

    closed: int | None = None

    def arrival(self, day: int, total: Floats) -> Floats:
        """The day on which orders of `day` can be sold, for draws of the usual `total` lead time."""
        if self.closed is None or day >= self.closed + CLOSED:
            return day + total
        begin = max(day, self.closed) if day >= self.closed else day
        wait = self.closed + CLOSED - begin if day >= self.closed else (
            CLOSED if day + PRODUCTION > self.closed else 0
        )  # fmt: skip
        return day + wait + total


def usual(chance: Floats) -> Floats:
    """Lead times of evenly spread or random normal values."""
    spread = np.sqrt(np.log1p((LEAD_SD / LEAD_MEAN) ** 2))
    return np.asarray(np.rint(np.exp(np.log(LEAD_MEAN) - spread**2 / 2 + spread * chance)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known on the morning of day `day`: `units` [series, day] sold, `stock` [series, day] whether there was
    some all day; `on_hand` [series]; open orders as (day of ordering, units [series])."""

    day: int
    units: Floats
    stock: Bools
    on_hand: Floats
    open: list[tuple[int, Floats]]


Policy = Callable[[Seen], Floats]
"""Units to order today, before MOQ and cartons, [series]."""


@dataclass(frozen=True, slots=True)
class Result:
    """Units asked for and sold in the scored days, and the sum of what was on hand at the end of each, all [series]."""

    asked: Floats
    got: Floats
    held: Floats

    def of(self, rows: Ints) -> Result:
        """Of these SKUs only; a row may come twice."""
        return Result(self.asked[rows], self.got[rows], self.held[rows])

    @property
    def days(self) -> float:
        """Mean stock on hand in days of demand."""
        return float(self.held.sum() / self.asked.sum())

    @property
    def unit_fill(self) -> float:
        """Share of all units asked for that were sold."""
        return float(self.got.sum() / self.asked.sum())

    @property
    def sku_fill(self) -> float:
        """Mean of the SKUs' own fills, of those that were asked for."""
        some = self.asked > 0
        return float((self.got[some] / self.asked[some]).mean())


@dataclass(slots=True)
class World:
    """True demand [series, days]; the first `known` days are history, and `scored` days at the end count.

    `censored`: who decides sees what was sold and not what was asked for.
    """

    demand: Floats
    known: int
    scored: int
    lead: Lead
    moq: int = MOQ
    carton: int = CARTON
    seed: int = 0
    censored: bool = True
    _orders: list[tuple[int, Floats, Floats]] = field(default_factory=list)

    def run(self, policy: Policy) -> Result:
        """The same luck for every policy."""
        random = np.random.default_rng(self.seed)
        series, days = self.demand.shape
        sold, stock = self.demand.copy(), np.ones(self.demand.shape, dtype=bool)
        moq, carton = np.full(series, self.moq), np.full(series, self.carton)
        on_hand = self._start(policy, sold, stock)
        held = np.zeros((series, days))
        for day in range(self.known, days):
            for order in [one for one in self._orders if (one[2] <= day).any()]:
                on_hand += np.where(order[2] <= day, order[1], 0)
                order[1][order[2] <= day] = 0
            self._orders = [one for one in self._orders if one[1].any()]
            if (day - self.known) % REVIEW == 0:
                chance = usual(np.asarray(random.standard_normal(series)))
                wanted = lots(policy(self._seen(day, sold, stock, on_hand)), moq, carton).astype(float)
                self._orders.append((day, wanted, self.lead.arrival(day, chance)))
            sold[:, day] = np.minimum(self.demand[:, day], on_hand)
            on_hand = on_hand - sold[:, day]
            stock[:, day] = on_hand > 0
            held[:, day] = on_hand
        last = slice(-self.scored, None)
        return Result(self.demand[:, last].sum(axis=1), sold[:, last].sum(axis=1), held[:, last].sum(axis=1))

    def _start(self, policy: Policy, sold: Floats, stock: Bools) -> Floats:
        """Units on hand where the policy has always been followed: on hand and on their way in six weekly orders is
        what it orders up to. At least the MOQ is on hand: a rule that saw no sale lately would never see one again."""
        self._orders, par = [], np.zeros(len(sold))
        for _ in range(_ASKED):
            par += np.ceil(np.maximum(policy(self._seen(self.known, sold, stock, par)), 0))
        weekly = np.floor(par * REVIEW / (LEAD_MEAN + 2 * REVIEW))
        self._orders = [
            (self.known - REVIEW * week, weekly.copy(), np.full(len(sold), self.known + LEAD_MEAN - REVIEW * week))
            for week in range(_ON_THE_WAY, 0, -1)
        ]
        return np.asarray(np.maximum(par - _ON_THE_WAY * weekly, self.moq))

    def _seen(self, day: int, sold: Floats, stock: Bools, on_hand: Floats) -> Seen:
        return Seen(
            day=day,
            units=sold[:, :day] if self.censored else self.demand[:, :day],
            stock=stock[:, :day] if self.censored else np.ones_like(stock[:, :day]),
            on_hand=on_hand.copy(),
            open=[(made, units.copy()) for made, units, _ in self._orders],
        )
