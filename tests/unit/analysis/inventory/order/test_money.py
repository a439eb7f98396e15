"""What a unit is worth: ledger before purchase price, unknown is unknown, other currencies at the month's rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from kpiterm.analysis.inventory.order.money import Exchange, freight_of, shipped, unit
from kpiterm.analysis.inventory.order.shop import Article
from kpiterm.analysis.inventory.supply.model import ShipMode, Supplier, Supply, Terms, Tier
from kpiterm.analysis.kpi.fx import NO_RATES, Rates

TODAY = date(2026, 11, 23)
RATES = Rates(base="USD", months={date(2026, 10, 1): {"CNY": Decimal("0.14")}})
EXCHANGE = Exchange(RATES, date(2026, 11, 1))
SUPPLY = Supply(suppliers={"s": Supplier(id="s", name="S", currency="CNY")})
TERMS = Terms(
    sku="A", supplier="s", moq=100,
    tiers=(Tier(least=1, unit_cost=Decimal(50)), Tier(least=100, unit_cost=Decimal(40))),
    weight_kg=Decimal("0.5"), volume_l=Decimal(2),
)  # fmt: skip
ARTICLE = Article(price=Decimal(20), currency="USD", fee_rate=Decimal("0.30"))
SEA = ShipMode(id="sea", kind="sea", currency="USD", per_cbm=Decimal(150))
AIR = ShipMode(id="air", kind="air", currency="USD", per_kg=Decimal(6))


def test_the_purchase_price_is_the_one_at_the_minimum_order_at_the_latest_known_rate() -> None:
    found = unit(ARTICLE, TERMS, SUPPLY, EXCHANGE, "amazon.com", TODAY)
    assert found.purchase == Decimal("5.60")
    assert found.margin == 20 * Decimal("0.70") - Decimal("5.60")


def test_the_ledgers_landed_cost_makes_the_margin_and_the_suppliers_price_the_cash() -> None:
    article = replace(ARTICLE, unit_cost=Decimal(7), cost_currency="USD")
    found = unit(article, TERMS, SUPPLY, EXCHANGE, "amazon.com", TODAY)
    assert (found.purchase, found.margin) == (Decimal("5.60"), Decimal("7.00"))


def test_what_is_not_known_stays_unknown() -> None:
    assert unit(ARTICLE, None, SUPPLY, EXCHANGE, "amazon.com", TODAY).margin is None
    assert unit(ARTICLE, TERMS, SUPPLY, Exchange(NO_RATES, TODAY), "amazon.com", TODAY).purchase is None
    assert unit(replace(ARTICLE, price=None), TERMS, SUPPLY, EXCHANGE, "amazon.com", TODAY).margin is None


def test_flying_costs_the_difference() -> None:
    found = shipped(unit(ARTICLE, TERMS, SUPPLY, EXCHANGE, "amazon.com", TODAY), TERMS, SEA, AIR, EXCHANGE)
    assert found.freight == Decimal("0.30")
    assert found.premium == Decimal("2.70")
    assert freight_of(replace(TERMS, volume_l=None), SEA) is None


def test_storage_is_that_of_a_year_and_only_where_the_platform_has_a_known_fee() -> None:
    here = unit(ARTICLE, TERMS, SUPPLY, EXCHANGE, "amazon.com", TODAY)
    assert here.storage == unit(ARTICLE, TERMS, SUPPLY, EXCHANGE, "amazon.com", date(2026, 5, 23)).storage > 0
    assert unit(ARTICLE, TERMS, SUPPLY, EXCHANGE, "shopify", TODAY).storage == 0
