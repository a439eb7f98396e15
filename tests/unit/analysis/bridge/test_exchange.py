"""Amounts of several currencies in one bridge: converted at the month's rate as on the board, in their own step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.bridge.reconcile import reconcile
from kpiterm.analysis.bridge.result import Bridge, Note
from kpiterm.analysis.clock import Clock
from kpiterm.analysis.kpi.fx import NO_RATES, Rates
from tests.unit.analysis.bridge.conftest import new_shop

if TYPE_CHECKING:
    from tests.unit.analysis.bridge.conftest import Shop

D = Decimal
RATES = Rates(
    base="USD",
    months={date(2026, 10, 1): {"EUR": Decimal("1.1"), "CNY": Decimal("0.14")}, date(2026, 11, 1): {"EUR": Decimal(2)}},
)
OCT = {n: date(2026, 10, n) for n in range(1, 32)}


def bridges(shop: Shop, kpi: str = "gmv", rates: Rates = RATES, period: str = "2026-10") -> list[Bridge]:
    return reconcile(shop, Clock(shop.as_of, "UTC"), kpi=kpi, period=period, rates=rates)


def steps(bridge: Bridge) -> dict[str, Decimal]:
    return {step.code: step.amount for step in bridge.steps if step.amount}


def test_ours_is_the_board_s_number_and_the_source_s_other_currency_is_a_step(shop: Shop) -> None:
    """245 dollars and 70 euros at 1.1 make 322 on the board."""
    shop.booked("F", OCT[10], "30")
    shop.booked("E", OCT[22], "70", currency="EUR")
    for day, amount in ((5, "100"), (20, "25"), (28, "50"), (31, "40")):
        shop.booked({5: "A", 20: "C", 28: "H", 31: "B"}[day], OCT[day], amount)
    (bridge,) = bridges(shop)
    assert (bridge.currency, bridge.source.value, bridge.ours.value) == ("USD", D(245), D(322))
    assert (steps(bridge), bridge.residual, bridge.state) == ({"fx": D(77)}, D(0), "ok")
    (step,) = (s for s in bridge.steps if s.code == "fx")
    assert (step.rows, step.example, step.note) == (1, "E", Note("fx", ("EUR × 1.1 (2026-10)",)))


def test_a_source_all_in_another_currency_is_held_against_ours(empty: Shop) -> None:
    """An ERP that keeps its books in yuan; a month later there is no rate for it."""
    empty.order("A", OCT[5], "14")
    empty.order("A", OCT[5], "100", currency="CNY", account="erp", source="erp.orders")
    found = {b.source.name: b for b in bridges(empty)}
    erp = found["erp order lines"]
    assert (erp.source.value, steps(erp)["fx"], erp.ours.value) == (D(0), D(14), D(28))
    assert (steps(erp)["duplicates"], erp.residual) == (D(14), D(0))


def test_without_a_rate_each_currency_stands_alone_and_says_what_to_do(shop: Shop) -> None:
    for rates in (NO_RATES, replace(RATES, months={})):
        found = bridges(shop, rates=rates)
        assert [(b.currency, b.ours.value) for b in found] == [("EUR", D(70)), ("USD", D(245))]
    shop.booked("F", OCT[10], "30")
    (dollars,) = (b for b in bridges(shop, rates=NO_RATES) if b.currency == "USD")
    assert dollars.note == Note("no_rate", ("EUR, USD", "2026-10"))
    (euros, *_) = bridges(shop, rates=replace(RATES, months={}))
    assert euros.note == Note("no_source")
    (dollars,) = (b for b in bridges(shop, rates=replace(RATES, months={})) if b.currency == "USD")
    assert dollars.note == Note("no_rate", ("EUR", "2026-10"))


def test_reports_ads_and_refunds_are_converted_too(empty: Shop) -> None:
    empty.order("A", OCT[5], "10", currency="EUR")
    empty.order("B", OCT[5], "10")
    empty.report({OCT[5]: "10"})
    empty.report({OCT[5]: "10"}, currency="EUR", source="amazon.other")
    empty.refund("A", OCT[6], "4", currency="EUR")
    empty.refund("B", OCT[6], "1")
    empty.booked("A", OCT[6], "-4", kind="refund", currency="EUR")
    empty.booked("B", OCT[6], "-1", kind="refund")
    empty.booked("A", OCT[5], "10", currency="EUR")
    empty.ads(OCT[5], "3", currency="EUR")
    empty.ads(OCT[5], "2", level="product", source="amazon.ads-products")
    empty.ads(OCT[5], "3", level="product", source="amazon.ads-products", currency="EUR", ad_product="SB")
    daily = {b.source.name: b for b in bridges(empty)}
    assert (steps(daily["amazon.other"]).get("fx"), daily["amazon.other"].source.value) == (D(11), D(0))
    (refunds,) = bridges(empty, "refunds")
    assert (refunds.ours.value, refunds.source.value, steps(refunds), refunds.residual) == (
        D("5.4"), D(1), {"fx": D("4.4")}, D(0)
    )  # fmt: skip
    assert {b.currency for b in bridges(empty, "ad_spend")} == {"USD"}
    for bridge in (*daily.values(), *bridges(empty, "ad_spend")):
        exact(bridge)


def exact(bridge: Bridge) -> None:
    if bridge.residual is not None:
        assert bridge.source.value is not None
        assert bridge.source.value + sum(s.amount for s in bridge.steps) + bridge.residual == bridge.ours.value


AMOUNTS = st.lists(
    st.tuples(st.integers(1, 31), st.decimals(0, 999, places=2), st.sampled_from(["USD", "EUR", "CNY"])), max_size=6
)


@settings(max_examples=25, deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_a_bridge_in_several_currencies_adds_up_to_the_board_s_number(
    ours: list[tuple[int, Decimal, str]], theirs: list[tuple[int, Decimal, str]]
) -> None:
    shop = new_shop()
    for number, (day, amount, currency) in enumerate(ours):
        shop.order(f"O{number}", OCT[day], str(amount), currency=currency)
    for number, (day, amount, currency) in enumerate(theirs):
        shop.booked(f"O{number}", OCT[day], str(amount), currency=currency)
    found = bridges(shop)
    if len({c for _, _, c in ours}) > 1:
        worth = {"USD": Decimal(1), "EUR": Decimal("1.1"), "CNY": Decimal("0.14")}
        board = sum(amount * worth[currency] for _, amount, currency in ours)
        assert {b.ours.value for b in found} == {board}
    for bridge in found:
        exact(bridge)
