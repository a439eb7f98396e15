"""What a unit costs to buy, to bring and to keep, and what it earns, in the currency that its channel sells in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from kpiterm.analysis.inventory.order.shop import Article
from kpiterm.analysis.inventory.supply import defaults, fees
from kpiterm.analysis.inventory.supply.model import ShipMode, Supply, Terms
from kpiterm.analysis.kpi.fx import Rates, RatesMissing

_LITRES = 1000  # in a cubic metre
_SURCHARGED = (181, 211, 241)  # days of age at which three months of the surcharge are looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Money for one unit. `purchase`, paid to the supplier, `freight` by the usual ship mode, `margin` after fees and
    landed cost; `premium`, freight by the fastest mode on top; `storage` a month of the next year, `aged` for three
    surcharged months. None is unknown."""

    currency: str | None
    price: Decimal | None
    purchase: Decimal | None
    margin: Decimal | None
    freight: Decimal | None = None
    premium: Decimal | None = None
    storage: Decimal = Decimal(0)
    aged: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Amounts into a currency, by the workspace's rates of the month, or the latest before it."""

    rates: Rates
    month: date

    def into(self, amount: Decimal | None, currency: str | None, target: str | None) -> Decimal | None:
        """None where the amount or a rate is not known; an amount without a currency is taken for the target's."""
        if amount is None or target is None or currency in {target, None}:
            return amount
        known = [month for month in self.rates.months if month <= self.month]
        try:
            return amount * self.rates.rate(currency, target, max(known, default=None))
        except RatesMissing:
            return None


def unit(article: Article, terms: Terms | None, supply: Supply, exchange: Exchange, channel: str, today: date) -> Unit:
    """All that is known of a unit, but its freight."""
    currency = article.currency or article.cost_currency
    ledger = exchange.into(article.unit_cost, article.cost_currency, currency)
    bought = _bought(terms, supply, exchange, currency)
    landed = ledger if ledger is not None else bought
    earned = None
    if article.price is not None and landed is not None:
        earned = article.price * (1 - (article.fee_rate or 0)) - landed
    weight, volume = (terms.weight_kg, terms.volume_l) if terms else (None, None)
    return Unit(
        currency=currency,
        price=article.price,
        purchase=bought if bought is not None else ledger,
        margin=earned,
        storage=_storage(channel, today, weight, volume),
        aged=_aged(channel, today, weight, volume),
    )


@cache
def _storage(channel: str, today: date, weight: Decimal | None, volume: Decimal | None) -> Decimal:
    """A month's storage, on average of the year to come: what is ordered now lies there in other seasons too."""
    months = [fees.storage(channel, today + timedelta(days=30 * month), weight, volume) for month in range(12)]
    return sum((charge.amount for charge in months if charge), Decimal(0)) / len(months)


@cache
def _aged(channel: str, today: date, weight: Decimal | None, volume: Decimal | None) -> Decimal:
    charges = [fees.aged(channel, today, age, weight, volume) for age in _SURCHARGED]
    return sum((charge.amount for charge in charges if charge), Decimal(0))


def shipped(known: Unit, terms: Terms, usual: ShipMode, fastest: ShipMode, exchange: Exchange) -> Unit:
    """The unit with its freight by the usual mode, and what the fastest costs on top."""
    freight = exchange.into(freight_of(terms, usual), usual.currency, known.currency)
    fast = exchange.into(freight_of(terms, fastest), fastest.currency, known.currency)
    dearer = fast - freight if fast is not None and freight is not None else None
    return replace(known, freight=freight, premium=dearer)


def freight_of(terms: Terms, mode: ShipMode) -> Decimal | None:
    """What a unit's way costs, in the mode's currency; None where weight, volume or rate is missing."""
    if mode.per_kg is not None:
        return None if terms.weight_kg is None else terms.weight_kg * mode.per_kg
    if mode.per_cbm is not None:
        return None if terms.volume_l is None else terms.volume_l / _LITRES * mode.per_cbm
    return None


def _bought(terms: Terms | None, supply: Supply, exchange: Exchange, currency: str | None) -> Decimal | None:
    """The supplier's price at the minimum order."""
    if terms is None:
        return None
    paid_in = terms.currency or defaults.supplier(supply, terms.supplier).currency
    return exchange.into(terms.unit_cost(terms.moq), paid_in, currency)
