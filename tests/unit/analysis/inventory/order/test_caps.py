"""What bounds all orders together keeps every derivation exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.inventory.order.caps import capped, moved
from kpiterm.analysis.inventory.order.gather import Sku
from kpiterm.analysis.inventory.order.joined import joined
from kpiterm.analysis.inventory.order.money import Exchange, Unit
from kpiterm.analysis.inventory.order.shop import Article
from kpiterm.analysis.inventory.order.suggest import Suggestion, suggest
from kpiterm.analysis.inventory.order.waterfall import LINES
from kpiterm.analysis.inventory.supply.model import Capacity, Limits, Terms
from kpiterm.analysis.kpi.fx import Rates

if TYPE_CHECKING:
    from tests.unit.analysis.inventory.order.conftest import MakeCase

EXCHANGE = Exchange(Rates(base="USD", months={date(2026, 11, 1): {"CNY": Decimal("0.14")}}), date(2026, 11, 1))


def sku(channel: str, *, margin: int = 8, available: int = 0) -> Sku:
    return Sku(
        key=("us", channel, "A"),
        article=Article(available=available, price=Decimal(20), currency="USD"),
        terms=Terms(sku="A", supplier="s", moq=24, carton=12, volume_l=Decimal(2)),
        known=True,
        unit=Unit(currency="USD", price=Decimal(20), purchase=Decimal(5), margin=Decimal(margin)),
        usual="sea", lane=("s", "sea", channel, None), fastest=None, express=None, incoming=(),
    )  # fmt: skip


@pytest.fixture
def pair(case: MakeCase) -> tuple[list[Sku], Suggestion]:
    """One SKU on two channels: without stock on Amazon, with too much on Shopify."""
    poor, rich = (suggest(*case(moq=24, carton=12, on_hand=units)) for units in (60, 900))
    return [sku("amazon.com", available=60), sku("shopify", available=900)], joined([poor, rich])


def test_channels_that_share_stock_serve_one_another_before_anything_is_bought(
    pair: tuple[list[Sku], Suggestion],
) -> None:
    skus, found = pair
    after, made = moved(skus, found, Limits(shared_stock=(("amazon.com", "shopify"),)))
    assert found.quantity[0] > 0
    assert (made[0].source, made[0].target) == (1, 0)
    assert after.quantity[0] == 0
    assert after.lines[0, LINES.index("transfers")] == -made[0].units
    assert (after.lines.sum(axis=1) == after.quantity).all()
    assert moved(skus, found, Limits())[0] is found


def test_cash_in_another_currency_bounds_the_order_and_says_so(pair: tuple[list[Sku], Suggestion]) -> None:
    skus, found = pair
    limits = Limits(cash=Decimal(1500), currency="CNY")  # 210 dollars, of which a unit takes five
    after, bound = capped(skus, found, limits, EXCHANGE)
    assert after.quantity[0] == 36
    assert bound[0] == ("cash",)
    assert (after.lines.sum(axis=1) == after.quantity).all()
    assert after.outcome.lost[0] > found.outcome.lost[0]


def test_a_warehouse_that_is_full_takes_nothing_more(pair: tuple[list[Sku], Suggestion]) -> None:
    skus, found = pair
    after, bound = capped(skus, found, Limits(capacity=(Capacity(channel="amazon.com", units=70),)), EXCHANGE)
    assert after.quantity[0] == 0
    assert bound == {0: ("capacity",)}
    litres = Capacity(channel="amazon.com", volume_l=Decimal(2 * 60 + 2 * 48))
    assert capped(skus, found, Limits(capacity=(litres,)), EXCHANGE)[0].quantity[0] == 48


def test_an_unknown_cost_is_not_taken_for_free_stock_elsewhere(pair: tuple[list[Sku], Suggestion]) -> None:
    skus, found = pair
    unknown = replace(skus[0], unit=replace(skus[0].unit, purchase=None, margin=None))
    after, _ = capped([unknown, skus[1]], found, Limits(cash=Decimal(0), currency="USD"), EXCHANGE)
    assert after.quantity[0] == found.quantity[0]  # a budget says nothing of what has no cost
