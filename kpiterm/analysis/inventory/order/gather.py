"""From what the store and people's files say of some SKUs to the case that the engine decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from kpiterm.analysis.inventory.lead.route import Key as LaneKey
from kpiterm.analysis.inventory.order.case import Buying, Case, Draws, Inbound
from kpiterm.analysis.inventory.order.lanes import Lanes
from kpiterm.analysis.inventory.order.money import Exchange, Unit, shipped, unit
from kpiterm.analysis.inventory.order.shop import Article, Key
from kpiterm.analysis.inventory.supply import defaults
from kpiterm.analysis.inventory.supply.model import Incoming, Supply, Terms
from kpiterm.analysis.pacing.arrays import Floats, Ints

NO_SUPPLIER = ""
_NOTHING_KNOWN = 1.0  # margin and cost of a unit of which neither is known: service then rests on the rates alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """One SKU: what it is, how it is bought, what a unit is worth, and the lanes of its usual and its fastest mode."""

    key: Key
    article: Article
    terms: Terms
    known: bool
    unit: Unit
    usual: str
    lane: LaneKey
    fastest: str | None
    express: LaneKey | None
    incoming: tuple[Incoming, ...]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Makes a Sku of a key; `terms` by account and SKU, or (None, SKU) for all accounts."""

    supply: Supply
    lanes: Lanes
    exchange: Exchange
    terms: Mapping[tuple[str | None, str], Terms]
    incoming: Mapping[Key, Sequence[Incoming]]

    def sku(self, key: Key, article: Article) -> Sku:
        account, channel, code = key
        said = self.terms.get((account, code)) or self.terms.get((None, code))
        terms = said or Terms(sku=code, supplier=NO_SUPPLIER)
        usual, fastest = self._modes(terms, channel)
        worth = unit(article, said, self.supply, self.exchange, channel, self.lanes.today[channel])
        modes = defaults.mode(self.supply, usual), defaults.mode(self.supply, fastest)
        worth = shipped(worth, terms, *modes, self.exchange)
        flies = fastest != usual and worth.premium is not None and worth.premium > 0
        return Sku(
            key=key,
            article=article,
            terms=terms,
            known=said is not None,
            unit=worth,
            usual=usual,
            lane=self.lanes.of(terms, usual, channel),
            fastest=fastest if flies else None,
            express=self.lanes.of(terms, fastest, channel) if flies else None,
            incoming=tuple(self.incoming.get(key, ())),
        )

    def _modes(self, terms: Terms, channel: str) -> tuple[str, str]:
        """The slowest way, which is the usual one, and the fastest."""
        names = self.lanes.modes(terms)
        ordered = sorted(names, key=lambda name: -self.lanes.median(self.lanes.of(terms, name, channel)))
        return ordered[0], ordered[-1]


def terms_by_sku(supply: Supply) -> dict[tuple[str | None, str], Terms]:
    """Terms by account (None: all) and SKU."""
    return {(terms.account, terms.sku): terms for terms in supply.terms}


def case(skus: Sequence[Sku], demand: Draws, ends: Ints, lanes: Lanes) -> Case:
    """The case of these SKUs; `demand` [skus, draws, ends]."""
    used = list(dict.fromkeys(lane for sku in skus for lane in (sku.lane, sku.express) if lane))
    number = {lane: place for place, lane in enumerate(used)}
    rates = lanes.supply.rates
    return Case(
        demand=demand,
        ends=ends,
        on_hand=np.array([float(sku.article.available) for sku in skus]),
        inbound=_inbound(skus, lanes, demand.shape[1]),
        arrivals=lanes.arrivals(used),
        buying=_buying(skus, number, float(rates.rank_loss)),
        review=lanes.supply.limits.review_days,
        holding=float(rates.capital + rates.holding),
        service=(float(rates.service_low), float(rates.service_high)),
    )


def _buying(skus: Sequence[Sku], number: Mapping[LaneKey, int], rank_loss: float) -> Buying:
    margin = _money(skus, lambda sku: sku.unit.margin if sku.unit.margin is not None else sku.unit.price)
    premium = _money(skus, lambda sku: sku.unit.premium)
    return Buying(
        lane=np.array([number[sku.lane] for sku in skus], dtype=np.int64),
        express=np.array([number[sku.express] if sku.express else -1 for sku in skus], dtype=np.int64),
        premium=np.where(premium > 0, premium, np.inf),
        moq=np.array([sku.terms.moq for sku in skus], dtype=np.int64),
        carton=np.array([max(sku.terms.carton, 1) for sku in skus], dtype=np.int64),
        margin=margin,
        rank_loss=np.maximum(margin, 0) * rank_loss,
        cost=_money(skus, lambda sku: sku.unit.purchase if sku.unit.purchase is not None else sku.unit.price),
        storage=_money(skus, lambda sku: sku.unit.storage),
        aged=_money(skus, lambda sku: sku.unit.aged),
    )


def _money(skus: Sequence[Sku], of: Callable[[Sku], Decimal | None]) -> Floats:
    return np.array([_NOTHING_KNOWN if (value := of(sku)) is None else float(value) for sku in skus])


def _inbound(skus: Sequence[Sku], lanes: Lanes, draws: int) -> Inbound:
    found = [(row, sku.terms, one) for row, sku in enumerate(skus) for one in sku.incoming]
    days = [lanes.remaining(terms, one) for _, terms, one in found]
    return Inbound(
        row=np.array([row for row, _, _ in found], dtype=np.int64),
        units=np.array([float(one.units) for _, _, one in found]),
        days=np.array(days, dtype=np.float32).reshape(len(found), draws),
    )
