"""Nets, shares and several currencies: the parts sum to the change of the board's own value, with nothing left over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiterm.analysis.board import ask
from kpiterm.analysis.cause.explain import explain
from kpiterm.analysis.cause.settle import shown
from kpiterm.analysis.cause.story import remarks, tell
from kpiterm.analysis.cause.words import quantum
from kpiterm.analysis.kpi.fx import Rates
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.config import Account, Config
from kpiterm.errors import UsageError
from tests.unit.analysis.cause.conftest import NEW, OLD, Shop, exact, numbers

if TYPE_CHECKING:
    from kpiterm.analysis.cause.result import Cause
    from kpiterm.analysis.kpi.frame import Question

D = Decimal
RATES = Rates(
    base="USD",
    months={date(2026, n, 1): {"EUR": D("1.1") + n, "JPY": D("0.0067")} for n in (9, 10, 11)},
)
PERIOD = "2026-11-01..2026-11-20"


def question(shop: Shop, rates: Rates = RATES, period: str = PERIOD) -> Question:
    config, declared = Config(timezone="America/Los_Angeles"), [Account(name="us-main", connector="amazon")]
    return ask(shop.store, config, declared, period=period, now=shop.store.now, settles={}, rates=rates)


def why(shop: Shop, kpi: str, by: Any = "sku", rates: Rates = RATES, **options: Any) -> Cause:
    return explain(question(shop, rates), kpi, by=by, **options)


def board(shop: Shop, kpi: str) -> tuple[Decimal | None, Decimal | None]:
    """What the board says of it before and after."""
    (gauge, *_) = all_gauges(question(shop), kpi)
    return gauge.previous, gauge.value


def test_a_net_is_told_by_the_kpis_that_it_is_made_of(shop: Shop) -> None:
    shop.sold(OLD, "A", 1, 100)
    shop.sold(NEW, "A", 1, 160, discount=D(10))
    for day, amount in ((OLD, 5), (NEW, 25)):
        shop.store.add(
            "refund_line", account="us-main", channel="amazon.com", source="amazon.refunds", order_id="1", sku="A",
            refunded_at=f"{day} 20:00", amount=amount, currency="USD",
        )  # fmt: skip
    cause = why(shop, "net_sales_after_refunds")
    assert (cause.before, cause.after, dict(cause.parts)) == (D(95), D(125), {"net_sales": D(50), "refunds": D(-20)})
    assert cause.components == {"net_sales": "Net sales", "refunds": "Refunds"}
    exact(cause)
    told = tell(shown(cause, quantum(cause)), "en")
    assert "Net sales added $50.00; refunds took away $20.00." in told


def test_a_share_is_told_by_what_stands_above_and_below_the_line(shop: Shop) -> None:
    """TACoS from 10 / 100 to 30 / 200: the spend at the mean of 1/100 and 1/200, the sales at the mean of the spend."""
    shop.sold(OLD, "A", 1, 100)
    shop.sold(NEW, "A", 1, 200)
    for day, spend in ((OLD, 10), (NEW, 30)):
        shop.store.ads(day, spend, 0, campaign_id="1", campaign="Spring", clicks=1)
    cause = why(shop, "tacos")
    assert numbers(cause.before, cause.after, *cause.parts.values()) == [0.1, 0.15, 0.15, -0.1]
    assert [(line.key, *numbers(line.change)) for line in cause.lines] == [(None, 0.15), ("A", -0.1)]
    by_campaign = why(shop, "tacos", "campaign")
    assert [line.name for line in by_campaign.lines if line.key] == ["Spring"]
    exact(cause)
    exact(by_campaign)


def test_orders_are_counted_by_channel_since_an_order_has_several_skus(shop: Shop) -> None:
    for day, price in ((OLD, 10), (NEW, 30)):
        for sku in "AB":
            shop.sold(day, sku, 1, price, order_id=f"{day}")
    cause = why(shop, "aov")
    assert numbers(cause.before, cause.after) == [20 / 1, 60 / 1]
    assert (cause.currency, {line.key for line in cause.lines}) == ("USD", {"A", "B"})
    exact(cause)


def test_days_of_cover_are_stock_over_what_a_day_sells(shop: Shop) -> None:
    shop.sold(OLD, "A", 30, 10)
    shop.sold(NEW, "A", 30, 10)
    shop.stock(OLD, "A", 20)
    shop.stock(NEW, "A", 50)
    cause = why(shop, "cover_days", "channel")
    assert (cause.before, cause.after) == board(shop, "cover_days")
    assert "rose 30.0 days" in tell(shown(cause, quantum(cause)), "en")[0]
    exact(cause)


@pytest.mark.parametrize(
    ("kpi", "reason", "remedy"),
    [
        ("sell_through", "made of stock_mean_90, which is no sum", "kpi show stock_mean_90"),
        ("tacos", "ad_spend has no data from 2026-10-12 to 2026-10-31", "--period"),
        ("refund_rate", "refunds has no data", "--period"),
    ],
)
def test_what_cannot_be_composed_says_why(shop: Shop, kpi: str, reason: str, remedy: str) -> None:
    shop.sold(OLD, "A", 1, 100)
    shop.sold(NEW, "A", 1, 100)
    with pytest.raises(UsageError) as error:
        why(shop, kpi)
    assert reason in error.value.message
    assert remedy in error.value.hint


def test_what_is_not_deducted_for_want_of_data_is_told(shop: Shop) -> None:
    shop.sold(OLD, "A", 1, 100)
    shop.sold(NEW, "A", 1, 100)
    cause = why(shop, "contribution", "channel")
    assert any("Refunds" in text and "not deducted" in text for text in remarks(cause, "en"))
    assert any("未扣减" in text for text in remarks(cause, "zh"))


def test_without_a_rate_the_currency_and_the_month_are_named(shop: Shop) -> None:
    for day in (OLD, NEW):
        shop.sold(day, "A", 1, 10)
        shop.sold(day, "A", 1, 10, currency="CAD", order_id="2")
    with pytest.raises(UsageError, match="no exchange rate of CAD for 2026-10"):
        why(shop, "gmv")
    with pytest.raises(UsageError, match="different currencies are never added") as error:
        why(shop, "gmv", rates=Rates())
    assert "fx.toml" in error.value.hint


# Whole yen: there are no others, and the board's money has four places.
PRICES = {"USD": st.decimals(0, 500, places=2), "EUR": st.decimals(0, 500, places=2), "JPY": st.integers(0, 500).map(D)}
PAID = st.sampled_from(sorted(PRICES)).flatmap(lambda money: st.tuples(PRICES[money], st.just(money)))
SOLD = st.lists(
    st.tuples(st.sampled_from([OLD, NEW]), st.sampled_from("ABC"), PAID,
              st.sampled_from(["amazon.com", "walmart.com"]), st.integers(0, 20))
    .map(lambda sale: (*sale[:2], *sale[2], *sale[3:])),
    max_size=8,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOLD, st.sampled_from(["gmv", "net_sales_after_refunds", "tacos", "acos", "aov", "refund_rate"]),
       st.sampled_from(["sku", "channel"]))  # fmt: skip
def test_the_parts_sum_to_the_board_s_change_in_any_currencies(
    shop: Shop, sold: list[tuple[date, str, Decimal, str, str, int]], kpi: str, by: str
) -> None:
    """For random amounts, with zeros, new and lost SKUs, of one currency or of several."""
    con = shop.store.connection
    for table in ("order_line", "ad_day", "refund_line"):
        con.execute(f"DELETE FROM {table}")
    fill(con, shop, sold)
    cause = why(shop, kpi, by)
    exact(cause)
    previous, value = board(shop, kpi)
    assert value is not None
    assert previous is not None
    assert abs(cause.after - value) < D("1E-9")
    assert abs(cause.before - previous) < D("1E-9")
    assert cause.currency in {"USD", None} or len({money for *_, money, _, _ in sold}) < 2


def fill(con: duckdb.DuckDBPyConnection, shop: Shop, sold: list[tuple[date, str, Decimal, str, str, int]]) -> None:
    """Two lines that are always there, and per line an order, a day of ads and a refund in its currency."""
    always = [(day, "A", D(10), "USD", "amazon.com", 1) for day in (OLD, NEW)]
    shop.began()
    for number, (day, sku, price, currency, channel, spend) in enumerate([*always, *sold]):
        shop.sold(day, sku, 1, price, currency=currency, channel=channel, order_id=str(number))
        shop.store.ads(
            day, spend, price, currency=currency, channel=channel, campaign_id=str(number), clicks=1,
            attributed_orders=1,
        )  # fmt: skip
        shop.store.add(
            "refund_line", account="us-main", channel=channel, source="amazon.refunds", order_id=str(number), sku=sku,
            refunded_at=f"{day} 20:00", amount=spend, currency=currency,
        )  # fmt: skip
