"""Sponsored Brands and Sponsored Display as they happened: per day and campaign, on top of Sponsored Products."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Literal

from kpiterm.sandbox.advertising import ATTRIBUTION_DAYS, AdCell, AdTotals, Campaign, Conversion
from kpiterm.sandbox.orders import HOUR, day_bounds, shelf_of
from kpiterm.sandbox.shop import days_between

if TYPE_CHECKING:
    from datetime import date, datetime

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.shop import Shop

BrandKind = Literal["SB", "SD"]
_CLICKS = {"SB": 9, "SD": 6}  # a day and campaign
_NAMES = {"SB": ("Video", "Collection"), "SD": ("Remarketing", "Contextual")}


@lru_cache(maxsize=64)
def brand_campaigns(shop: Shop, kind: BrandKind) -> tuple[Campaign, ...]:
    """Two campaigns of a kind for the shop's first two categories."""
    rng = Random(f"{shop.seed}:{kind}:campaigns")
    categories = sorted({product.category for product in shop.products})[:2]
    return tuple(
        Campaign(
            campaign_id=rng.randrange(10**14, 5 * 10**14),
            ad_group_id=rng.randrange(10**14, 5 * 10**14),
            name=f"{kind} | {category} | {name}",
            category=category,
            match="",
            share=1.0,
            budget=rng.randrange(20, 60) * 100,
        )
        for category, name in zip(categories, _NAMES[kind], strict=False)
    )


@lru_cache(maxsize=4096)
def brand_cells(shop: Shop, kind: BrandKind, day: date) -> tuple[AdCell, ...]:
    """The day's activity; the same shop and day always give the same cells."""
    if day < shop.first_day:
        return ()
    rng = Random(f"{shop.seed}:{kind}:ads:{day}")
    shelf = shelf_of(shop.demand, day)
    on_sale = [p for p in shelf.products if shelf.sells(p.position)]
    chosen = [(c, [p for p in on_sale if p.category == c.category]) for c in brand_campaigns(shop, kind)]
    return tuple(_cell(rng, kind, campaign, day, products) for campaign, products in chosen if products)


def brand_totals(shop: Shop, kind: BrandKind, day_from: date, day_to: date, *, at: datetime) -> AdTotals:
    """What a report of the kind that is asked for at `at` shows."""
    totals, seconds = AdTotals(), int(at.timestamp())
    for day in days_between(day_from, day_to):
        for cell in brand_cells(shop, kind, day) if shop.ads_visible(day, seconds) else ():
            totals.add(cell, seconds)
    return totals


def _cell(rng: Random, kind: BrandKind, campaign: Campaign, day: date, products: list[Product]) -> AdCell:
    product = rng.choice(products)
    clicks = max(1, round(rng.gauss(_CLICKS[kind], 2.5)))
    purchases = sum(rng.random() < product.conversion * 0.7 for _ in range(clicks))
    return AdCell(
        day=day,
        campaign=campaign,
        product=product,
        term="",
        impressions=round(clicks / rng.uniform(0.002, 0.005)),
        clicks=clicks,
        cost=round(clicks * rng.uniform(45, 140)),
        invalid_clicks=int(rng.random() < 0.2),
        invalid_until=day_bounds(day)[1] + int(rng.uniform(20, 66)) * HOUR,
        conversions=tuple(_conversion(rng, product) for _ in range(purchases)),
    )


def _conversion(rng: Random, product: Product) -> Conversion:
    lag = 0 if rng.random() < 0.5 else min(ATTRIBUTION_DAYS - 1, int(rng.expovariate(0.2)) + 1)
    units = 1 if rng.random() < 0.9 else 2
    return Conversion(lag, 1, units, product.price * units, rng.random() < 0.75)
