"""The ways that orders can take, and when an order of each day arrives by them; and what is on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zlib import crc32

import numpy as np

from kpiterm.analysis.inventory.lead import draws as lead_draws
from kpiterm.analysis.inventory.lead import route as routes
from kpiterm.analysis.inventory.lead.route import Experience, Key, Route
from kpiterm.analysis.inventory.order.case import Arrivals, Draws
from kpiterm.analysis.inventory.supply import defaults
from kpiterm.analysis.inventory.supply.model import Incoming, Stage, Supply, Terms
from kpiterm.analysis.pacing.arrays import Floats, Ints

WEEKS = 26
_USUAL = ("sea", "air")


@dataclass(slots=True)
class Lanes:
    """Routes of a catalogue, each simulated once; `forget` those that are a single SKU's own. `today` is by
    channel."""

    supply: Supply
    experience: Experience
    today: Mapping[str, date]
    draws: int
    seed: int
    _routes: dict[Key, Route] = field(default_factory=dict)
    _days: dict[Key, Draws] = field(default_factory=dict)
    _leads: dict[Key, Floats] = field(default_factory=dict)
    _remaining: dict[object, Ints] = field(default_factory=dict)

    @property
    def order_days(self) -> Ints:
        """Days of ordering, from today, that arrivals are simulated for."""
        review = self.supply.limits.review_days
        return np.arange(0, max(WEEKS * 7 // review, 4) * review + 1, review, dtype=np.int64)

    def of(self, terms: Terms, mode: str, channel: str) -> Key:
        """The lane of a SKU by a ship mode."""
        key = routes.key(terms, mode, channel)
        if key not in self._days:
            found = routes.route(self.supply, self.experience, terms, mode, channel)
            days = [self.today[channel] + timedelta(days=int(day)) for day in self.order_days]
            lead = lead_draws.arrivals_of(found, days, draws=self.draws, seed=self.seed)
            self._routes[key], self._leads[key] = found, np.median(lead, axis=1)
            self._days[key] = (lead + self.order_days[:, None]).astype(np.float32)
        return key

    def modes(self, terms: Terms) -> tuple[str, ...]:
        """The ship modes of a SKU: its own, its supplier's, all that are declared, or sea and air."""
        supplier = defaults.supplier(self.supply, terms.supplier)
        return terms.modes or supplier.modes or tuple(self.supply.modes) or _USUAL

    def median(self, lane: Key) -> float:
        """Days until an order of today by this lane can be sold."""
        return float(self._leads[lane][0])

    def stages(self, lane: Key) -> Mapping[Stage, float]:
        """The usual days of each stage, whatever the calendar."""
        return {stage: float(np.median(points)) for stage, points in self._routes[lane].points.items()}

    def delay(self, lane: Key, reviews: int) -> int:
        """By how many days an order of the next reviews takes longer than a quick one of the half year to come."""
        lead = self._leads[lane]
        return int(lead[:reviews].max() - lead.min())

    def arrivals(self, lanes: Sequence[Key]) -> Arrivals:
        """These lanes, in their order."""
        return Arrivals(days=np.stack([self._days[lane] for lane in lanes]), order_days=self.order_days)

    def remaining(self, terms: Terms, incoming: Incoming) -> Ints:
        """Days until goods on their way can be sold, [draws].

        Goods of different days have luck of their own: all of them are seldom late at once.
        """
        key = self.of(terms, incoming.mode or self.modes(terms)[0], incoming.channel)
        state = key, incoming.stage, incoming.since, incoming.expected
        if state not in self._remaining:
            today = self.today[incoming.channel]
            self._remaining[state] = lead_draws.remaining(
                self._routes[key], incoming, today, draws=self.draws, seed=_luck(self.seed, incoming)
            )
        return self._remaining[state]

    def forget(self) -> None:
        """Give up the simulations of lanes that are a single SKU's own; their medians stay."""
        for key in [key for key in self._days if key[3] is not None]:
            del self._days[key]
        self._remaining.clear()


def _luck(seed: int, incoming: Incoming) -> int:
    """The seed of goods that travel together, the same on every machine."""
    moments = f"{seed}\0{incoming.stage}\0{incoming.since}\0{incoming.expected}"
    return crc32(moments.encode())
