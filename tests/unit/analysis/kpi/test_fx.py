"""Amounts of several currencies: added at the rates of their months, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D  # noqa: N817
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.kpi.fx import NO_RATES, Rates, RatesMissing, load_rates
from kpiterm.errors import ConfigError

if TYPE_CHECKING:
    from kpiterm.analysis.view import Gauge
    from tests.unit.analysis.kpi.conftest import Shop

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
RATES = Rates(
    base="USD",
    months={
        SEPTEMBER: {"EUR": D("1.10"), "CNY": D("0.14")},
        OCTOBER: {"EUR": D("1.2345"), "CNY": D("0.1402")},
    },
)
SHOP = """
[order_line]
channel     currency  business_day  order_id  item_price
amazon.com  USD       2026-09-20    A1        100.00
amazon.de   EUR       2026-09-20    D1        10.00
amazon.com  USD       2026-10-02    A2        200.01
amazon.de   EUR       2026-10-03    D2        33.33

[ad_day]
channel     currency  day         level     ad_product  spend  attributed_sales  clicks
amazon.com  USD       2026-10-02  campaign  SP          20.00  100.00            40
amazon.de   EUR       2026-10-03  campaign  SP          10.00  20.00             10
"""


@pytest.fixture
def found(shop: Callable[[str], Shop]) -> Callable[..., Gauge]:
    """A gauge of the shop in two currencies, by default with rates."""
    filled = shop(SHOP)

    def gauge(kpi: str, period: str = "2026-10", *, rates: Rates = RATES, channel: str = "all") -> Gauge:
        return filled.gauge(kpi, period, channel=channel, rates=rates)

    return gauge


def test_a_month_in_two_currencies_is_converted_exactly(found: Callable[..., Gauge]) -> None:
    gauge = found("gmv")
    assert (gauge.value, gauge.currency) == (D("200.01") + D("33.33") * D("1.2345"), "USD")
    assert gauge.value == D("241.155885")


def test_each_month_has_its_own_rate(found: Callable[..., Gauge]) -> None:
    gauge = found("gmv", "2026-09-01..2026-10-31")
    assert gauge.value == D("300.01") + D("10.00") * D("1.10") + D("33.33") * D("1.2345")
    grown = found("gmv_mom")
    assert (grown.numerator, grown.denominator) == (D("241.155885") - D(111), D(111))


def test_one_currency_stays_what_it_is(found: Callable[..., Gauge]) -> None:
    gauge = found("gmv", channel="amazon.de")
    assert (gauge.value, gauge.currency) == (D("33.33"), "EUR")


def test_only_amounts_are_converted(found: Callable[..., Gauge]) -> None:
    spend, sales = D(20) + D(10) * D("1.2345"), D(100) + D(20) * D("1.2345")
    assert found("acos").value == spend / sales
    cost = found("cpc")
    assert (cost.numerator, cost.denominator, cost.currency) == (spend, D(50), "USD")
    assert found("tacos").value == spend / D("241.155885")
    assert found("orders").value == 2


def test_a_rate_that_is_missing_names_month_and_file(found: Callable[..., Gauge]) -> None:
    rates = Rates(base="USD", months={SEPTEMBER: {"EUR": D("1.10")}})
    assert found("gmv", "2026-09", rates=rates).value == D(111)
    gauge = found("gmv", rates=rates)
    assert (gauge.value, gauge.state) == (None, "no_data")
    assert gauge.reason == "no exchange rate of EUR for 2026-10: add it to fx.toml"


def test_without_rates_nothing_is_added(found: Callable[..., Gauge]) -> None:
    for kpi in ("gmv", "net_sales", "contribution", "tacos", "acos", "gmv_mom", "gmv_day", "aov", "margin"):
        gauge = found(kpi, rates=NO_RATES)
        assert gauge.value is None, kpi
        assert "no exchange rates" in (gauge.reason or ""), kpi
    assert found("gmv", rates=NO_RATES, channel="amazon.de").value == D("33.33")


def test_what_cannot_be_deducted_for_want_of_a_rate_is_told(shop: Callable[[str], Shop]) -> None:
    """Refunds in two currencies, sales in one: the refunds are not taken for nothing."""
    filled = shop("""
[order_line]
business_day  order_id  item_price
2026-10-02    A1        200.00

[refund_line]
order_id  refunded_at       amount  currency
A1        2026-10-05T19:00  10.00   USD
A1        2026-10-06T19:00  10.00   EUR
""")
    gauge = filled.gauge("net_sales_after_refunds", "2026-10")
    assert gauge.value is None
    assert "no exchange rates" in (gauge.reason or "")


def test_growth_between_currencies_is_that_of_the_base(shop: Callable[[str], Shop]) -> None:
    filled = shop("""
[order_line]
currency  business_day  order_id  item_price
EUR       2026-09-02    A1        100.00
USD       2026-10-02    A2        165.00
""")
    assert filled.gauge("gmv_mom", "2026-10", rates=RATES).value == D("0.5")
    assert "no exchange rates" in (filled.gauge("gmv_mom", "2026-10").reason or "")


def test_rates_and_daily_sums_agree(shop: Callable[[str], Shop]) -> None:
    """The mean stock too, which is a mean of days, however the days are split into months."""
    text = """
[stock_level]
sku  location  taken_at                        available
MUG  fba       2026-08-03..2026-10-31T19:00    12
"""
    filled = shop(SHOP + text)
    kpis = ("gmv", "acos", "stock_mean_90", "gmv_3m", "contribution")
    rows = [filled.gauge(kpi, "2026-10", rates=RATES) for kpi in kpis]
    filled.keep_sums(*kpis)
    assert [filled.gauge(kpi, "2026-10", rates=RATES) for kpi in kpis] == rows
    assert rows[2].value == 12


def test_two_sources_that_take_turns_are_read_on_all_their_days(shop: Callable[[str], Shop]) -> None:
    filled = shop("""
[stock_level]
source            sku  location  taken_at                        available
amazon.export     MUG  fba       2026-08-03..2026-09-16T19:00    10
amazon.inventory  MUG  fba       2026-09-17..2026-10-31T19:00    10
""")
    gauge = filled.gauge("stock_mean_90", "2026-10")
    assert (gauge.value, gauge.numerator, gauge.denominator) == (D(10), D(900), D(90))


class TestFile:
    def read(self, folder: Path, text: str) -> Rates:
        file = folder / "fx.toml"
        file.write_text(text, encoding="utf-8")
        return load_rates(file)

    def test_what_one_unit_is_worth_in_the_base(self, tmp_path: Path) -> None:
        rates = self.read(
            tmp_path, 'base = "USD"\n["2026-09"]\nEUR = "1.1"\n["2026-10"]\nEUR = "1.25"\nCNY = "0.125"\n'
        )
        assert rates.rate("EUR", "USD", OCTOBER) == D("1.25")
        assert rates.rate("EUR", "USD", SEPTEMBER) == D("1.1")
        assert rates.rate("USD", "USD", None) == 1
        assert rates.rate("EUR", "CNY", OCTOBER) == 10
        assert rates.rate("USD", "CNY", OCTOBER) == 8

    def test_no_file_means_no_rates(self, tmp_path: Path) -> None:
        assert load_rates(tmp_path / "fx.toml") == NO_RATES
        with pytest.raises(RatesMissing, match="EUR for 2026-10"):
            NO_RATES.rate("EUR", "USD", OCTOBER)

    @pytest.mark.parametrize(
        ("text", "key", "remedy"),
        [
            ('["2026-10"]\nEUR = "1.1"', "base", "add it"),
            ('base = "US$"', "base", '"USD"'),
            ('base = "USD"\n["2026-13"]\nEUR = "1.1"', "2026-13", '["2026-10"]'),
            ('base = "USD"\n["2026"]\nEUR = "1.1"', "2026", '["2026-10"]'),
            ('base = "USD"\n["2026-10"]\nEUR = "0"', "2026-10.EUR", '"0.1402"'),
            ('base = "USD"\n["2026-10"]\nEUR = 1.1', "2026-10.EUR", "in quotes"),
            ('base = "USD"\n["2026-10"]\neur = "1.1"', "2026-10.eur", '"0.1402"'),
        ],
    )
    def test_a_fault_names_file_key_and_remedy(self, tmp_path: Path, text: str, key: str, remedy: str) -> None:
        with pytest.raises(ConfigError) as caught:
            self.read(tmp_path, text)
        assert f"{tmp_path / 'fx.toml'}: {key}" in caught.value.message
        assert remedy in caught.value.hint
