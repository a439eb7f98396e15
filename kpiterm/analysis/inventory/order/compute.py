"""One run over a store: every SKU's demand, lead times and stock, a chunk at a time, and what to order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from kpiterm.analysis.clock import Clock
from kpiterm.analysis.inventory.demand import events, paths, store
from kpiterm.analysis.inventory.demand.store import Series, Taught
from kpiterm.analysis.inventory.lead.draws import DRAWS
from kpiterm.analysis.inventory.lead.route import Experience
from kpiterm.analysis.inventory.order.basis import basis, past_sales, selling
from kpiterm.analysis.inventory.order.gather import Buyer, Sku, case, terms_by_sku
from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.order.line import Selling, Track
from kpiterm.analysis.inventory.order.money import Exchange
from kpiterm.analysis.inventory.order.shop import Article, Key, articles
from kpiterm.analysis.inventory.order.suggest import Suggestion, suggest
from kpiterm.analysis.inventory.order.track import track
from kpiterm.analysis.inventory.supply.model import Incoming, Supply
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from kpiterm.analysis.pacing.arrays import Ints
from kpiterm.analysis.reader import Columns

ENDS = (*range(7, 169, 7), *range(196, 365, 28))
"""Days up to which demand is simulated: by week for 24 weeks, then by four weeks."""

HORIZONS = (7, 28, 56, 84, 112, 182, 364)
_TOGETHER = 256  # SKUs whose paths are in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What people say, and what is on its way."""

    supply: Supply
    experience: Experience = field(default_factory=dict)
    incoming: Sequence[Incoming] = ()
    rates: Rates = NO_RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some SKUs and what is suggested for them; `skus`, `selling` and `tracks` by row of `found`."""

    skus: Sequence[Sku]
    selling: Sequence[Selling]
    found: Suggestion
    tracks: Sequence[Track | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`today` by channel; `uncounted`, SKUs that sell and of whose stock nothing is known."""

    today: Mapping[str, date]
    lanes: Lanes
    batches: Sequence[Batch]
    uncounted: int


def run(
    reader: Columns,
    inputs: Inputs,
    clock: Clock,
    *,
    only: str | None = None,
    full: bool = False,
    tracked: bool = False,
    seed: int = 0,
) -> Run:
    """Suggestions for all SKUs with stock or sales, or for those with the code `only`."""
    supply = inputs.supply
    known, shop = store.series(reader, supply), articles(reader)
    channels: Collection[str] = set(known.channel)
    today = {str(channel): clock.today(channel) for channel in channels}
    lanes = Lanes(supply, inputs.experience, today, DRAWS, seed)
    buyer = _buyer(inputs, lanes, clock.now)
    rows = _rows(known, shop, inputs, only)
    counted = np.array([shop[_key(known, row)].counted is not None for row in rows], dtype=bool)
    batches: list[Batch] = []
    if counted.any():
        taught = store.teach(reader, known, HORIZONS, supply, full=full, seed=seed)
        work = _Work(reader, known, taught, buyer, shop, seed, tracked)
        batches = [batch for chunk in _chunks(rows[counted]) for batch in work.batches(chunk)]
    return Run(today=today, lanes=lanes, batches=batches, uncounted=int((~counted).sum()))


def _buyer(inputs: Inputs, lanes: Lanes, now: datetime) -> Buyer:
    coming: dict[Key, list[Incoming]] = {}
    for one in inputs.incoming:
        coming.setdefault((one.account, one.channel, one.sku), []).append(one)
    exchange = Exchange(inputs.rates, now.date().replace(day=1))
    return Buyer(inputs.supply, lanes, exchange, terms_by_sku(inputs.supply), coming)


def _rows(known: Series, shop: Mapping[Key, Article], inputs: Inputs, only: str | None) -> Ints:
    """Series that are still sold or stocked."""
    coming = {(one.account, one.channel, one.sku) for one in inputs.incoming}
    found = []
    for row in range(len(known)):
        key = _key(known, row)
        article = shop.get(key)
        alive = article is not None and (article.available > 0 or article.price is not None or key in coming)
        if alive and only in {None, key[2]}:
            found.append(row)
    return np.array(found, dtype=np.int64)


def _key(known: Series, row: int) -> Key:
    return str(known.account[row]), str(known.channel[row]), str(known.sku[row])


def _chunks(rows: Ints) -> Iterator[Ints]:
    for start in range(0, len(rows), store.CHUNK):
        yield rows[start : start + store.CHUNK]


@dataclass(frozen=True, slots=True)
class _Work:
    reader: Columns
    known: Series
    taught: Taught
    buyer: Buyer
    shop: Mapping[Key, Article]
    seed: int
    tracked: bool

    def batches(self, rows: Ints) -> Iterator[Batch]:
        """Suggestions for these series, some at a time."""
        known, supply = self.known, self.buyer.supply
        found = store.outlook(self.reader, known, rows, self.taught, supply)
        until = int(found.panel.last_day.max(initial=0)) + max(HORIZONS)
        special = events.factors(
            found.panel, known.channel[rows], known.sku[rows], self.taught.sales, supply.events, until
        )
        rests = basis(found.panel, found.forecast, self.taught.lessons, special, ENDS)
        pasts = past_sales(found.panel, known.channel[rows].tolist())
        sold = selling(found.panel, rests, found.shift, known.basis[rows].tolist(), pasts)
        seeds = paths.seeds(self.seed, known.account[rows].tolist(), known.sku[rows].tolist())
        tracks: list[Track | None] = [None] * len(rows)
        if self.tracked:
            tracks = track(found.panel, self.taught.lessons, special, seeds, DRAWS)
        for start in range(0, len(rows), _TOGETHER):
            part = np.arange(start, min(start + _TOGETHER, len(rows)))
            skus = [self.buyer.sku(key, self.shop[key]) for key in (_key(known, int(row)) for row in rows[part])]
            demand = paths.cumulated(found.forecast, part, draws=DRAWS, ends=ENDS, seeds=seeds[part])
            suggested = suggest(case(skus, demand, np.array(ENDS), self.buyer.lanes), rests.take(part))
            yield Batch(skus=skus, selling=[sold[n] for n in part], found=suggested, tracks=[tracks[n] for n in part])
            self.buyer.lanes.forget()
