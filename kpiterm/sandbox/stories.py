"""Stories that a shop's figures tell: SKUs to which something happens that an operator has to notice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.events import big_deal_days, prime_day, thanksgiving_weekend, within

if TYPE_CHECKING:
    from kpiterm.sandbox.catalog import Product

# From the best seller on, each role with the least share of demand by which its story can be seen.
ROLES = {
    "stock_out": 0.12,
    "closure": 0.08,
    "price_cut": 0.08,
    "new": 0.06,
    "falling": 0.09,
    "prime_day": 0.08,
    "overstock": 0.05,
}
_OUT_DAYS, _OUT_THIS_MONTH = 11, 7
_BACK, _RECOVERY_DAYS = 0.55, 21  # a listing that was out of stock has lost its place in the search
_LAUNCH_DAYS, _STOCKED_BEFORE, _RAMP_DAYS = 40, 8, 21
_FALL_DAYS, _FALLEN = 90, 0.1  # so far that neither chance nor the fourth quarter hides it
_PRICE_PERCENT, _CUT_ORDERS, _CUT_CONVERSION = 85, 1.6, 1.35
_EVENT, _WEEKEND = 5.0, 2.4  # the whole shop sells about twice its usual over the Thanksgiving weekend


class Stories(NamedTuple):
    """What happens to which SKU (in the order of `ROLES`), seen from the shop's first look on `today`.

    The catalogue holds the price after the cut; `list_price` in cents and `list_conversion` are those before it.
    Stock at Amazon and Amazon's sales events move `amazon` alone, everything else moves all channels.
    """

    skus: tuple[str, ...]
    today: date
    list_price: int
    list_conversion: float
    amazon: bool = True

    @property
    def roles(self) -> dict[str, str]:
        return dict(zip(ROLES, self.skus, strict=True))

    @property
    def sold_out(self) -> tuple[date, date]:
        """First and last day without a unit to sell; the last units that were sold before leave in its first days."""
        last = min(self.month + timedelta(days=_OUT_THIS_MONTH - 1), self.today - timedelta(days=2))
        return last - timedelta(days=_OUT_DAYS - 1), last

    @property
    def month(self) -> date:
        """The first day of the lower price."""
        return self.today.replace(day=1)

    @property
    def launched(self) -> date:
        """The first day on which the new SKU is sold."""
        return self.today - timedelta(days=_LAUNCH_DAYS)

    @property
    def stocked(self) -> date:
        """The day on which the new SKU's first units arrive."""
        return self.launched - timedelta(days=_STOCKED_BEFORE)

    def factors(self, day: date) -> dict[str, float]:
        """By how many times demand differs from the usual, for the SKUs for which it does; 0 is not on sale."""
        roles = self.roles
        fallen = min(1.0, max(0, _FALL_DAYS - (self.today - day).days) / _FALL_DAYS)
        factors = {
            roles["falling"]: _FALLEN**fallen,
            roles["new"]: min(1.0, 0.3 + (day - self.launched).days / _RAMP_DAYS) if day >= self.launched else 0.0,
            roles["price_cut"]: _CUT_ORDERS if day >= self.month else 1.0,
        }
        if not self.amazon:
            return factors
        return factors | {roles["stock_out"]: self._availability(day), roles["prime_day"]: _event(day)}

    def _availability(self, day: date) -> float:
        first, last = self.sold_out
        if day < first:
            return 1.0
        return min(1.0, _BACK + (day - last).days / _RECOVERY_DAYS * (1 - _BACK)) if day > last else 0.0

    def priced(self, products: tuple[Product, ...], day: date) -> tuple[Product, ...]:
        """The products with that day's prices, and how well they convert at them."""
        if day >= self.month:
            return products
        cut = self.roles["price_cut"]
        price, conversion = self.list_price, self.list_conversion
        return tuple(p._replace(price=price, conversion=conversion) if p.sku == cut else p for p in products)

    def elsewhere(self) -> Stories:
        """The same stories on a channel that sells from its own stock."""
        return self._replace(amazon=False)


def plant(products: tuple[Product, ...], today: date) -> tuple[tuple[Product, ...], Stories]:
    """The catalogue with the stories' SKUs, and the stories; ValueError where it has too few FBA SKUs for them."""
    chosen = _best_sellers(products)[: len(ROLES)]
    if len(chosen) < len(ROLES):
        raise ValueError(f"stories need {len(ROLES)} FBA SKUs, the catalogue has {len(chosen)}: ask for more skus")
    whole = sum(p.weight for p in products)
    planted = {}
    for (role, share), product in zip(ROLES.items(), chosen, strict=True):
        planted[role] = product._replace(weight=max(product.weight, share * whole))
    old = planted["price_cut"]
    planted["price_cut"] = old._replace(
        price=old.price * _PRICE_PERCENT // 100, conversion=old.conversion * _CUT_CONVERSION
    )
    by_sku = {p.sku: p for p in planted.values()}
    stories = Stories(tuple(by_sku), today, old.price, old.conversion)
    return tuple(by_sku.get(p.sku, p) for p in products), stories


def _best_sellers(products: tuple[Product, ...]) -> list[Product]:
    """FBA SKUs by demand; the best of every family come first, so that one family is not the whole story."""
    better, ranked = Counter[str](), []
    for product in sorted((p for p in products if p.afn), key=lambda p: -p.weight):
        ranked.append((better[product.parent_asin], product))
        better[product.parent_asin] += 1
    return [product for _, product in sorted(ranked, key=lambda found: found[0])]


def _event(day: date) -> float:
    if within(day, prime_day(day.year)) or within(day, big_deal_days(day.year)):
        return _EVENT
    return _WEEKEND if within(day, thanksgiving_weekend(day.year)) else 1.0
