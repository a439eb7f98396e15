"""Ways out of slow stock, and what they cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kpiterm.analysis.inventory.order.excess import excess
from kpiterm.analysis.inventory.order.exit_fees import coupon, removal
from kpiterm.analysis.inventory.order.gather import Sku
from kpiterm.analysis.inventory.order.line import Excess
from kpiterm.analysis.inventory.order.money import Unit
from kpiterm.analysis.inventory.order.shop import Article
from kpiterm.analysis.inventory.supply.model import Terms

TODAY = date(2026, 11, 23)
LANE = ("s", "sea", "amazon.com", None)
SKU = Sku(
    key=("us", "amazon.com", "A"),
    article=Article(available=600, price=Decimal(20), currency="USD", fee_rate=Decimal("0.3")),
    terms=Terms(sku="A", supplier="s", weight_kg=Decimal("0.4"), volume_l=Decimal(3)),
    known=True,
    unit=Unit(currency="USD", price=Decimal(20), purchase=Decimal(5), margin=Decimal(9), storage=Decimal("0.2")),
    usual="sea", lane=LANE, fastest=None, express=None, incoming=(),
)  # fmt: skip


def slow(daily: float, sku: Sku = SKU) -> Excess | None:
    left = np.maximum(sku.article.available - daily * np.arange(28, 365, 28), 0.0)
    return excess(sku, left, None, 100, TODAY, Decimal("0.12"))


def test_stock_that_sells_within_half_a_year_is_no_excess() -> None:
    assert slow(4) is None
    assert slow(2) is not None


def test_exits_are_cheapest_first_and_the_deadline_is_the_next_look_at_ages() -> None:
    found = slow(2.5)
    assert found is not None
    assert found.aging == 600 - 2.5 * 168
    assert found.step == date(2026, 12, 15)
    assert [way.cost for way in found.exits] == sorted(way.cost for way in found.exits)
    assert {way.way for way in found.exits} == {"price", "coupon", "removal"}
    price = next(way for way in found.exits if way.way == "price")
    assert price.price is not None
    assert Decimal(10) < price.price < Decimal(20)


def test_slower_stock_is_dearer_to_keep() -> None:
    costs = [found.keeping for daily in (2.5, 2.0, 1.0, 0.2) if (found := slow(daily))]
    assert costs == sorted(costs)


def test_without_a_price_only_keeping_has_a_cost() -> None:
    unpriced = replace(SKU, unit=replace(SKU.unit, price=None, margin=None))
    found = slow(1, unpriced)
    assert found is not None
    assert found.exits == ()


@pytest.mark.parametrize(("weight", "fee"), [("0.2", "0.84"), ("0.4", "1.53"), ("0.9", "2.27"), ("1.9072", "5.23")])
def test_removal_fees_follow_the_weight(weight: str, fee: str) -> None:
    rate = removal("amazon.com", TODAY)
    assert rate is not None
    assert rate.of(Decimal(weight)) == Decimal(fee)


def test_fees_have_their_days_and_channels() -> None:
    assert coupon("amazon.com", date(2025, 6, 1)) is None
    assert coupon("amazon.com", date(2025, 6, 2)) is not None
    assert removal("shopify", TODAY) is None
    before = removal("amazon.com", date(2026, 1, 14))
    assert before is not None
    assert before.of(Decimal("0.2")) == Decimal("1.04")


def test_a_coupon_that_sells_much_costs_its_cap() -> None:
    capped, before = coupon("amazon.com", TODAY), coupon("amazon.com", date(2025, 11, 4))
    assert capped is not None
    assert before is not None
    assert capped.of(Decimal(4200)) == before.of(Decimal(4200)) == Decimal(110)
    assert (capped.of(Decimal(200_000)), before.of(Decimal(200_000))) == (Decimal(2005), Decimal(5005))
