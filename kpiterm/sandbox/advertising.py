"""Sponsored Products as they happened: clicks, spend and conversions per day, campaign and product."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.orders import DAY, HOUR, day_bounds, demand_weights, expected_orders, products_on, promotions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.orders import Demand

AD_SHARE = 0.34  # of the day's expected orders
ATTRIBUTION_DAYS = 30
_KINDS = (("Auto", "TARGETING_EXPRESSION_PREDEFINED", 0.4), ("Exact", "EXACT", 0.6))


class Campaign(NamedTuple):
    """One Sponsored Products campaign with its single ad group; `budget` is the daily budget in cents."""

    campaign_id: int
    ad_group_id: int
    name: str
    category: str
    match: str
    share: float
    budget: int


class Conversion(NamedTuple):
    """Attributed purchases, `lag` days after the click; `same_sku` is False for a halo purchase."""

    lag: int
    purchases: int
    units: int
    sales: int
    same_sku: bool


class AdCell(NamedTuple):
    """One day of one product in one campaign; invalid clicks and their cost go away within three days."""

    day: date
    campaign: Campaign
    product: Product
    term: str
    impressions: int
    clicks: int
    cost: int
    invalid_clicks: int
    invalid_until: int
    conversions: tuple[Conversion, ...]


@dataclass
class AdTotals:
    """Sums of what a report shows at a moment; money in cents, lists of conversions already cut by time."""

    impressions: int = 0
    clicks: int = 0
    cost: int = 0
    conversions: list[Conversion] = field(default_factory=list)

    def add(self, cell: AdCell, at: int) -> None:
        """Add what `cell` shows at a moment."""
        start, end = day_bounds(cell.day)
        self.impressions += cell.impressions
        self.clicks += cell.clicks
        self.cost += cell.cost
        if at < cell.invalid_until:
            self.clicks += cell.invalid_clicks
            self.cost += cell.invalid_clicks * cell.cost // max(cell.clicks, 1)
        days_over = max(1, (at - start) // DAY) if at >= end else 0
        self.conversions += [c for c in cell.conversions if c.lag < days_over]

    def attributed(self, measure: str, days: int, *, same_sku: bool = False) -> int:
        """Sum of `purchases`, `units` or `sales` (cents) within an attribution window of 1, 7, 14 or 30 days."""
        chosen = (c for c in self.conversions if c.lag < days and (c.same_sku or not same_sku))
        return sum(getattr(c, measure) for c in chosen)


def build_campaigns(seed: int, products: Iterable[Product]) -> tuple[Campaign, ...]:
    """An automatic and an exact-match campaign per category."""
    rng = Random(f"{seed}:campaigns")
    return tuple(
        Campaign(
            campaign_id=rng.randrange(10**14, 5 * 10**14),
            ad_group_id=rng.randrange(10**14, 5 * 10**14),
            name=f"SP | {category} | {kind}",
            category=category,
            match=match,
            share=share,
            budget=rng.randrange(30, 120) * 100,
        )
        for category in sorted({p.category for p in products})
        for kind, match, share in _KINDS
    )


def cells_of(demand: Demand, campaigns: Sequence[Campaign], day: date) -> tuple[AdCell, ...]:
    """All ad activity of one business day; the same arguments always give the same cells."""
    rng = Random(f"{demand.seed}:ads:{day}")
    weights = demand_weights(demand, day, promotions(demand, day))
    orders, total = expected_orders(demand, day) * AD_SHARE, sum(weights)
    return tuple(
        _cell(rng, day, campaign, product, orders * weights[product.position] / total * campaign.share)
        for campaign in campaigns
        for product in products_on(demand, day)
        if product.category == campaign.category and weights[product.position]
    )


def _cell(rng: Random, day: date, campaign: Campaign, product: Product, expected: float) -> AdCell:
    conversion_rate = product.conversion * 0.85
    clicks = max(0, round(rng.gauss(expected / conversion_rate, (expected / conversion_rate) ** 0.5)))
    purchases = sum(1 for _ in range(clicks) if rng.random() < conversion_rate) if clicks < 2000 else round(expected)
    per_click = product.price * conversion_rate * rng.uniform(0.2, 0.32)
    return AdCell(
        day=day,
        campaign=campaign,
        product=product,
        term=_term(product, campaign),
        impressions=round(clicks / rng.uniform(0.0035, 0.0075)) + rng.randrange(40),
        clicks=clicks,
        cost=round(clicks * per_click),
        invalid_clicks=int(clicks * 0.04 + rng.random()) if clicks else 0,
        invalid_until=day_bounds(day)[1] + int(rng.uniform(20, 66)) * HOUR,
        conversions=tuple(_conversion(rng, product) for _ in range(purchases)),
    )


def _conversion(rng: Random, product: Product) -> Conversion:
    draw = rng.random()
    lag = 0 if draw < 0.6 else min(ATTRIBUTION_DAYS - 1, int(rng.expovariate(0.28)) + 1)
    units = 1 if rng.random() < 0.88 else 2
    return Conversion(lag, 1, units, product.price * units, rng.random() < 0.82)


def _term(product: Product, campaign: Campaign) -> str:
    words = product.title.split(", ")[0].split()[3:]
    term = " ".join(words).lower()
    return term if campaign.match == "EXACT" else f"best {term} for home"
