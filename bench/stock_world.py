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
    """Means over the scored days: stock on hand in days of demand, fill of all units, mean of the SKUs' own fills."""

    days: float
    unit_fill: float
    sku_fill: float


@dataclass(slots=True)
class World:
    """True demand [series, days]; the first `known` days are history, and `scored` days at the end count."""

    demand: Floats
    known: int
    scored: int
    lead: Lead
    moq: int = MOQ
    carton: int = CARTON
    seed: int = 0
    _orders: list[tuple[int, Floats, Floats]] = field(default_factory=list)

    def run(self, policy: Policy) -> Result:
        """The same luck for every policy."""
        random = np.random.default_rng(self.seed)
        series, days = self.demand.shape
        sold, stock = self.demand.copy(), np.ones(self.demand.shape, dtype=bool)
        mean = self.demand[:, : self.known].mean(axis=1)
        on_hand = np.ceil(mean * (REVIEW + 14))
        # Orders of the weeks before are on their way, one a week.
        moq, carton = np.full(series, self.moq), np.full(series, self.carton)
        self._orders = [(self.known - 7 * week, np.ceil(mean * REVIEW), np.full(series, self.known + 45 - 7 * week))
                        for week in range(6, 0, -1)]  # fmt: skip
        held = np.zeros((series, days))
        for day in range(self.known, days):
            for order in [one for one in self._orders if (one[2] <= day).any()]:
                on_hand += np.where(order[2] <= day, order[1], 0)
                order[1][order[2] <= day] = 0
            self._orders = [one for one in self._orders if one[1].any()]
            if (day - self.known) % REVIEW == 0:
                chance = usual(np.asarray(random.standard_normal(series)))
                seen = Seen(day=day, units=sold[:, :day], stock=stock[:, :day], on_hand=on_hand.copy(),
                            open=[(made, units.copy()) for made, units, _ in self._orders])  # fmt: skip
                wanted = lots(policy(seen), moq, carton).astype(float)
                self._orders.append((day, wanted, self.lead.arrival(day, chance)))
            sold[:, day] = np.minimum(self.demand[:, day], on_hand)
            on_hand = on_hand - sold[:, day]
            stock[:, day] = on_hand > 0
            held[:, day] = on_hand
        return self._scored(sold, held)

    def _scored(self, sold: Floats, held: Floats) -> Result:
        asked, got, kept = (cells[:, -self.scored :] for cells in (self.demand, sold, held))
        some = asked.sum(axis=1) > 0
        return Result(
            days=float(kept.sum() / asked.sum()),
            unit_fill=float(got.sum() / asked.sum()),
            sku_fill=float((got.sum(axis=1)[some] / asked.sum(axis=1)[some]).mean()),
        )
