"""Bridges of a month whose figures are worked out by hand, from reports, statements and other systems' orders."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal as D  # noqa: N817
from typing import TYPE_CHECKING, ClassVar

import pytest

from kpiterm.analysis.bridge.result import Note
from kpiterm.errors import UsageError

if TYPE_CHECKING:
    from kpiterm.analysis.bridge.result import Bridge, Step
    from tests.unit.analysis.bridge.conftest import Shop

Days = dict[date, str]
OCT = {n: date(2026, 10, n) for n in range(1, 32)}
NOVEMBER = [date(2026, 11, n) for n in range(1, 31)]


def moved(bridge: Bridge) -> dict[str, str]:
    """What each step moves, without those that move nothing."""
    return {step.code: f"{step.amount:.2f}" for step in bridge.steps if step.amount}


def step(bridge: Bridge, code: str) -> Step:
    return next(found for found in bridge.steps if found.code == code)


class TestDailyReports:
    """A report by day names no order: what it counts otherwise is told from the days that then agree."""

    def test_a_report_that_counts_as_we_do_needs_no_step(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days)
        bridge = shop.bridge("gmv", "amazon.traffic", channel="amazon.com")
        assert (bridge.source.value, bridge.ours.value, bridge.ours.rows) == (D(245), D(245), 5)
        assert (moved(bridge), bridge.residual, bridge.state, bridge.days) == ({}, D(0), "ok", ())

    def test_it_leaves_pending_orders_out(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[20]: "0"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (moved(bridge), bridge.residual) == ({"pending": "25.00"}, D(0))
        assert (step(bridge, "pending").rows, step(bridge, "pending").example) == (1, "C")

    def test_it_still_counts_what_was_cancelled_since(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[21]: "60"})
        assert moved(shop.bridge("gmv", "amazon.traffic")) == {"cancelled": "-60.00"}

    def test_its_days_are_those_of_another_zone(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[31]: "0"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (moved(bridge), bridge.residual) == ({"time_zone": "40.00"}, D(0))
        assert step(bridge, "time_zone").note == Note("zone", ("UTC", "1"))
        shop.report({date(2026, 11, 1): "40", date(2026, 11, 5): "20"}, NOVEMBER)
        shop.order("I", date(2026, 11, 5), "20")
        assert moved(shop.bridge("gmv", "amazon.traffic", "2026-11")) == {"time_zone": "-40.00"}

    def test_it_deducts_promotions(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[5]: "90"})
        assert moved(shop.bridge("gmv", "amazon.traffic")) == {"promotions": "10.00"}

    def test_it_counts_tax_and_shipping(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[5]: "113"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert moved(bridge) == {"tax": "-8.00", "shipping": "-5.00"}
        assert step(bridge, "tax").note == Note("tax_counted")

    def test_it_deducts_refunds_on_the_day_they_are_given(self, shop: Shop, true_days: Days) -> None:
        shop.refund("H", date(2026, 11, 3), "50")
        shop.order("I", date(2026, 11, 5), "20")
        shop.report(true_days)
        shop.report({date(2026, 11, 3): "-50", date(2026, 11, 5): "20"}, NOVEMBER)
        assert moved(shop.bridge("gmv", "amazon.traffic")) == {}
        bridge = shop.bridge("gmv", "amazon.traffic", "2026-11")
        assert (moved(bridge), step(bridge, "refunds").note) == ({"refunds": "50.00"}, Note("refund_day"))

    def test_it_deducts_refunds_on_the_day_of_the_order(self, shop: Shop, true_days: Days) -> None:
        shop.refund("H", date(2026, 11, 3), "50", ordered_at=datetime(2026, 10, 28, 19))  # noqa: DTZ001 -- as stored
        shop.report(true_days | {OCT[28]: "0"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (moved(bridge), step(bridge, "refunds").note) == ({"refunds": "50.00"}, Note("order_day"))

    def test_an_order_that_two_accounts_tell_of_is_counted_twice_by_us(self, shop: Shop, true_days: Days) -> None:
        shop.order("F", OCT[10], "30", account="erp-import", source="erp.orders")
        shop.report(true_days)
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (bridge.ours.value, moved(bridge), bridge.residual) == (D(275), {"duplicates": "30.00"}, D(0))

    def test_days_without_a_row_are_no_discrepancy(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days, [OCT[n] for n in range(1, 31)])
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (moved(bridge), bridge.residual) == ({"source_days": "40.00"}, D(0))
        assert step(bridge, "source_days").note == Note("no_source_day", ("2026-10-31",))

    def test_what_nothing_explains_is_shown_with_its_days(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[5]: "97", OCT[10]: "31"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (bridge.residual, bridge.state) == (D(2), "breach")
        assert bridge.residual_share == D(2) / D(245)
        assert [(off.day.day, off.residual) for off in bridge.days] == [(5, D(3)), (10, D(-1))]
        assert (bridge.days[0].source, bridge.days[0].ours) == (D(97), D(100))

    def test_days_that_cancel_each_other_out_are_to_be_watched(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[5]: "97", OCT[10]: "33"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (bridge.residual, bridge.state) == (D(0), "watch")

    def test_tolerance_is_a_share_or_an_amount(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days | {OCT[5]: "98"})
        assert shop.bridge("gmv", "amazon.traffic").state == "breach"
        assert shop.bridge("gmv", "amazon.traffic", absolute=D(2)).state == "ok"
        assert shop.bridge("gmv", "amazon.traffic", share=D("0.01")).state == "ok"

    def test_a_guess_that_fits_by_chance_on_the_wrong_scale_is_not_taken(self, shop: Shop, true_days: Days) -> None:
        """A day off by 100 is not explained by a pending order of 25, although it would come nearer."""
        shop.report(true_days | {OCT[20]: "-75"})
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (moved(bridge), bridge.residual) == ({}, D(100))
        assert step(bridge, "pending").note == Note("tried", ("25",))

    def test_currencies_have_bridges_of_their_own(self, shop: Shop, true_days: Days) -> None:
        shop.report(true_days)
        shop.report({OCT[22]: "69"}, currency="EUR")
        dollars, euros = [b for b in shop.bridges("gmv") if b.source.name == "amazon.traffic"][::-1]
        assert (dollars.currency, dollars.ours.value, dollars.residual) == ("USD", D(245), D(0))
        assert (euros.currency, euros.ours.value, euros.residual) == ("EUR", D(70), D(1))

    def test_orders_have_several_items(self, shop: Shop) -> None:
        shop.order("A", OCT[5], "3", line_key="2")
        shop.report({}, order_items=None)
        shop.connection.execute(
            "UPDATE traffic_day SET order_items = CASE WHEN day = DATE '2026-10-05' THEN 2 WHEN day IN "
            "('2026-10-10', '2026-10-20', '2026-10-22', '2026-10-28', '2026-10-31') THEN 1 ELSE 0 END"
        )
        bridge = shop.bridge("orders", "amazon.traffic")
        assert (bridge.source.value, bridge.ours.value) == (D(7), D(6))
        assert (moved(bridge), bridge.residual, bridge.currency) == ({"order_items": "-1.00"}, D(0), None)

    def test_helium_10_is_a_cross_check_and_says_so(self, shop: Shop, true_days: Days) -> None:
        for day in OCT.values():
            shop.add(
                "market_estimate", account="h10", channel="amazon.com", source="helium10.profits", day=day,
                metric="profits_sales", estimate=D(true_days.get(day, "0")), currency="USD",
            )  # fmt: skip
        bridge = shop.bridge("gmv", "helium10.profits profits_sales")
        assert (bridge.source.kind, bridge.residual, bridge.note) == ("estimate", D(0), Note("estimate"))


class TestStatements:
    """A statement names its orders: each difference belongs to one of them."""

    def books(self, shop: Shop) -> None:
        shop.booked("A", OCT[7], "100")
        shop.booked("B", date(2026, 11, 2), "40")
        shop.booked("D", OCT[22], "60")
        shop.booked("H", OCT[29], "50")
        shop.booked("H", date(2026, 11, 3), "-50", kind="refund")
        shop.booked("X", OCT[15], "12")
        shop.booked("Z", OCT[1], "35")
        shop.order("Z", date(2026, 9, 29), "35")

    def test_every_order_falls_to_one_step(self, shop: Shop) -> None:
        self.books(shop)
        bridge = shop.bridge("gmv", "amazon.settlements")
        assert (bridge.source.value, bridge.ours.value) == (D(257), D(245))
        assert moved(bridge) == {
            "pending": "25.00",  # C, not charged yet
            "cancelled": "-60.00",  # D, charged all the same
            "date": "5.00",  # B is booked in November, Z was ordered in September
            "only_source": "-12.00",  # X
            "only_ours": "30.00",  # F
        }
        assert (bridge.residual, bridge.state) == (D(0), "watch")
        assert (step(bridge, "only_source").example, step(bridge, "only_ours").example) == ("X", "F")

    def test_what_was_ordered_after_its_last_line_cannot_be_in_it(self, shop: Shop) -> None:
        shop.booked("A", OCT[7], "100")
        shop.booked("F", OCT[11], "30")
        assert moved(shop.bridge("gmv", "amazon.settlements")) == {"pending": "25.00", "not_posted": "90.00"}

    def test_money_held_back_and_parcels_not_sent_are_told_apart(self, shop: Shop) -> None:
        self.books(shop)
        shop.booked("F", OCT[12], "29", kind="deferred", detail="Order Payment", source="amazon.finances")
        shop.order("O", OCT[27], "9", status="open")
        found = moved(shop.bridge("gmv", "amazon.settlements"))
        assert (found["held"], found["open"], "only_ours" in found) == ("30.00", "9.00", False)

    def test_an_order_in_another_currency_is_never_added(self, shop: Shop) -> None:
        self.books(shop)
        shop.booked("E", OCT[23], "77")
        shop.booked("F", OCT[12], "27", currency="EUR")
        found = {b.currency: b for b in shop.bridges("gmv") if b.source.name == "amazon.settlements"}
        assert found.keys() == {"USD", "EUR"}
        assert moved(found["USD"])["currency"] == "-47.00"  # E in euros at ours, F in euros there
        assert (found["USD"].source.value, found["USD"].residual) == (D(334), D(0))

    def test_where_prices_hold_tax_it_is_booked_apart(self, empty: Shop) -> None:
        japan = {"channel": "amazon.co.jp", "currency": "JPY"}
        empty.order("J", OCT[5], "1100", tax=D(100), **japan)
        empty.booked("J", OCT[6], "1000", detail="product sales", **japan)
        empty.booked("J", OCT[6], "100", kind="tax", detail="product sales tax", **japan)
        empty.booked("J", OCT[9], "-1000", kind="refund", detail="product sales", **japan)
        empty.booked("J", OCT[9], "-100", kind="tax", detail="product sales tax", **japan)
        bridge = empty.bridge("gmv", "amazon.settlements")
        assert (bridge.source.value, moved(bridge), bridge.residual) == (D(1000), {"tax": "100.00"}, D(0))

    def test_a_payment_of_the_whole_order_holds_all_of_it(self, empty: Shop) -> None:
        """Shopify's payments are the goods less promotions, with tax and shipping; 50 orders of 20 to 69."""
        shop = {"channel": "shopify", "source": "shopify.orders"}
        for n in range(50):
            parts = {"discount": D(n % 3), "tax": D(n % 7), "shipping": D(4 if n % 5 == 0 else 0)}
            empty.order(f"S{n}", OCT[1 + n % 28], str(20 + n), **shop, **parts)
            paid = 20 + n - parts["discount"] + parts["tax"] + parts["shipping"]
            empty.booked(
                f"S{n}", OCT[1 + n % 28], str(paid), channel="shopify", source="shopify.payments", detail="charge"
            )
        bridge = empty.bridge("gmv", "shopify.payments")
        assert moved(bridge) == {"tax": "-147.00", "shipping": "-40.00", "promotions": "49.00"}
        assert (bridge.residual, bridge.state) == (D(0), "ok")

    def test_units_are_those_of_the_goods(self, shop: Shop) -> None:
        shop.booked("A", OCT[7], "100", quantity=2)
        shop.booked("A", OCT[7], "-10", quantity=2)  # a promotion, under the same name
        bridge = shop.bridge("units", "amazon.settlements")
        assert (bridge.source.value, bridge.ours.value, bridge.residual) == (D(2), D(7), D(0))

    def test_nothing_in_common_is_no_agreement(self, shop: Shop) -> None:
        shop.booked("X", OCT[15], "12")
        bridge = shop.bridge("gmv", "amazon.settlements")
        assert (bridge.residual, bridge.state, bridge.note) == (D(0), "no_data", Note("no_common_order"))


class TestOtherSystems:
    """Order lines of an ERP, imported into an account of their own, count beside those of the marketplace."""

    erp: ClassVar = {"account": "erp-import", "source": "erp.orders"}

    def test_both_ends_know_what_we_count_twice(self, shop: Shop) -> None:
        shop.order("F", OCT[10], "30", **self.erp)
        shop.order("G", OCT[11], "15", **self.erp)
        bridge = shop.bridge("gmv", "erp order lines")
        assert (bridge.source.value, bridge.ours.value, bridge.source.accounts) == (D(45), D(290), ("erp-import",))
        # It ends on the 11th: what came later cannot be in it.
        assert moved(bridge) == {
            "duplicates": "30.00",
            "pending": "25.00",
            "only_ours": "100.00",
            "not_posted": "90.00",
        }
        assert bridge.residual == 0

    def test_another_price_of_the_same_order_is_the_residual(self, shop: Shop) -> None:
        shop.order("F", OCT[10], "33", **self.erp)
        bridge = shop.bridge("gmv", "erp order lines")
        assert (bridge.residual, bridge.state) == (D(-3), "breach")
        assert [(off.day, off.residual) for off in bridge.days] == [(OCT[10], D(-3))]

    def test_the_same_moment_on_another_day_is_a_matter_of_zones(self, shop: Shop) -> None:
        for name, day, price in (("A", OCT[5], "100"), ("F", OCT[10], "30"), ("H", OCT[28], "50")):
            shop.order(name, day, price, **self.erp)
        moment = datetime(2026, 11, 1, 6, 30)  # noqa: DTZ001 -- as stored
        shop.order("B", date(2026, 11, 1), "40", ordered_at=moment, **self.erp)
        bridge = shop.bridge("gmv", "erp order lines")
        assert moved(bridge) == {"duplicates": "180.00", "pending": "25.00", "time_zone": "40.00"}
        november = shop.bridge("gmv", "erp order lines", "2026-11")
        assert moved(november) == {"duplicates": "40.00", "time_zone": "-40.00"}
        assert (bridge.residual, november.residual) == (D(0), D(0))

    def test_an_order_that_only_one_of_them_cancelled(self, shop: Shop) -> None:
        shop.order("H", OCT[28], "50", status="cancelled", **self.erp)
        shop.order("D", OCT[21], "60", **self.erp)
        bridge = shop.bridge("gmv", "erp order lines")
        assert step(bridge, "cancelled").amount == D(-10)
        assert (bridge.ours.value, bridge.residual) == (D(305), D(0))


class TestMissing:
    """What cannot be reconciled says why."""

    def test_no_month_has_both(self, shop: Shop) -> None:
        shop.report({}, [date(2026, 7, n) for n in range(3, 20)])
        bridge = shop.bridge("gmv", "amazon.traffic", channel="amazon.com")
        assert (bridge.state, bridge.source.value, bridge.residual) == ("no_data", None, None)
        assert bridge.note == Note("never_both", ("2026-07-03", "2026-07-19", "2026-10-05", "2026-10-31"))

    def test_no_day_has_both(self, shop: Shop) -> None:
        shop.report({OCT[1]: "9"}, [OCT[1]])
        bridge = shop.bridge("gmv", "amazon.traffic")
        assert (bridge.state, moved(bridge)) == ("no_data", {"source_days": "245.00", "our_days": "-9.00"})
        assert bridge.note == Note("no_common_day", ("2026-10-01", "2026-10-01", "2026-10-05", "2026-10-31"))

    def test_the_source_has_other_days_of_the_month(self, shop: Shop) -> None:
        shop.report({}, [OCT[3]])
        bridge = shop.bridge("gmv", "amazon.traffic", "2026-10-05..2026-10-31")
        assert bridge.note == Note("range", ("2026-10-03", "2026-10-03"))

    def test_nothing_to_hold_it_against(self, shop: Shop) -> None:
        bridge = next(b for b in shop.bridges("gmv") if b.currency == "USD")
        assert (bridge.source.kind, bridge.state, bridge.note) == ("none", "no_data", Note("no_source"))
        assert bridge.ours.value == D(245)

    def test_a_report_stands_in_where_there_are_no_order_lines(self, empty: Shop, true_days: Days) -> None:
        empty.report(true_days)
        empty.report(true_days | {OCT[5]: "99"}, source="amazon.z_report")
        empty.booked("A", OCT[7], "90")
        for day in (OCT[1], OCT[31]):
            empty.booked(None, day, "-1", kind="fee", detail="Storage Fee")
        other = empty.bridge("gmv", "amazon.z_report")
        assert (other.ours.name, other.ours.value, other.residual) == ("amazon.traffic", D(245), D(1))
        assert other.note == Note("stand_in", ("amazon.traffic",))
        statement = empty.bridge("gmv", "amazon.settlements")
        assert (statement.residual, statement.note) == (D(155), Note("posting_days"))

    def test_unknown_kpis_and_channels_are_refused(self, shop: Shop) -> None:
        with pytest.raises(UsageError, match="'acos'"):
            shop.bridges("acos")
        with pytest.raises(UsageError, match="'ebay'"):
            shop.bridges(channel="ebay")


def test_an_order_that_is_read_from_one_of_two_accounts_is_no_duplicate(shop: Shop) -> None:
    """The store reads it from the synced account; only the one that the other puts on another day counts twice."""
    shop.rows("CREATE VIEW order_line_told AS SELECT * FROM order_line")
    shop.twice = (("amazon.com", "erp-import", "us-main"),)
    shop.order("F", OCT[10], "31", account="erp-import", source="erp.orders")
    shop.order("H", OCT[29], "50", account="erp-import", source="erp.orders")
    found = {b.source.name: b for b in shop.bridges("gmv") if b.currency == "USD"}
    assert found["erp order lines"].ours.value == D(295)
    amazon = found["amazon order lines"]
    assert (moved(amazon), amazon.residual) == ({"duplicates": "50.00"}, D(0))
    assert moved(found["erp order lines"])["duplicates"] == "50.00"
    assert (found["erp order lines"].source.value, found["erp order lines"].residual) == (D(81), D(-1))
