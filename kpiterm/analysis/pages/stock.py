"""The stock of one SKU in the months to come if nothing more is ordered: how much is left, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from kpiterm.analysis.clock import Clock
from kpiterm.analysis.inventory.demand import paths, store
from kpiterm.analysis.inventory.lead.draws import DRAWS
from kpiterm.analysis.inventory.order import path
from kpiterm.analysis.inventory.order.case import Inbound
from kpiterm.analysis.inventory.order.compute import ENDS, HORIZONS, Inputs
from kpiterm.analysis.inventory.order.gather import Buyer, case, terms_by_sku
from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.order.money import Exchange
from kpiterm.analysis.inventory.order.shop import Key, articles
from kpiterm.analysis.inventory.supply.model import Incoming
from kpiterm.analysis.pages.inventory import Arrival, Left, StockPage
from kpiterm.analysis.reader import Columns
from kpiterm.errors import UsageError

WEEKS = 26
_SHARES = (0.1, 0.5, 0.9)


def stock_page(reader: Columns, inputs: Inputs, clock: Clock, key: Key) -> StockPage:
    """The projection of one SKU; UsageError where it is unknown."""
    account, channel, sku = key
    known, shop = store.series(reader, inputs.supply), articles(reader)
    rows = np.flatnonzero((known.account == account) & (known.channel == channel) & (known.sku == sku))
    if not len(rows) or key not in shop:
        raise UsageError(f"no SKU {sku!r} with stock or sales", hint="`kpiterm reorder --all` lists them")
    today = clock.today(channel)
    lanes = Lanes(inputs.supply, inputs.experience, {channel: today}, DRAWS, 0)
    coming = [one for one in inputs.incoming if (one.account, one.channel, one.sku) == key]
    exchange = Exchange(inputs.rates, clock.now.date().replace(day=1))
    buyer = Buyer(inputs.supply, lanes, exchange, terms_by_sku(inputs.supply), {key: coming})
    taught = store.teach(reader, known, HORIZONS, inputs.supply, full=False, seed=0)
    forecast = store.outlook(reader, known, rows, taught, inputs.supply).forecast
    demand = paths.cumulated(forecast, np.arange(1), draws=DRAWS, ends=ENDS, seeds=paths.seeds(0, [account], [sku]))
    one = case([buyer.sku(key, shop[key])], demand, np.array(ENDS), lanes)
    supply = path.stock(one.on_hand, one.inbound, one.ends, DRAWS)
    left = np.quantile(supply[0] - demand[0] + path.lost(demand, supply)[0], _SHARES, axis=0)
    now = float(one.on_hand[0])
    ahead = zip(ENDS[:WEEKS], left.T.tolist(), strict=False)
    return StockPage(
        (Left(today, now, now, now), *(Left(today + timedelta(days=days), *shares) for days, shares in ahead)),
        tuple(sorted(_arrivals(coming, one.inbound, today), key=lambda arrival: arrival.likely)),
    )


def _arrivals(coming: Sequence[Incoming], inbound: Inbound, today: date) -> Iterator[Arrival]:
    """Each in the order of `coming`, which is that of the simulated lines."""
    days = np.quantile(inbound.days, (0.5, 0.9), axis=1)
    for one, likely, late in zip(coming, *days.tolist(), strict=True):
        yield Arrival(one.units, today + timedelta(round(likely)), today + timedelta(round(late)), one.order)
