"""Who decides in the simulated warehouse: the product's own engine, and the rules of the trade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.stock_world import REVIEW, Floats, Lead, Policy, Seen, usual
from kpiterm.analysis.inventory.demand import forecast, lessons, paths
from kpiterm.analysis.inventory.demand.learn import Lessons
from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.order import path
from kpiterm.analysis.inventory.order.case import Arrivals, Buying, Case, Draws, Inbound
from kpiterm.analysis.inventory.order.need import need

HORIZONS = (7, 28, 56, 84, 112, 168)
ENDS = tuple(range(7, 169, 7))
ORDER_DAYS = np.arange(0, 29, REVIEW)
_LEARN = 28  # days between two lessons


@dataclass(slots=True)
class Engine:
    """kpiterm's own functions: learning, forecast, simulated paths and the order's need.

    `service` for all SKUs alike; `first_day` of the series as days since 1970-01-01; `told` [series, days], the demand
    that will come, makes it a bound: what lead times and the review alone ask for.
    """

    service: float
    lead: Lead
    first_day: int
    full: bool = False
    told: Floats | None = None
    draws: int = 128
    _lessons: Lessons | None = None
    _learnt: int = -_LEARN

    def __call__(self, seen: Seen) -> Floats:
        demand = self._simulated(seen) if self.told is None else self._told(seen.day)
        case = self._case(seen, demand)
        supply = path.stock(case.on_hand, case.inbound, case.ends, self.draws)
        return need(case, path.lost(case.demand, supply)).units

    def _simulated(self, seen: Seen) -> Draws:
        """What the forecast's paths say, learnt anew every four weeks."""
        series = len(seen.units)
        panel = Panel(
            units=seen.units,
            stock=seen.stock,
            last_day=np.full(series, self.first_day + seen.day - 1),
            price=np.full(series, np.nan),
            pool=np.zeros(series, dtype=np.int64),
        )
        if self._lessons is None or seen.day - self._learnt >= _LEARN:
            self._lessons, self._learnt = lessons(panel, HORIZONS, full=self.full), seen.day
        found = forecast(panel, self._lessons, HORIZONS)
        seeds = paths.seeds(0, ["bench"] * series, [str(number) for number in range(series)])
        return paths.cumulated(found, slice(None), draws=self.draws, ends=ENDS, seeds=seeds)

    def _told(self, day: int) -> Draws:
        """What will come, the same on each path; after the last day as in the eight weeks before it."""
        assert self.told is not None
        usual = self.told[:, -56:].mean(axis=1, keepdims=True)
        coming = np.concatenate([self.told[:, day:], np.repeat(usual, ENDS[-1], axis=1)], axis=1)
        sums = np.cumsum(coming, axis=1)[:, np.array(ENDS) - 1].astype(np.float32)
        return np.repeat(sums[:, None], self.draws, axis=1)

    def _case(self, seen: Seen, demand: Draws) -> Case:
        series = len(seen.units)
        chance = np.random.default_rng(5).standard_normal(self.draws)
        days = np.stack([self.lead.arrival(seen.day + int(day), usual(chance)) - seen.day for day in ORDER_DAYS])
        ones, zeros = np.ones(series), np.zeros(series)
        return Case(
            demand=demand,
            ends=np.array(ENDS),
            on_hand=seen.on_hand,
            inbound=self._inbound(seen, chance),
            arrivals=Arrivals(days=days[None].astype(np.float32), order_days=ORDER_DAYS),
            buying=Buying(
                lane=np.zeros(series, dtype=np.int64), express=np.full(series, -1), premium=zeros + np.inf,
                moq=np.ones(series, dtype=np.int64), carton=np.ones(series, dtype=np.int64), margin=ones,
                rank_loss=zeros, cost=ones, storage=zeros, aged=zeros,
            ),
            review=REVIEW,
            service=(self.service, self.service),
            aged_after=28,
        )  # fmt: skip

    def _inbound(self, seen: Seen, chance: Floats) -> Inbound:
        """Open orders: each has luck of its own, and has not come yet, which rules its shorter lead times out."""
        rows, units, days = [], [], []
        for made, ordered in seen.open:
            some = np.flatnonzero(ordered)
            arrival = np.sort(self.lead.arrival(made, usual(chance)) - seen.day)
            left = arrival[arrival > 0]
            places = np.random.default_rng((5, made)).permutation(self.draws) * len(left) // self.draws
            drawn = left[places] if len(left) else np.ones(self.draws)
            rows.append(some)
            units.append(ordered[some])
            days.append(np.broadcast_to(drawn, (len(some), self.draws)))
        if not rows:
            return Inbound(row=np.zeros(0, dtype=np.int64), units=np.zeros(0), days=np.zeros((0, self.draws), "f4"))
        return Inbound(
            row=np.concatenate(rows), units=np.concatenate(units), days=np.concatenate(days).astype(np.float32)
        )


def velocity(weights: dict[int, float], buffer: float, *, masked: bool = False) -> Policy:
    """Weighted velocities of the last days (`masked`: the last days in stock), times lead time, review and a buffer."""

    def order(seen: Seen) -> Floats:
        daily = sum(share * (_shown if masked else _lately)(seen, days) for days, share in weights.items())
        return np.asarray(daily * (45 + REVIEW + buffer) - _position(seen))

    return order


def _lately(seen: Seen, days: int) -> Floats:
    return np.asarray(seen.units[:, -days:].mean(axis=1))


def _shown(seen: Seen, days: int) -> Floats:
    back = np.cumsum(seen.stock[:, ::-1], axis=1)[:, ::-1]
    last = seen.stock & (back <= days)
    return np.asarray((seen.units * last).sum(axis=1) / np.maximum(last.sum(axis=1), 1))


def z_sigma(z: float) -> Policy:
    """The textbook: 30-day velocity, and z standard deviations of a day times the root of the days."""

    def order(seen: Seen) -> Floats:
        recent = seen.units[:, -30:]
        days = 45 + REVIEW
        return np.asarray(recent.mean(axis=1) * days + z * recent.std(axis=1) * np.sqrt(days) - _position(seen))

    return order


def _position(seen: Seen) -> Floats:
    return np.asarray(seen.on_hand + sum((units for _, units in seen.open), np.zeros(len(seen.on_hand))))
