"""What the tables of catalogue/ cannot show: doubts, reasons and states around the values, family by family."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D  # noqa: N817
from typing import TYPE_CHECKING

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue

if TYPE_CHECKING:
    from tests.unit.analysis.conftest import Store
    from tests.unit.analysis.kpi.conftest import Shop

Filled = Callable[[str], "Shop"]


class TestSales:
    SALES = """
[traffic_day]
channel      source          day                     level    ordered_sales
amazon.com   amazon.traffic  2026-09-01..2026-09-30  account  10.00
amazon.com   amazon.traffic  2026-10-01..2026-10-31  account  12.00
walmart.com  walmart.items   2026-10-15..2026-10-31  account  99.00
"""

    def test_like_for_like_stands_on_reported_sales_too(self, shop: Filled) -> None:
        gauge = shop(self.SALES).gauge("gmv_mom_lfl", "2026-10")
        assert (gauge.numerator, gauge.denominator) == (D(372 - 300), D(300))

    def test_of_a_channel_with_order_lines_these_say_when_it_began(self, shop: Filled) -> None:
        """Its reports go further back, and would make its first orders look like growth."""
        lines = """
[order_line]
channel     business_day            order_id  item_price
amazon.com  2026-10-20..2026-10-31  O{n}      12.00
"""
        gauge = shop(self.SALES + lines).gauge("gmv_mom_lfl", "2026-10")
        assert gauge.value is None


class TestProfit:
    def test_units_without_a_cost_are_told_of_and_never_taken_for_free(self, shop: Filled) -> None:
        filled = shop("""
[order_line]
channel      business_day  order_id  sku  quantity  item_price
amazon.com   2026-10-03    A1        MUG  2         40.00
amazon.com   2026-10-04    A2        HAT  1         10.00
walmart.com  2026-10-04    W1        HAT  1         12.00

[cost]
sku  valid_from  unit_cost
MUG  2026-01-01  5.00
""")
        found = filled.gauges("cogs", "2026-10")
        assert (found["amazon.com"].value, found["walmart.com"].value) == (D(10), None)
        assert "1 of 2 rows give no quantity or unit cost" in (found["amazon.com"].reason or "")
        whole = found["all"].reason or ""
        assert "walmart.com gives no quantity or unit cost" in whole
        assert found["amazon.com"].target is None
        profit = filled.gauges("gross_profit", "2026-10")
        assert profit["amazon.com"].value == D(40)
        for part in ("not deducted, for want of data: Refunds", "1 of 2 rows give no quantity or unit cost"):
            assert part in (profit["amazon.com"].reason or "")

    def test_the_currency_of_a_cost_is_that_of_its_own_entry(self, shop: Filled) -> None:
        """One without a currency is in that of the sale, whatever another channel's costs are in."""
        filled = shop("""
[order_line]
channel     business_day  order_id  sku  quantity  item_price
amazon.com  2026-10-03    A1        MUG  2         40.00

[cost]
channel       sku  valid_from  unit_cost  currency
amazon.com    MUG  2026-01-01  5.00       -
amazon.co.uk  MUG  2026-02-01  9.00       GBP
""")
        gauge = filled.gauge("cogs", "2026-10")
        assert (gauge.value, gauge.currency) == (D(10), "USD")

    def test_a_channel_without_ads_says_that_none_were_deducted(self, shop: Filled) -> None:
        filled = shop("""
[order_line]
channel      business_day  order_id  sku  quantity  item_price
amazon.com   2026-10-03    A1        MUG  2         40.00
walmart.com  2026-10-03    W1        MUG  1         20.00

[ad_day]
day         level     ad_product  spend  attributed_sales
2026-10-03  campaign  SP          8.00   40.00
""")
        found = filled.gauges("contribution", "2026-10")
        assert [found[name].value for name in ("amazon.com", "walmart.com", "all")] == [D(32), D(20), D(52)]
        assert "not deducted, for want of data: Ad spend" in (found["walmart.com"].reason or "")
        assert "Ad spend" not in (found["amazon.com"].reason or "")


class TestTraffic:
    def test_sales_beside_no_sessions_are_not_ready_and_said_to_be(self, shop: Filled) -> None:
        filled = shop("""
[traffic_day]
day                     level    sessions  units
2026-10-01..2026-10-20  account  100       10
2026-10-21              account  0         10
""")
        gauge = filled.gauge("sessions", "2026-10")
        assert gauge.value == D(2000)
        assert "1 of 21 rows give no sessions or units" in (gauge.reason or "")
        assert filled.gauge("unit_session", "2026-10").value == D("0.1")

    def test_a_month_of_which_nothing_is_ready_has_no_sessions(self, shop: Filled) -> None:
        filled = shop("""
[traffic_day]
day         level    sessions  page_views  units
2026-10-21  account  0         0           10
""")
        for kpi in ("sessions", "page_views", "unit_session", "buy_box", "conversion"):
            assert filled.gauge(kpi, "2026-10").value is None, kpi


class TestCustomers:
    def test_a_conversation_is_late_once_it_has_waited_for_12_hours(self, store: Store) -> None:
        received = datetime(2026, 11, 21, 21)  # noqa: DTZ001 - the store keeps naive UTC
        for _ in range(4):
            store.contact(received, 1)
        store.contact(received, None)
        found = []
        for moment in (datetime(2026, 11, 22, 8, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 9, tzinfo=UTC)):
            store.as_of = store.now = moment
            gauge = store.gauge("response_12h", "2026-11-21..2026-11-21")
            found.append((gauge.numerator, gauge.denominator))
        assert found == [(D(4), D(4)), (D(4), D(5))]

    def test_a_refund_rate_of_one_unit_in_23(self, shop: Filled) -> None:
        gauge = shop("""
[traffic_day]
day         level    units  refunded_units
2026-10-05  account  23     1
""").gauge("refunded_units_rate", "2026-10")
        assert gauge.value is not None
        assert f"{gauge.value:.4f}" == "0.0435"


class TestHealth:
    @pytest.mark.parametrize(
        ("defects", "orders", "state"),
        [(20, 4000, "breach"), (19, 4000, "watch"), (18, 4000, "watch"), (17, 4000, "ok"), (0, 200, "watch")],
    )
    def test_half_a_percent_is_a_limit_to_stay_below(self, shop: Filled, defects: int, orders: int, state: str) -> None:
        """20 of 4,000 is 0.5 % and fails; within a tenth of it is close; of 200 orders nothing is proven."""
        gauge = shop(f"""
now 2026-12-05T20:00
[health_metric]
day         metric             segment   numerator  denominator
2026-11-30  order_defect_rate  merchant  {defects}  {orders}
""").gauge("odr", "2026-11")
        assert (gauge.value, gauge.state) == (D(defects) / orders, state)

    def test_the_rate_is_that_of_the_counts_not_the_one_that_is_stated(self, shop: Filled) -> None:
        gauge = shop("""
[health_metric]
day         metric             segment      numerator  denominator  rate
2026-11-10  order_defect_rate  marketplace  1078       539000       0.009
""").gauge("odr")
        assert (gauge.value, gauge.state) == (D("0.002"), "ok")


class TestStock:
    def test_a_sku_is_out_where_none_of_its_places_has_any(self, shop: Filled) -> None:
        """Whichever source tells of the place."""
        filled = shop("""
[order_line]
business_day  order_id  sku  quantity  item_price
2026-10-02    A1        MUG  3         30.00
2026-10-02    A2        BAG  1         15.00

[stock_level]
source            sku  location  taken_at                        available
amazon.inventory  MUG  fba       2026-10-10..2026-10-12T19:00    0
amazon.warehouse  BAG  east      2026-10-12T19:00                0
amazon.warehouse  MUG  east      2026-10-11T19:00                7
amazon.warehouse  MUG  east      2026-10-12T19:00                0
""")
        assert filled.gauge("stock_out_days", "2026-10").value == 2 + 1
        lost = filled.gauge("lost_sales", "2026-10")
        assert (lost.value, lost.currency) == (
            D("1.00") + D("1.0345") + D("0.50"),
            "USD",
        )  # 30.00 over 30, then 29 days

    def test_what_never_sold_is_not_out_of_stock(self, shop: Filled) -> None:
        filled = shop("""
[order_line]
business_day  order_id  sku  status     quantity  item_price
2026-08-30    A1        MUG  shipped    3         30.00
2026-10-05    A2        BAG  cancelled  3         30.00

[stock_level]
sku  location  taken_at          available
MUG  fba       2026-10-10T19:00  0
BAG  fba       2026-10-10T19:00  0
""")
        assert filled.gauge("stock_out_days", "2026-10").value is None
        assert filled.gauge("in_stock_rate", "2026-10").value == 0

    def test_money_of_two_currencies_is_never_added_up(self, shop: Filled) -> None:
        filled = shop("""
[order_line]
business_day  order_id  sku  quantity  item_price  currency
2026-10-05    A1        MUG  3         30.00       USD
2026-10-05    A2        MUG  1         60.00       EUR

[stock_level]
sku  location  taken_at          available
MUG  fba       2026-10-10T19:00  0
""")
        assert filled.gauge("stock_out_days", "2026-10").value == 1
        lost = filled.gauge("lost_sales", "2026-10")
        assert lost.value is None
        assert "EUR" in str(lost.reason)


class TestMarket:
    def test_an_item_is_the_shop_s_own_from_its_first_order_on(self, shop: Filled) -> None:
        """Also where the share was summed up before that order came."""
        filled = shop("""
[market_estimate]
day         item_id  metric                       estimate
2026-10-04  B01      market_tracker_revenue_week  300.00
2026-10-04  B02      market_tracker_revenue_week  100.00
""")
        filled.keep_sums("market_share")
        assert filled.gauge("market_share", "2026-10").value == 0
        filled.read("""
[order_line]
business_day  order_id  item_id  item_price
2026-11-20    A1        B01      30.00
""")
        day = date(2026, 11, 20)
        filled.store.add("changed_day", fact="order_line", day_column="business_day", day=day)
        filled.keep_sums("market_share")
        assert filled.gauge("market_share", "2026-10").value == D("0.75")


def test_no_kpi_of_an_estimate_has_a_target_that_a_contract_could_take_for_granted() -> None:
    assert [d.id for d in load_catalogue().values() if d.group == "market" and d.target] == []
